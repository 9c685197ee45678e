"""Rollups over a class: units, days, weeks, transitions."""

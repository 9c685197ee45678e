"""Rollups of one learner: days, units, courses."""

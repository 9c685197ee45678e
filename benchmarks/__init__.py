"""Measurements with a target, each run by ``make bench-NAME``."""

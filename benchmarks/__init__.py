"""Benchmarks with a target. ``make bench-NAME`` runs one."""

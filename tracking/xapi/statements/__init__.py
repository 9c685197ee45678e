"""Statements that content sends to the learning record store: stored, and turned into events and attempts."""

"""Capture: everything that writes raw events and attempts, and marks what they change."""

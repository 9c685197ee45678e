"""Scripted learners in real browsers, their true time, and the time that we and other platforms count."""

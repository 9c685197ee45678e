"""Scripted learners in a real Chromium, the truth about their time, and what we and others make of it."""

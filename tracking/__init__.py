"""Tracking: what learners really do, and which areas need reinforcement, for any Django learning platform."""

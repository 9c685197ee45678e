"""Pages about consent and a learner's own data."""

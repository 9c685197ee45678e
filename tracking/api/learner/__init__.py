"""API views about a learner, for the learner or their instructor."""

"""Pages about one learner."""

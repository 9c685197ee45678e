"""Reports about one learner."""

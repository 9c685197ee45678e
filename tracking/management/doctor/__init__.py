"""What ``tracking_doctor`` looks at: each line a fact, whether it is well, and what to do where it is not."""

"""Messages to learners about findings, shown on the learner's own page with their consent."""

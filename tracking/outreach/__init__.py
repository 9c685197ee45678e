"""Messages that follow from findings: shown to learners who want them, on their own page."""

"""Pages for learners and instructors. They show values of ``tracking.reports`` and calculate no figures themselves."""

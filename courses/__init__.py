"""A small learning platform: courses, lessons, quizzes, enrolment and classes."""

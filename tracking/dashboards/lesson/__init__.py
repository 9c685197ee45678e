"""Pages about one lesson or quiz, for instructors."""

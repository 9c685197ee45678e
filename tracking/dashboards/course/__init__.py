"""Pages about a class, for its instructors."""

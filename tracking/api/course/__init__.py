"""API views about a course and its class."""

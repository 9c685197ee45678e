"""Reports over all courses."""

"""Reports about a class in its course."""

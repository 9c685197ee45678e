"""Reports about one lesson or quiz of a class."""

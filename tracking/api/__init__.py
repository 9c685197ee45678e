"""The HTTP API: what the pages show, from the same functions."""

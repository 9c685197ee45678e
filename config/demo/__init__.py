"""The demo: everything in one process, with classes to look at."""

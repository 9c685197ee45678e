"""HTTP API: the data of the pages, read by the same functions."""

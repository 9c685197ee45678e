"""The learning record store: the part of xAPI that content needs."""

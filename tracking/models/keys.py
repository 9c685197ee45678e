"""The size of the host's opaque keys."""

KEY_LENGTH = 200
"""The longest course, unit, question or group key, in characters."""

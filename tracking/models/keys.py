"""The size of the host's opaque keys."""

from tracking.definitions.ranges import KEY_LENGTH

__all__ = ["KEY_LENGTH"]

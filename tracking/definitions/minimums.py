"""How many people must be behind a figure."""

from __future__ import annotations

from enum import Enum

from tracking import conf
from tracking.conf import TrackingSettings


class Minimum(Enum):
    """The least number of people behind a figure."""

    NONE = "none"
    """About one person, or about no one: nothing to hide."""
    GROUP = "group"
    """``MIN_GROUP_SIZE``: fewer people could be identified."""
    CLASS = "class"
    """``MIN_CLASS_SIZE``, and at least as many as a group needs: fewer people say nothing about the next one."""

    def people(self, rules: TrackingSettings | None = None) -> int:
        """Return the number under ``rules``, by default those in force."""
        rules = rules or conf.get_settings()
        least = {
            Minimum.NONE: 0,
            Minimum.GROUP: rules.MIN_GROUP_SIZE,
            Minimum.CLASS: max(rules.MIN_CLASS_SIZE, rules.MIN_GROUP_SIZE),
        }
        return least[self]

"""Durations in words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def duration_text(seconds: int) -> str:
    """Write a number of seconds as people say it: ``40 s``, ``12 min``, ``3 h 05 min``."""
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": seconds}
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    if not minutes:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": f"{minutes:02}"}

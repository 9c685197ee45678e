"""Moments as they are written at a command: a day, or a moment of ISO 8601."""

from __future__ import annotations

from datetime import datetime, time

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime


def datetime_argument(text: str) -> datetime:
    """Return the moment in ``text``: of a day its beginning, in the site's time zone where it names none."""
    day = parse_date(text) if len(text) == len("2026-01-31") else None
    at = datetime.combine(day, time()) if day is not None else parse_datetime(text)
    if at is None:
        raise ValueError(text)
    return timezone.make_aware(at) if timezone.is_naive(at) else at

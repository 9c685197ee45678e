"""Types for the arguments of commands: moments and whole numbers."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import datetime, time

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime


def datetime_argument(text: str) -> datetime:
    """Return the moment in ``text``, an ISO 8601 date or datetime. A date becomes the start of its day.

    Without a time zone, the site's applies. Raises ``ValueError`` for any other text.
    """
    day = parse_date(text) if len(text) == len("2026-01-31") else None
    at = datetime.combine(day, time()) if day is not None else parse_datetime(text)
    if at is None:
        raise ValueError(text)
    return timezone.make_aware(at) if timezone.is_naive(at) else at


def positive_int(text: str) -> int:
    """Return the whole number in ``text``. Raises ``ArgumentTypeError`` if it is not 1 or more."""
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is not a positive whole number.")
    return int(text)

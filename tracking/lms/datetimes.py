"""Converts the host's times, dates and durations into the aware moments and seconds that ``tracking`` uses."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from tracking.definitions import ranges
from tracking.exceptions import AdapterError

LAST_SECOND = time(23, 59, 59)


def time_zone(name: str) -> tzinfo:
    """Return the time zone ``name``, or the site's if it is empty. Raises ``AdapterError`` if the name is unknown."""
    if not name:
        return timezone.get_default_timezone()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise AdapterError(
            f"{name!r} is not a time zone. Give an IANA name, such as 'Europe/Paris'."
        ) from error


def day_start_or_moment(value: object, *, within: tzinfo) -> datetime | None:
    """Return ``value`` as an aware moment. A date becomes the start of its day in ``within``.

    Raises ``AdapterError`` if ``value`` is neither a date nor a datetime.
    """
    if value is None or isinstance(value, datetime):
        return _aware(value, within)
    if isinstance(value, date):
        return _aware(datetime.combine(value, time.min), within)
    raise AdapterError(f"{value!r} is neither a date nor a datetime. Name a field that holds one.")


def day_end_or_moment(value: object, *, within: tzinfo) -> datetime | None:
    """Return ``value`` as an aware moment. A date becomes the last second of its day in ``within``.

    Midnight would be the start of the next day, which pages would print.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return _aware(datetime.combine(value, LAST_SECOND), within)
    return day_start_or_moment(value, within=within)


def duration_seconds(value: object) -> int | None:
    """Return a duration in whole seconds, or ``None`` if it is missing or zero: both mean unknown."""
    if isinstance(value, timedelta):
        return round(value.total_seconds()) or None
    return round(float(str(value))) or None if value else None


def _aware(value: datetime | None, within: tzinfo) -> datetime | None:
    """Return ``value`` as an aware moment; ``None`` for one that stands for *never*, such as the year 1 or 9999."""
    if value is None:
        return None
    try:
        aware = value if timezone.is_aware(value) else timezone.make_aware(value, within)
    except OverflowError:
        return None
    return aware if ranges.is_in_range(aware) else None

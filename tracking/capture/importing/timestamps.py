"""Parse when a row says that something happened: an ISO time, seconds or milliseconds since 1970, or a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from tracking.definitions import ranges
from tracking.exceptions import RowRejected

NOON = time(12)
"""The time of a day that has none: noon is the same day in nearly every time zone."""

LATEST_AHEAD = timedelta(days=1)


def parse_timestamp(text: str, *, form: str, zone: tzinfo, day_zero: str = "") -> datetime:
    """Return the time that ``text`` names, in UTC.

    ``form`` is a key of ``FORMS``; ``day_zero`` is the ISO date from which ``day`` counts. A time without an offset is
    in ``zone``. Raises ``RowRejected`` if ``text`` is not such a time, or is too early for any log.
    """
    try:
        at = FORMS[form](text, zone, day_zero)
    except (ValueError, OverflowError, OSError):
        raise RowRejected("bad_row", f"{text!r} is not a time in the format {form}.") from None
    if not ranges.is_in_range(at):
        raise RowRejected("bad_row", f"{text!r} is not from {ranges.EARLIEST.year} to {ranges.LATEST.year}.")
    return at


def is_in_future(at: datetime, *, now: datetime) -> bool:
    """Return whether ``at`` is in the future, by more than time zones and clocks explain."""
    return at > now + LATEST_AHEAD


def _iso(text: str, zone: tzinfo, _day_zero: str) -> datetime:
    # An ISO date without a time.
    if len(text) == 10:
        return _noon(date.fromisoformat(text), zone)
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _seconds(text: str, _zone: tzinfo, _day_zero: str) -> datetime:
    return datetime.fromtimestamp(float(text), tz=UTC)


def _milliseconds(text: str, _zone: tzinfo, _day_zero: str) -> datetime:
    return datetime.fromtimestamp(float(text) / 1000, tz=UTC)


@lru_cache(maxsize=4096)
def _day(text: str, zone: tzinfo, day_zero: str) -> datetime:
    return _noon(date.fromisoformat(day_zero) + timedelta(days=int(text)), zone)


def _noon(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, NOON, tzinfo=zone).astimezone(UTC)


FORMS: Mapping[str, Callable[[str, tzinfo, str], datetime]] = {
    "iso": _iso,
    "epoch_s": _seconds,
    "epoch_ms": _milliseconds,
    "day": _day,
}

"""The range of every value that enters, by whatever door. A value outside of it can break everything that reads it.

Each door checks at its boundary and answers in its own way: the endpoint and the API with a code, an import by
rejecting the row, the adapter by leaving the value out. ``docs/value-ranges.md`` lists the ranges.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tracking.exceptions import OutOfRange

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""No learning was recorded before, and arithmetic with days and time zones is safe from here on."""

LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Dates of the host, such as due dates, lie before. A later one stands for *never*, as ``9999-12-31`` does."""

MAX_AHEAD = timedelta(minutes=1)
"""How far a clock may be ahead: what has happened lies no later than this after now."""

KEY_LENGTH = 200
"""The most characters of a key of the host: of a course, unit, group, question, option, skill or attempt."""

MAX_SCORE = 1e9
"""Scores and points lie between minus this and this. Sums and shares of such numbers are exact enough and finite."""

SCORE_DIGITS = 9
"""Scores and points are rounded to this many decimals: with smaller numbers a database's quotients underflow."""


def is_storable_text(text: str) -> bool:
    """Return whether every database can store ``text``: without NUL, and without halves of surrogate pairs."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_in_range(at: datetime, *, earliest: datetime = EARLIEST, latest: datetime = LATEST) -> bool:
    """Return whether ``at`` lies from ``earliest`` to ``latest``, both included. A moment without a zone does not."""
    try:
        return earliest <= at.astimezone(UTC) <= latest if at.tzinfo is not None else False
    except OverflowError:
        return False


def check_happened_at(name: str, at: datetime, *, now: datetime, oldest: timedelta | None = None) -> None:
    """Raise ``OutOfRange`` if ``at`` is in the future, or longer ago than ``oldest`` (``None``: before 1970)."""
    earliest = EARLIEST if oldest is None else now - oldest
    if not is_in_range(at, earliest=earliest, latest=now + MAX_AHEAD):
        raise OutOfRange(
            f"{name} is {_shown(at)}. It must be an aware datetime from {earliest:%Y-%m-%d %H:%M} UTC to now."
        )


def check_score(name: str, value: float | None) -> None:
    """Raise ``OutOfRange`` unless ``value`` is missing, or finite and within ``MAX_SCORE``."""
    # Not a number is in no range, and an integer may be too large to become a float.
    if value is not None and not abs(value) <= MAX_SCORE:
        raise OutOfRange(
            f"{name} is {_shown(value)}. It must be a number from -{MAX_SCORE:g} to {MAX_SCORE:g}."
        )


def fit_score(value: float | None) -> float | None:
    """Return ``value`` as it is stored: what is closer to 0 than ``SCORE_DIGITS`` decimals can show is 0."""
    return None if value is None else round(value, SCORE_DIGITS)


def check_text(name: str, text: str, *, max_length: int) -> None:
    """Raise ``OutOfRange`` if ``text`` is too long, or has a character that no database stores."""
    if len(text) > max_length:
        raise OutOfRange(f"{name} has {len(text):,} characters. It may have at most {max_length:,}.")
    if not is_storable_text(text):
        raise OutOfRange(f"{name} has a NUL character or half of a surrogate pair, which cannot be stored.")


def _shown(value: object) -> str:
    return repr(value)[:60]

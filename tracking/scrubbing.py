"""What is said of an error in logs, on record and in spans: its kind and its place, and nothing that it was about.

Databases quote the row that they refuse, converters the text that they cannot read, and a host's own code the person
whom it does not find. So only what names rules and tables is kept of a message, and only of errors known to say that.
"""

from __future__ import annotations

import re
import traceback
from types import TracebackType

from django.db import Error as DatabaseError

from tracking.exceptions import TrackingError

KNOWN: tuple[type[BaseException], ...] = (DatabaseError, TrackingError, OSError)
"""Errors whose messages are kept without what is quoted in them."""

QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”|`[^`]*`|\([^()]*\)\s*=\s*\([^()]*\)?")
OURS = re.compile(r"[\"'“`](tracking_\w+|tracking\.\w+)[\"'”`]")
PERSONAL = re.compile(r"\S+@\S+|https?://\S+|\d{4,}")
MAX_LENGTH = 300

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def describe_error(error: BaseException) -> str:
    """Return what may be kept of ``error``: its kind, what broke, and where."""
    message = _message(error)
    return f"{type(error).__name__}{': ' if message else ''}{message}{_place(error)}"


def safe_exc_info(error: BaseException) -> ExcInfo:
    """Return ``error`` as ``exc_info`` for a log: its kind and its frames, without what it quotes."""
    kind = type(type(error).__name__, (Exception,), {"__module__": type(error).__module__})
    return kind, kind(_message(error)), error.__traceback__


def _message(error: BaseException) -> str:
    if not isinstance(error, KNOWN) and isinstance(error, Exception):
        return ""
    # PostgreSQL says what a row holds in the lines DETAIL and CONTEXT.
    first = str(error).strip().partition("\n")[0]
    kept = QUOTED.sub(lambda found: found[0] if OURS.fullmatch(found[0]) else "…", first)
    return PERSONAL.sub("…", kept)[:MAX_LENGTH]


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = next((each for each in reversed(frames) if "site-packages" not in each.filename), frames[-1])
    return f" ({'/'.join(last.filename.split('/')[-3:])}:{last.lineno} in {last.name})"

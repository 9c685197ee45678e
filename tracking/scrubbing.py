"""Removes personal data from errors before they are logged or stored: keeps their type and place.

Databases quote the row that they reject, converters quote the text that they cannot parse, and the host's code may name
a person. So of a message, only the names of constraints and tables are kept, and only for known types of errors.
"""

from __future__ import annotations

import re
import traceback
from types import TracebackType

from django.db import Error as DatabaseError

from tracking.exceptions import TrackingError

KNOWN: tuple[type[BaseException], ...] = (DatabaseError, TrackingError, OSError)
"""Types of errors whose messages are kept, without the quoted parts."""

QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”|`[^`]*`|\([^()]*\)\s*=\s*\([^()]*\)?")
OURS = re.compile(r"[\"'“`](tracking_\w+|tracking\.\w+)[\"'”`]")
PERSONAL = re.compile(r"\S+@\S+|https?://\S+|\d{4,}")
MAX_LENGTH = 300

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def describe_error(error: BaseException) -> str:
    """Return the type of ``error``, its scrubbed message, and the place where it was raised."""
    message = _message(error)
    return f"{type(error).__name__}{': ' if message else ''}{message}{_place(error)}"


def safe_exc_info(error: BaseException) -> ExcInfo:
    """Return ``error`` as ``exc_info`` for a log: its type and frames, with a scrubbed message."""
    kind = type(type(error).__name__, (Exception,), {"__module__": type(error).__module__})
    return kind, kind(_message(error)), error.__traceback__


def _message(error: BaseException) -> str:
    if not isinstance(error, KNOWN) and isinstance(error, Exception):
        return ""
    # Keep only the first line: PostgreSQL quotes values of the row in the lines DETAIL and CONTEXT.
    first = str(error).strip().partition("\n")[0]
    # Names of our own tables and constraints stay: they are what an operator needs to find the cause.
    kept = QUOTED.sub(lambda found: found[0] if OURS.fullmatch(found[0]) else "…", first)
    return PERSONAL.sub("…", kept)[:MAX_LENGTH]


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = next((each for each in reversed(frames) if "site-packages" not in each.filename), frames[-1])
    return f" ({'/'.join(last.filename.split('/')[-3:])}:{last.lineno} in {last.name})"

"""What a browser sends, for tests: events and batches on the wire."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any


def opened(
    at: datetime, unit: str, *, course: str = "c", view: uuid.UUID | None = None, **fields: Any
) -> dict[str, Any]:
    """Return the event that says a unit was opened."""
    return _head(at, unit, course, view) | {"t": "page.opened", "p": {}}


def progress(
    at: datetime,
    unit: str,
    spans: list[list[int]],
    *,
    course: str = "c",
    view: uuid.UUID | None = None,
    payload: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the counters of a view at ``at``: ``spans`` in milliseconds since it began, ``elapsed`` at their end."""
    active = sum(end - start for start, end in spans)
    elapsed = max((end for _, end in spans), default=0)
    counters = {
        "elapsed": elapsed,
        "active": active,
        "visible": elapsed,
        "media": 0,
        "scroll": 100,
        "spans": spans,
    }
    return _head(at, unit, course, view) | {"t": "page.progress", "p": counters | (payload or {})}


def batch(*events: Any, sent_at: datetime) -> bytes:
    """Return the body that carries ``events``."""
    return json.dumps({"v": 1, "sent_at": ms(sent_at), "events": list(events)}).encode()


def ms(at: datetime) -> int:
    """Return epoch milliseconds."""
    return round(at.timestamp() * 1000)


def _head(at: datetime, unit: str, course: str, view: uuid.UUID | None) -> dict[str, Any]:
    named = {"id": str(uuid.uuid4()), "view": str(view or uuid.uuid4())}
    return named | {"at": ms(at), "n": 1, "course": course, "unit": unit}

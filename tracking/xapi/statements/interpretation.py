"""Interpret one statement: an event or an attempt."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec

from tracking.capture import event_store
from tracking.capture.importing.rows import LogEntry
from tracking.events import EventSource
from tracking.lms.values import AttemptRecord
from tracking.rollups.learner import witness
from tracking.xapi import export, identifiers
from tracking.xapi.importing import statement_rows
from tracking.xapi.models import XapiStatement
from tracking.xapi.statements.unit_lookup import UnitLookup

SOURCE = "xapi"
"""The namespace of the keys of attempts that statements report."""


def is_foreign_statement(row: XapiStatement) -> bool:
    """Return whether a statement is new: our own, coming back from another store, are not."""
    return bool(row.statement.get("context", {}).get("platform") != identifiers.site_iri())


def is_from_content(row: XapiStatement) -> bool:
    """Return whether content in the learner's browser sent the statement, so that the learner could have written it."""
    return bool(row.statement.get("authority") == export.learner_actor(row.learner_id))


def is_witnessed(row: XapiStatement) -> bool:
    """Return whether a statement proves time: another system sent it, or it came when it is said to have happened."""
    return not is_from_content(row) or row.stored_at - row.happened_at <= witness.ON_TIME


def statement_entry(row: XapiStatement) -> Any:
    """Return the entry of a statement, or why it is none."""
    raw = msgspec.json.encode(row.statement)
    return _map().item(statement_rows.statement_row(0, raw, row.statement))


@lru_cache(maxsize=1)
def _map() -> Any:
    return statement_rows.default_column_map()


def entry_event(
    row: XapiStatement, entry: LogEntry, units: UnitLookup, now: datetime
) -> event_store.NewEvent:
    """Return the event of the entry of ``row``, which ``units`` finds a unit for."""
    unit = units.find(entry)
    assert unit is not None  # noqa: S101  Those without one were left out.
    return event_store.NewEvent(
        id=entry.id,
        learner_id=row.learner_id,
        course_key=unit.course_key,
        unit_key=unit.unit_key,
        kind=entry.kind,
        source=EventSource.SERVER if is_witnessed(row) else EventSource.BROWSER,
        happened_at=min(entry.at, now),
        received_at=now,
        view_id=entry.view_id,
        payload=entry.payload,
    )


def attempt_source_key(entry: LogEntry) -> str:
    """Return what the attempt of an entry is kept under: one for each registration and activity."""
    assert entry.attempt is not None  # noqa: S101  It is asked of attempts alone.
    return f"{entry.attempt.key}:{sha256(entry.unit_key.encode()).hexdigest()[:16]}"


def entry_attempt(row: XapiStatement, entry: LogEntry, units: UnitLookup) -> AttemptRecord:
    """Return the attempt of an entry that is one and that ``units`` finds a unit for."""
    unit, part = units.find(entry), entry.attempt
    assert unit is not None and part is not None  # noqa: S101, PT018  Those without were left out.
    return AttemptRecord(
        source_label=SOURCE,
        source_key=attempt_source_key(entry),
        learner_id=row.learner_id,
        unit=unit,
        started_at=part.started_at,
        submitted_at=entry.at,
        score=part.score,
        max_score=part.max_score,
        is_passed=part.is_passed,
    )

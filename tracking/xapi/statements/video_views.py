"""The views that films prove: all statements of a session together, in whatever order they come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tracking.capture import event_store
from tracking.capture.importing import event_ids
from tracking.capture.importing.rows import ATTEMPT, LogEntry
from tracking.events import PAGE_PROGRESS, EventSource
from tracking.models import Event
from tracking.xapi.importing import statement_rows, video_sessions
from tracking.xapi.models import XapiStatement
from tracking.xapi.statements.interpretation import entry_event, is_witnessed, statement_entry
from tracking.xapi.statements.unit_lookup import UnitLookup


def fold_video_sessions(
    sessions: set[str], units: UnitLookup, now: datetime
) -> Iterator[event_store.NewEvent]:
    """Yield the views of videos, recalculated from all statements of their sessions: any may have come late.

    Voided statements do not count. A view that no longer results is deleted, and its days are
    marked as changed.
    """
    of_session: dict[str, list[tuple[XapiStatement, LogEntry]]] = defaultdict(list)
    rows = XapiStatement.objects.filter(session__in=sessions).order_by("happened_at", "id")
    for row in rows:
        entry = statement_entry(row)
        if isinstance(entry, LogEntry) and entry.kind != ATTEMPT:
            of_session[row.session].append((row, entry))
    for session, rows_of_session in of_session.items():
        moments = [
            statement_rows.video_moment(entry, row.statement)
            for row, entry in rows_of_session
            if not row.is_voided and is_witnessed(row)
        ]
        row, entry = rows_of_session[0]
        if units.find(entry) is None:
            continue
        event = entry_event(row, entry, units, now)
        fresh = [
            _sitting(event, session, number, sitting, now)
            for number, sitting in enumerate(video_sessions.fold_video_session(moments))
        ]
        # There are never more sittings than statements.
        _forget(event, {_view_id(session, number) for number in range(len(rows_of_session))}, fresh)
        yield from fresh


def _sitting(
    event: event_store.NewEvent, session: str, number: int, sitting: video_sessions.VideoView, now: datetime
) -> event_store.NewEvent:
    at = min(sitting.ended_at, now)
    payload = msgspec.to_builtins(sitting.progress)
    return msgspec.structs.replace(
        event,
        # All that it says is part of the id: the same sitting is stored once, and another is another.
        id=event_ids.id_from_name("sitting", session, str(number), at.isoformat(), str(payload)),
        kind=PAGE_PROGRESS,
        source=EventSource.SERVER,
        happened_at=at,
        view_id=_view_id(session, number),
        payload=payload,
    )


def _view_id(session: str, number: int) -> UUID:
    return event_ids.id_from_name("sitting", session, str(number))


def _forget(event: event_store.NewEvent, view_ids: set[UUID], fresh: Sequence[event_store.NewEvent]) -> None:
    """Delete the sittings of a session that are none any more."""
    head = {"learner_id": event.learner_id, "course_key": event.course_key, "kind": PAGE_PROGRESS}
    stale = Event.objects.filter(**head, view_id__in=view_ids).exclude(pk__in=[each.id for each in fresh])
    event_store.delete_events(stale)

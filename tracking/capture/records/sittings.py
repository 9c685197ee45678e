"""The views that films prove: all statements of a session together, in whatever order they come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tracking.capture import writing
from tracking.capture.importing import identity, videos, xapi_rows
from tracking.capture.importing.rows import ATTEMPT, Entry
from tracking.capture.records.reading import entry_of, event_of
from tracking.capture.records.units import Units
from tracking.events import VIEW_PROGRESS
from tracking.models import Event, XapiStatement


def fold_sessions(sessions: set[str], units: Units, now: datetime) -> Iterator[writing.NewEvent]:
    """Yield the views of films, reckoned anew from all statements of their sessions: any may have come late.

    Those that are voided prove nothing any more. What was reckoned before and is so no more is deleted, and its days
    are marked.
    """
    of_session: dict[str, list[tuple[XapiStatement, Entry]]] = defaultdict(list)
    rows = XapiStatement.objects.filter(session__in=sessions).order_by("happened_at", "id")
    for row in rows:
        entry = entry_of(row)
        if isinstance(entry, Entry) and entry.kind != ATTEMPT:
            of_session[row.session].append((row, entry))
    for session, told in of_session.items():
        moments = [xapi_rows.moment_of(entry, row.statement) for row, entry in told if not row.is_voided]
        row, entry = told[0]
        if units.find(entry) is None:
            continue
        event = event_of(row.learner_id, entry, units, now)
        fresh = [
            _sitting(event, session, number, sitting, now)
            for number, sitting in enumerate(videos.fold(moments))
        ]
        # There are never more sittings than statements.
        _forget(event, {_view_id(session, number) for number in range(len(told))}, fresh)
        yield from fresh


def _sitting(
    event: writing.NewEvent, session: str, number: int, sitting: videos.Sitting, now: datetime
) -> writing.NewEvent:
    at = min(sitting.ended_at, now)
    payload = msgspec.to_builtins(sitting.progress)
    return msgspec.structs.replace(
        event,
        # All that it says is part of the id: the same sitting is stored once, and another is another.
        id=identity.of_name("sitting", session, str(number), at.isoformat(), str(payload)),
        kind=VIEW_PROGRESS,
        happened_at=at,
        view_id=_view_id(session, number),
        payload=payload,
    )


def _view_id(session: str, number: int) -> UUID:
    return identity.of_name("sitting", session, str(number))


def _forget(event: writing.NewEvent, view_ids: set[UUID], fresh: Sequence[writing.NewEvent]) -> None:
    """Delete the sittings of a session that are none any more."""
    head = {"learner_id": event.learner_id, "course_key": event.course_key, "kind": VIEW_PROGRESS}
    stale = Event.objects.filter(**head, view_id__in=view_ids).exclude(pk__in=[each.id for each in fresh])
    writing.forget(stale)

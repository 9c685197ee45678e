"""Taking statements in: kept as they are, and turned into the events and attempts that they tell of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.db import transaction
from django.utils.dateparse import parse_datetime

from tracking.capture import attempts, intake, marks, quarantine, writing
from tracking.capture.importing import identity, videos, xapi_rows
from tracking.capture.importing.rows import ATTEMPT, Entry
from tracking.capture.records import agents, shape
from tracking.capture.refusals import Drop
from tracking.events import VIEW_PROGRESS, LearnerId, Purpose, Source, find_kind
from tracking.exceptions import TrackingError
from tracking.interchange import names
from tracking.lms.values import AttemptRecord, UnitRef
from tracking.models import Event, OutlineUnit, XapiStatement, bulk_rows
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import consent

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
SOURCE = "xapi"
"""What attempts are kept under that statements tell of."""

Statement = dict[str, Any]


class StatementRefused(TrackingError):
    """A batch of statements cannot be taken in; ``status`` is the HTTP status that says why."""

    def __init__(self, detail: str, *, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who sends statements. ``learner_id`` is the only one they may be about, ``None`` where they may be about any.

    ``unit`` is where content was opened: what it says of activities of its own is about that.
    """

    authority: Statement
    learner_id: LearnerId | None = None
    unit: UnitRef | None = None


def take_in(given: Sequence[Any], teller: Teller, *, now: datetime) -> list[UUID]:
    """Keep statements and record what they tell of; return their ids, in order.

    All are kept or none: raises ``StatementRefused`` where one is no statement, is about somebody else, or has the id
    of another one.
    """
    for number, statement in enumerate(given):
        for fault in shape.faults(statement):
            raise StatementRefused(f"Statement {number + 1} of {len(given)}: {fault}")
    learner_of = lru_cache(maxsize=1000)(_learner_of)
    rows = [_row(statement, teller, learner_of, now) for statement in given]
    if len({row.id for row in rows}) < len(rows):
        raise StatementRefused("Two statements have the same id.")
    permitted = _permitted(rows)
    kept = [row for row in rows if row.id in permitted]
    intake.count_rejections([Drop.NO_CONSENT] * (len(rows) - len(kept)))
    if not kept:
        return [row.id for row in rows]
    with transaction.atomic():
        fresh = bulk_rows.insert_new(XapiStatement, sorted(kept, key=lambda row: row.id))
        _require_same([row for row in kept if row.id not in fresh])
        new = [row for row in kept if row.id in fresh]
        _void(new)
        _record(new, teller, now)
    return [row.id for row in rows]


def _row(
    statement: Statement, teller: Teller, learner_of: Callable[[bytes], LearnerId], now: datetime
) -> XapiStatement:
    actor = statement["actor"]
    learner_id = learner_of(msgspec.json.encode(actor))
    if learner_id is None or teller.learner_id not in (None, learner_id):
        raise StatementRefused("The actor is nobody here, or not who may be spoken for.", status=403)
    own_id = shape.as_uuid(statement.get("id")) or uuid4()
    at = _moment(statement.get("timestamp")) or now
    stored = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    kept = {**statement, "id": str(own_id), "stored": stored, "authority": teller.authority}
    kept.setdefault("timestamp", stored)
    kept.setdefault("version", "1.0.0")
    session = xapi_rows.session_of(statement)
    thing = statement["object"]
    return XapiStatement(
        id=own_id,
        learner_id=learner_id,
        agent_key=agents.key_of(actor),
        verb=statement["verb"]["id"],
        activity=thing.get("id", "") if thing.get("objectType", "Activity") == "Activity" else "",
        registration=shape.as_uuid(statement.get("context", {}).get("registration")),
        session=_session_key(learner_id, thing.get("id", ""), session) if session else "",
        happened_at=at,
        stored_at=now,
        statement=kept,
    )


def _learner_of(actor: bytes) -> LearnerId | None:
    return agents.find_learner(msgspec.json.decode(actor))


def _permitted(rows: Sequence[XapiStatement]) -> set[UUID]:
    """Return the ids of those that their learners let be kept: how they work, or what is in the course record."""
    learners = {row.learner_id for row in rows}
    may = {purpose: consent.covered(learners, purpose) for purpose in (Purpose.RECORD, Purpose.ENGAGEMENT)}
    return {row.id for row in rows if row.learner_id in may[_purpose(row)]}


def _purpose(row: XapiStatement) -> Purpose:
    word = row.verb.rstrip("/").rpartition("/")[2]
    kind = xapi_rows.KINDS.get(word, "")
    if kind == ATTEMPT:
        return Purpose.RECORD
    known = find_kind(kind)
    return known.purpose if known is not None else Purpose.ENGAGEMENT


def _require_same(known: Iterable[XapiStatement]) -> None:
    """Raise ``StatementRefused`` where one of ``known`` is not what is kept under its id already."""
    given = {row.id: row for row in known}
    for row in XapiStatement.objects.filter(pk__in=given):
        if _essence(row.statement) != _essence(given[row.pk].statement):
            raise StatementRefused(f"There is another statement with the id {row.pk}.", status=409)


def _essence(statement: Statement) -> Statement:
    made = ("stored", "authority", "timestamp", "version", "attachments")
    return {name: value for name, value in statement.items() if name not in made}


def _void(rows: Iterable[XapiStatement]) -> None:
    voided = [row.statement["object"].get("id") for row in rows if row.verb == VOIDED]
    if voided:
        XapiStatement.objects.filter(pk__in=voided).exclude(verb=VOIDED).update(is_voided=True)


def _record(rows: Sequence[XapiStatement], teller: Teller, now: datetime) -> None:
    """Store the events and attempts that new statements tell of. Our own statements tell us nothing."""
    foreign = [row for row in rows if row.statement.get("context", {}).get("platform") != names.home()]
    units = _Units(teller.unit)
    entries = [
        (row, entry) for row in foreign if isinstance(entry := _entry(row), Entry) and units.find(entry)
    ]
    events = [
        _event(row.learner_id, entry, units, now)
        for row, entry in entries
        if entry.kind != ATTEMPT and (not row.session or entry.kind in xapi_rows.STANDING_ALONE)
    ]
    events += _sittings({row.session for row in foreign if row.session}, units, now)
    found = quarantine.sort([event for event in events if find_kind(event.kind) is not None])
    writing.write(found.known)
    quarantine.hold_events(found.unknown)
    attempts.record_all([_attempt(row, entry, units) for row, entry in entries if entry.attempt is not None])


def _entry(row: XapiStatement) -> Any:
    raw = msgspec.json.encode(row.statement)
    return _map().item(xapi_rows.row_of(0, raw, row.statement))


@lru_cache(maxsize=1)
def _map() -> Any:
    return xapi_rows.default_map()


def _event(learner_id: LearnerId, entry: Entry, units: _Units, now: datetime) -> writing.NewEvent:
    unit = units.find(entry)
    assert unit is not None  # noqa: S101  Those without one were left out.
    return writing.NewEvent(
        id=entry.id,
        learner_id=learner_id,
        course_key=unit.course_key,
        unit_key=unit.unit_key,
        kind=entry.kind,
        source=Source.SERVER,
        happened_at=min(entry.at, now),
        received_at=now,
        view_id=entry.view_id,
        payload=entry.payload,
    )


def _attempt(row: XapiStatement, entry: Entry, units: _Units) -> AttemptRecord:
    unit, part = units.find(entry), entry.attempt
    assert unit is not None and part is not None  # noqa: S101, PT018  Those without were left out.
    return AttemptRecord(
        source_label=SOURCE,
        source_key=f"{part.key}:{sha256(entry.unit_key.encode()).hexdigest()[:16]}",
        learner_id=row.learner_id,
        unit=unit,
        started_at=part.started_at,
        submitted_at=entry.at,
        score=part.score,
        max_score=part.max_score,
        is_passed=part.is_passed,
    )


def _sittings(sessions: set[str], units: _Units, now: datetime) -> Iterator[writing.NewEvent]:
    """Yield the views of films, reckoned anew from all statements of their sessions: any may have come late.

    What was reckoned before and is so no more is deleted, and its days are marked.
    """
    of_session: dict[str, list[tuple[XapiStatement, Entry]]] = defaultdict(list)
    rows = XapiStatement.objects.filter(session__in=sessions, is_voided=False).order_by("happened_at", "id")
    for row in rows:
        entry = _entry(row)
        if isinstance(entry, Entry) and entry.kind != ATTEMPT:
            of_session[row.session].append((row, entry))
    for session, told in of_session.items():
        moments = [xapi_rows.moment_of(entry, row.statement) for row, entry in told]
        row, entry = told[0]
        if units.find(entry) is None:
            continue
        event = _event(row.learner_id, entry, units, now)
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
    changed = list(stale)
    if changed:
        marks.days_changed(
            marks.LearnerDay(
                learner_id=each.learner_id, course_key=each.course_key, day=at.astimezone(UTC).date()
            )
            for each in changed
            for at in (
                each.happened_at,
                each.happened_at - timedelta(milliseconds=each.payload.get("elapsed", 0)),
            )
        )
        Event.objects.filter(pk__in=[each.pk for each in changed]).delete()


class _Units:
    """Which units activities stand for: our own names, keys of the outline, or the unit that content was opened in."""

    def __init__(self, opened: UnitRef | None) -> None:
        self._opened = opened
        self._find = lru_cache(maxsize=1000)(self._look_up)

    def find(self, entry: Entry) -> UnitRef | None:
        """Return the unit that an entry is about; ``None`` where it leads to no course."""
        return self._find(entry.unit_key, entry.course_key)

    def _look_up(self, activity: str, parent: str) -> UnitRef | None:
        own = names.find_unit(activity)
        if own is not None:
            # A question or a film within a unit is told of that unit.
            return own
        if self._opened is not None:
            return self._opened
        course = names.find_unit(parent)
        course_key = course.course_key if course is not None else parent
        if not course_key:
            with_it = OutlineUnit.objects.filter(unit_key=activity[:KEY_LENGTH])
            course_keys = list(with_it.values_list("course_key", flat=True)[:2])
            course_key = course_keys[0] if len(course_keys) == 1 else ""
        is_kept = bool(course_key) and max(len(activity), len(course_key)) <= KEY_LENGTH
        return UnitRef(course_key=course_key, unit_key=activity) if is_kept else None


def _session_key(learner_id: LearnerId, activity: str, session: str) -> str:
    return sha256("\x1f".join((str(learner_id), activity, session)).encode()).hexdigest()


def _moment(text: object) -> datetime | None:
    at = parse_datetime(text) if isinstance(text, str) else None
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at

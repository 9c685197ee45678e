"""Ingest statements: store them as received, and turn them into the events and attempts that they report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.db import transaction

from tracking.capture import attempts, event_store, ingest, quarantine
from tracking.capture.importing.rows import ATTEMPT, LogEntry
from tracking.capture.rejections import RejectReason
from tracking.definitions import ranges
from tracking.events import LearnerId, Purpose, find_kind
from tracking.lms.values import UnitRef
from tracking.privacy import consent
from tracking.storage import bulk_insert
from tracking.xapi.exceptions import StatementRejected
from tracking.xapi.importing import statement_rows
from tracking.xapi.models import XapiStatement
from tracking.xapi.statements import (
    agents,
    attachments,
    equivalence,
    interpretation,
    mentions,
    retraction,
    shapes,
    statement_schema,
    video_views,
    voiding,
)
from tracking.xapi.statements.attachments import AttachmentContent
from tracking.xapi.statements.unit_lookup import UnitLookup

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSender:
    """Who sends statements. ``learner_id`` is the only one they may be about, ``None`` if they may be about any.

    ``unit`` is where content was opened: all that it says is about that. ``has_opted_out`` is what its browser says by
    Global Privacy Control.
    """

    authority: Statement
    learner_id: LearnerId | None = None
    unit: UnitRef | None = None
    has_opted_out: bool = False

    @property
    def opted_out(self) -> list[LearnerId]:
        """Those for whom nothing but a yes permits anything."""
        return [self.learner_id] if self.has_opted_out else []


def ingest_statements(
    given: Sequence[Any],
    sender: StatementSender,
    *,
    now: datetime,
    attached: Mapping[str, AttachmentContent] | None = None,
) -> list[UUID]:
    """Store statements and record what they report; return their ids, in order.

    ``attached`` are the contents that came with them, by hash. All are stored or none: raises ``StatementRejected``
    if one is invalid, is about another learner, has the id of another statement, or lacks an attachment that it names.
    """
    for number, statement in enumerate(given):
        for fault in statement_schema.statement_faults(statement):
            raise StatementRejected(f"Statement {number + 1} of {len(given)}: {fault}")
    attachments.require_attachments(given, attached or {})
    learner_of = lru_cache(maxsize=1000)(_learner_of)
    units = UnitLookup(sender.unit)
    rows = [_row(statement, sender, learner_of, units, now) for statement in given]
    if len({row.id for row in rows}) < len(rows):
        raise StatementRejected("Two statements have the same id.")
    voiding.inherit_voided_purpose(rows)
    permitted = _permitted(rows, sender)
    kept = [row for row in rows if row.id in permitted]
    ingest.count_rejections([RejectReason.NO_CONSENT] * (len(rows) - len(kept)))
    if not kept:
        return [row.id for row in rows]
    with transaction.atomic():
        fresh = bulk_insert.insert_missing(XapiStatement, sorted(kept, key=lambda row: row.id))
        _require_same([row for row in kept if row.id not in fresh])
        new = [row for row in kept if row.id in fresh]
        mentions.store_mentions(new)
        attachments.store_attachments(new, attached or {})
        voided = voiding.void_statements(new, learner_id=sender.learner_id)
        retraction.retract_statements(voided, units)
        _record(new, voided, sender, units, now)
    return [row.id for row in rows]


def _row(
    statement: Statement,
    sender: StatementSender,
    learner_of: Callable[[bytes], LearnerId],
    units: UnitLookup,
    now: datetime,
) -> XapiStatement:
    actor = statement["actor"]
    learner_id = learner_of(msgspec.json.encode(actor))
    if learner_id is None or sender.learner_id not in (None, learner_id):
        raise StatementRejected("The actor is unknown here, or this sender may not act for it.", status=403)
    own_id = shapes.parse_uuid(statement.get("id")) or uuid4()
    at = shapes.parse_moment(statement.get("timestamp")) or now
    stored = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    kept = {
        **normalise_context_activities(statement),
        "id": str(own_id),
        "stored": stored,
        "authority": sender.authority,
    }
    kept.setdefault("timestamp", stored)
    kept.setdefault("version", "1.0.0")
    session = statement_rows.video_session_id(statement)
    thing = statement["object"]
    return XapiStatement(
        id=own_id,
        learner_id=learner_id,
        agent_key=agents.agent_key(actor),
        verb=statement["verb"]["id"],
        activity=thing.get("id", "") if thing.get("objectType", "Activity") == "Activity" else "",
        registration=shapes.parse_uuid(statement.get("context", {}).get("registration")),
        session=_session_key(learner_id, thing.get("id", ""), session) if session else "",
        course_key=units.course_of(statement, learner_id),
        purpose=_purpose(statement["verb"]["id"]),
        # A clock that runs fast must not date a statement after everything else.
        happened_at=min(at, now + ranges.MAX_AHEAD),
        stored_at=now,
        statement=kept,
    )


def _learner_of(actor: bytes) -> LearnerId | None:
    return agents.find_agent_learner(msgspec.json.decode(actor))


def _permitted(rows: Sequence[XapiStatement], sender: StatementSender) -> set[UUID]:
    """Return the ids of those that their learners let be kept in their courses, each for what it serves."""
    pairs: dict[str, set[tuple[LearnerId, str]]] = defaultdict(set)
    for row in rows:
        pairs[row.purpose].add((row.learner_id, row.course_key))
    may = {
        purpose: consent.learners_covered_in_courses(wanted, Purpose(purpose), opted_out=sender.opted_out)
        for purpose, wanted in pairs.items()
    }
    return {row.id for row in rows if (row.learner_id, row.course_key) in may[row.purpose]}


def _purpose(verb: str) -> Purpose:
    kind = statement_rows.KINDS.get(verb.rstrip("/").rpartition("/")[2], verb)
    if kind == ATTEMPT:
        return Purpose.RECORD
    known = find_kind(kind)
    return known.purpose if known is not None else Purpose.ENGAGEMENT


def _require_same(known: Iterable[XapiStatement]) -> None:
    """Raise ``StatementRejected`` where one of ``known`` is not what is kept under its id already."""
    given = {row.id: row for row in known}
    for row in XapiStatement.objects.filter(pk__in=given):
        if not equivalence.is_same_statement(row.statement, given[row.pk].statement):
            raise StatementRejected(f"Another statement already has the id {row.pk}.", status=409)


def normalise_context_activities(statement: Statement) -> Statement:
    """Return a statement with every context activity in a list, as all are given back (Data 2.4.6.2)."""
    made = dict(statement)
    groups = made.get("context", {}).get("contextActivities")
    if groups:
        lists = {name: each if isinstance(each, list) else [each] for name, each in groups.items()}
        made["context"] = {**made["context"], "contextActivities": lists}
    if made.get("object", {}).get("objectType") == "SubStatement":
        made["object"] = normalise_context_activities(made["object"])
    return made


def _record(
    new: Sequence[XapiStatement],
    voided: Sequence[XapiStatement],
    sender: StatementSender,
    units: UnitLookup,
    now: datetime,
) -> None:
    """Store the events and attempts that new statements report, and the video views without ``voided``."""
    foreign = [row for row in new if interpretation.is_foreign_statement(row) and not row.is_voided]
    entries = [
        (row, entry)
        for row in foreign
        if isinstance(entry := interpretation.statement_entry(row), LogEntry) and units.find(entry)
    ]
    events = [
        interpretation.entry_event(row, entry, units, now)
        for row, entry in entries
        if entry.kind != ATTEMPT and (not row.session or entry.kind in statement_rows.STANDING_ALONE)
    ]
    events += video_views.fold_video_sessions(_sessions([*foreign, *voided], sender), units, now)
    found = quarantine.split_known([event for event in events if find_kind(event.kind) is not None])
    event_store.write_events(found.known)
    quarantine.quarantine_events(found.unknown)
    attempts.store_attempts(
        [
            interpretation.entry_attempt(row, entry, units)
            for row, entry in entries
            if entry.attempt is not None
        ]
    )


def _sessions(rows: Iterable[XapiStatement], sender: StatementSender) -> set[str]:
    """Return the video sessions whose time may be counted: the end of a video belongs to the course record."""
    sessions = {(row.learner_id, row.course_key, row.session) for row in rows if row.session}
    pairs = {(learner_id, course_key) for learner_id, course_key, _ in sessions}
    may = (
        consent.learners_covered_in_courses(pairs, Purpose.ENGAGEMENT, opted_out=sender.opted_out)
        if pairs
        else set()
    )
    return {session for learner_id, course_key, session in sessions if (learner_id, course_key) in may}


def _session_key(learner_id: LearnerId, activity: str, session: str) -> str:
    return sha256("\x1f".join((str(learner_id), activity, session)).encode()).hexdigest()

"""Store attempts and answers as the host has them now."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from tracking import signals
from tracking.capture import changes, quarantine, rejections
from tracking.capture.rejections import RejectReason
from tracking.definitions import ranges
from tracking.events import LearnerId, Purpose
from tracking.exceptions import OutOfRange
from tracking.lms.values import AnswerRecord, AttemptRecord
from tracking.models import Answer, Attempt, QuarantineCause, QuarantinedRecord
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import consent

logger = logging.getLogger("tracking.capture")

GRADE = ("started_at", "submitted_at", "score", "max_score", "is_passed")
"""The fields that make up the result of an attempt, and when it was started and submitted."""
SOURCE = ("source_label", "source_key", "learner_id")
SKILL_LENGTH = 1000
"""A skill is named by people. A longer name than a key may have is cut when it is counted."""
CORRECTED = ["course_key", "unit_key", *GRADE, "received_at"]


def store_attempt(given: AttemptRecord) -> Attempt | None:
    """Store ``given``, or correct the stored attempt with the same source; return the row.

    Returns ``None`` if the learner objects to the course record. Also returns ``None`` if the unit or the learner is
    unknown: then the attempt is quarantined. Raises ``OutOfRange`` for a value that no reader could handle.
    """
    _check(given)
    if not consent.covers(given.learner_id, Purpose.RECORD, course_key=given.unit.course_key):
        return None
    cause = _causes([given]).get(_key(given))
    if cause is not None:
        _quarantine([(given, cause)])
        return None
    source: Any = dict(zip(SOURCE, _key(given), strict=True))
    with transaction.atomic():
        # Lock the stored attempt: whether received_at changes depends on the grade in it.
        known = Attempt.objects.select_for_update().filter(**source).first()
        attempt, _ = Attempt.objects.update_or_create(**source, defaults=_fields_to_store(given, known))
        if given.answers is not None:
            _set_answers([(attempt, given.answers)])
        changes.mark_learner_changed(learner_id=given.learner_id, course_key=given.unit.course_key)
        signals.attempt_recorded.send(sender=Attempt, attempt=attempt)
    return attempt


def store_attempts(given: Sequence[AttemptRecord]) -> int:
    """Store or correct many attempts at once, as ``store_attempt`` does for one; return how many were new.

    Of two attempts with the same source the later one counts. Attempts of learners who object are left out. So are
    those with a value out of range, which are logged and counted as rejected.
    """
    given = _within_range(given)
    permitted = consent.learners_covered_in_courses(
        ((each.learner_id, each.unit.course_key) for each in given), Purpose.RECORD
    )
    wanted = {_key(each): each for each in given if (each.learner_id, each.unit.course_key) in permitted}
    causes = _causes(wanted.values())
    _quarantine([(wanted.pop(key), cause) for key, cause in causes.items()])
    if not wanted:
        return 0
    # Write in key order: two writers of the same attempts then queue up instead of deadlocking.
    ordered = sorted(wanted.items(), key=lambda item: tuple(map(str, item[0])))
    with transaction.atomic():
        known = _stored(wanted)
        Attempt.objects.bulk_create(
            [
                Attempt(**dict(zip(SOURCE, key, strict=True)), **_fields_to_store(each, known.get(key)))
                for key, each in ordered
            ],
            update_conflicts=True,
            unique_fields=["source_label", "source_key", "learner"],
            update_fields=CORRECTED,
        )
        stored = _stored(wanted)
        _set_answers([(stored[key], each.answers) for key, each in ordered if each.answers is not None])
        # Mark and announce inside the transaction: receivers write to the outbox, and those rows must be committed or
        # rolled back with the attempt.
        changes.mark_learners_changed((each.learner_id, each.unit.course_key) for _, each in ordered)
        for attempt in stored.values():
            signals.attempt_recorded.send(sender=Attempt, attempt=attempt)
    return len(wanted) - len(known)


def delete_attempts(*, source_label: str, source_key: str, learner_id: LearnerId | None = None) -> int:
    """Delete the attempts stored for the host's row; return how many there were.

    If ``learner_id`` is given, delete only that learner's attempt: several learners may share one source key.
    """
    source = {"source_label": source_label, "source_key": source_key}
    of_learner = {} if learner_id is None else {"learner_id": learner_id}
    with transaction.atomic():
        quarantine.delete_quarantined_attempts(**source, **of_learner)
        found = Attempt.objects.filter(**source, **of_learner)
        for attempt in found:
            changes.mark_learner_changed(learner_id=attempt.learner_id, course_key=attempt.course_key)
        _, deleted = found.delete()
    return deleted.get(Attempt._meta.label, 0)


def keep_owners(*, source_label: str, owners: Mapping[str, Collection[LearnerId]]) -> int:
    """Delete the attempts of learners to whom a row of the host no longer belongs; return how many there were.

    ``owners`` are the learners of each row, by its key.
    """
    if not owners:
        return 0
    source: dict[str, Any] = {"source_label": source_label, "source_key__in": list(owners)}
    quarantined = QuarantinedRecord.objects.filter(**source, learner_id__isnull=False)
    stale = {
        (source_key, learner_id)
        for rows in (Attempt.objects.filter(**source), quarantined)
        for source_key, learner_id in rows.values_list("source_key", "learner_id")
        if learner_id not in owners[source_key]
    }
    return sum(
        delete_attempts(source_label=source_label, source_key=source_key, learner_id=learner_id)
        for source_key, learner_id in stale
    )


def source_keys_in_batches(source_label: str, size: int) -> Iterator[list[str]]:
    """Yield the keys of the host's rows of which attempts are stored, ``size`` at a time."""
    last = ""
    keys = Attempt.objects.filter(source_label=source_label).order_by("source_key")
    while batch := list(
        keys.filter(source_key__gt=last).values_list("source_key", flat=True).distinct()[:size]
    ):
        yield batch
        last = batch[-1]


def _within_range(given: Sequence[AttemptRecord]) -> list[AttemptRecord]:
    kept = []
    for each in given:
        try:
            _check(each)
        except OutOfRange as error:
            # One bad row of the host must not stop all others.
            logger.warning("Attempt %s %s is left out. %s", each.source_label, each.source_key, error)
            rejections.count_rejected(RejectReason.BAD_ROW)
        else:
            kept.append(each)
    return kept


def _check(given: AttemptRecord) -> None:
    """Raise ``OutOfRange`` if a value of the attempt or of its answers is out of its range."""
    now = timezone.now()
    for name in ("started_at", "submitted_at"):
        at = getattr(given, name)
        if at is not None:
            ranges.check_happened_at(name, at, now=now)
    texts = {
        "source_label": given.source_label,
        "source_key": given.source_key,
        "course_key": given.unit.course_key,
        "unit_key": given.unit.unit_key,
    }
    for name, text in texts.items():
        ranges.check_text(name, text, max_length=KEY_LENGTH)
    ranges.check_score("score", given.score)
    ranges.check_score("max_score", given.max_score)
    for answer in given.answers or ():
        ranges.check_score("points", answer.points)
        ranges.check_score("max_points", answer.max_points)
        for text in (answer.question_key, *answer.chosen, *answer.lesson_keys):
            ranges.check_text("A key of an answer", text, max_length=KEY_LENGTH)
        for skill in answer.skills:
            ranges.check_text("A skill", skill, max_length=SKILL_LENGTH)


def _key(given: AttemptRecord) -> tuple[str, str, LearnerId]:
    return given.source_label, given.source_key, given.learner_id


def _causes(given: Iterable[AttemptRecord]) -> dict[tuple[str, str, LearnerId], QuarantineCause]:
    """Return why attempts must be quarantined, by key, for those that must."""
    records = list(given)
    missing = quarantine.missing_learners(each.learner_id for each in records)
    unknown = quarantine.find_causes({each.unit for each in records})
    causes: dict[tuple[str, str, LearnerId], QuarantineCause] = {}
    for each in records:
        cause = QuarantineCause.UNKNOWN_LEARNER if each.learner_id in missing else unknown.get(each.unit)
        # An outline may have lost the unit since: an attempt that is stored with it stays, and only a new one is
        # quarantined.
        if cause is not None and not _is_stored_as(each):
            causes[_key(each)] = cause
    return causes


def _is_stored_as(given: AttemptRecord) -> bool:
    """Return whether the attempt is already stored with the same unit."""
    return Attempt.objects.filter(
        source_label=given.source_label,
        source_key=given.source_key,
        learner_id=given.learner_id,
        course_key=given.unit.course_key,
        unit_key=given.unit.unit_key,
    ).exists()


def _quarantine(given: Sequence[tuple[AttemptRecord, QuarantineCause]]) -> None:
    """Quarantine attempts, and delete the stored rows that have the same source but another unit."""
    if not given:
        return
    with transaction.atomic():
        for record, _ in given:
            stored = Attempt.objects.filter(
                source_label=record.source_label, source_key=record.source_key, learner_id=record.learner_id
            )
            for attempt in stored:
                changes.mark_learner_changed(learner_id=attempt.learner_id, course_key=attempt.course_key)
            stored.delete()
        quarantine.quarantine_attempts(given)


def _stored(wanted: Mapping[tuple[str, str, LearnerId], AttemptRecord]) -> dict[Any, Attempt]:
    """Return the stored rows of ``wanted`` by their key."""
    by_label: dict[str, set[str]] = defaultdict(set)
    for label, key, _ in wanted:
        by_label[label].add(key)
    rows = [
        row
        for label, keys in by_label.items()
        for row in Attempt.objects.filter(source_label=label, source_key__in=keys)
    ]
    by_key = {(row.source_label, row.source_key, row.learner_id): row for row in rows}
    return {key: row for key, row in by_key.items() if key in wanted}


def _fields_to_store(given: AttemptRecord, known: Attempt | None) -> dict[str, Any]:
    """Return the fields to store for ``given``. ``received_at`` changes only if the grade does."""
    grade: dict[str, Any] = {name: getattr(given, name) for name in GRADE}
    if given.is_undated and known is not None:
        # Reading a row again, as a backfill does each night, must not move its attempt to today.
        grade["started_at"] = known.started_at
        grade["submitted_at"] = given.submitted_at and (known.submitted_at or given.submitted_at)
    grade["score"] = ranges.fit_score(given.score)
    # The database rejects a maximum of 0.
    grade["max_score"] = ranges.fit_score(given.max_score) or None
    is_known = known is not None and all(getattr(known, name) == value for name, value in grade.items())
    return {
        "course_key": given.unit.course_key,
        "unit_key": given.unit.unit_key,
        **grade,
        "received_at": known.received_at if known is not None and is_known else timezone.now(),
    }


def _set_answers(given: Sequence[tuple[Attempt, tuple[AnswerRecord, ...]]]) -> None:
    """Make the answers of each attempt exactly these, in a few statements for all."""
    wanted = {
        (attempt.pk, answer.question_key): Answer(
            attempt=attempt,
            question_key=answer.question_key,
            is_correct=answer.is_correct,
            points=ranges.fit_score(answer.points),
            max_points=ranges.fit_score(answer.max_points),
            chosen=list(answer.chosen),
            lesson_keys=list(answer.lesson_keys),
            skills=list(answer.skills),
        )
        for attempt, answers in given
        for answer in answers
    }
    stored = Answer.objects.filter(attempt__in=[attempt for attempt, _ in given])
    stale = [
        pk
        for pk, attempt_id, question_key in stored.values_list("pk", "attempt_id", "question_key")
        if (attempt_id, question_key) not in wanted
    ]
    if stale:
        Answer.objects.filter(pk__in=stale).delete()
    Answer.objects.bulk_create(
        wanted.values(),
        update_conflicts=True,
        unique_fields=["attempt", "question_key"],
        update_fields=["is_correct", "points", "max_points", "chosen", "lesson_keys", "skills"],
    )

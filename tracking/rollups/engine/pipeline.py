"""Claim changes, recompute the rows they concern and delete them, all in one transaction, until none are left."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model

from tracking.models import CourseOutline, LearnerCourse, PendingChange, RollupStage
from tracking.rollups.course import rollup
from tracking.rollups.engine import batches, change_queue, outline_refresh, stale_days
from tracking.rollups.engine.change_queue import ClaimFilter
from tracking.rollups.learner import days, learner_days
from tracking.rollups.learner import rollup as learner_rollup
from tracking.rollups.mastery import questions, skills

PASSES = 3
"""How often the queue is read: processing some changes appends others, and under load there are always newer ones."""


def process_changes(*, now: datetime) -> int:
    """Process every waiting change of outlines, learners and classes; return how many there were.

    Safe to run twice, in parallel, and to kill at any point: a change is deleted in the transaction that recomputes its
    rows.
    """
    return sum(process_changes_stepwise(now=now))


def process_changes_stepwise(*, now: datetime) -> Iterator[int]:
    """Process changes as ``process_changes`` does; yield how many were processed after each transaction."""
    for _ in range(PASSES):
        counts = 0
        for count in _one_pass(now):
            counts += count
            yield count
        if not counts:
            return


def _one_pass(now: datetime) -> Iterator[int]:
    """Process the changes in the queue, those of classes last.

    The changes of a rebuild are processed one batch at a time, each after all newer changes of live traffic.
    """
    yield from batches.drain_stage(RollupStage.OUTLINE, _process_outlines, now=now)
    rebuilding = batches.drain_stage(
        RollupStage.LEARNER, _process_learners, now=now, claim_filter=ClaimFilter(is_many_days=True)
    )
    pause = _Pause()
    is_live = False
    while True:
        for count in batches.drain_stage(
            RollupStage.LEARNER,
            _process_learners,
            now=now,
            claim_filter=ClaimFilter(until=change_queue.newest_change_id()),
        ):
            is_live = True
            yield count
        if not (count := next(rebuilding, 0)):
            break
        yield count
        # Class figures can wait until the rebuild is done, unless live traffic changed something too.
        if is_live and pause.is_over():
            yield from _drain_classes(now)
            pause.begin()
            is_live = False
    yield from batches.drain_stage(RollupStage.QUESTIONS, _process_questions, now=now)
    yield from batches.drain_stage(
        RollupStage.SKILLS,
        _process_skills,
        now=now,
        claim_filter=ClaimFilter(until=change_queue.newest_change_id()),
    )
    yield from _drain_classes(now)


class _Pause:
    """The time between two rollups of a class during a rebuild: four times as long as one rollup takes."""

    def __init__(self) -> None:
        self._checked_at = self._until = time.monotonic()

    def is_over(self) -> bool:
        self._checked_at = time.monotonic()
        return self._checked_at >= self._until

    def begin(self) -> None:
        ended_at = time.monotonic()
        self._until = ended_at + 4 * (ended_at - self._checked_at)


def _drain_classes(now: datetime) -> Iterator[int]:
    return batches.drain_stage(
        RollupStage.CLASS,
        _process_classes,
        now=now,
        claim_filter=ClaimFilter(until=change_queue.newest_change_id()),
    )


def _process_outlines(changes: Sequence[PendingChange], now: datetime) -> None:
    for course_key in sorted({change.course_key for change in changes}):
        outline_refresh.refresh_outline(course_key, now=now)


def _process_learners(changes: Sequence[PendingChange], now: datetime) -> None:
    by_course: dict[str, list[PendingChange]] = defaultdict(list)
    for change in changes:
        by_course[change.course_key].append(change)
    for course_key in sorted(by_course):
        _roll_up_learners(course_key, by_course[course_key], now=now)


def _roll_up_learners(course_key: str, changes: Sequence[PendingChange], *, now: datetime) -> None:
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    if outline is None and outline_refresh.refresh_outline(course_key, now=now):
        outline = CourseOutline.objects.get(course_key=course_key)
    zone = days.course_time_zone(outline.time_zone if outline else "")
    learner_ids = _existing(change.learner_id for change in changes)
    _lock_learners(course_key, learner_ids)
    mine = [change for change in changes if change.learner_id in set(learner_ids)]
    stale = replace(
        stale_days.stale_days_of_changes(mine, zone), final=learner_days.final_days(course_key, learner_ids)
    )
    day_changes = learner_days.set_learner_days(course_key, stale, zone=zone)
    whole = {change.learner_id for change in mine if change.day is None or change.last_day is not None}
    learner_rollup.roll_up_learners(course_key, learner_ids, changes=day_changes, whole=whole, now=now)
    change_queue.append_changes(
        [
            PendingChange(stage=RollupStage.FINDINGS, course_key=course_key, learner_id=each)
            for each in learner_ids
        ]
    )
    # A change without a day recomputes the whole class. If nothing changed, name a day anyway: time alone may have
    # changed the states of its learners.
    some_days = day_changes.days or {first for first, _ in stale.all_ranges()}
    class_days = [None] if whole or not some_days else sorted(some_days)
    change_queue.append_changes(
        [PendingChange(stage=RollupStage.CLASS, course_key=course_key, day=day) for day in class_days]
    )
    # Raw events contain no answers, so only learners with other changes can have new skills.
    _append_skill_changes(course_key, whole, of=learner_ids)


def _append_skill_changes(course_key: str, answering: AbstractSet[Any], *, of: Sequence[Any]) -> None:
    learner_ids = [each for each in of if each in answering]
    if not learner_ids:
        return
    change_queue.append_changes([PendingChange(stage=RollupStage.QUESTIONS, course_key=course_key)])
    change_queue.append_changes(
        [
            PendingChange(stage=RollupStage.SKILLS, course_key=course_key, learner_id=each)
            for each in learner_ids
        ]
    )


def _process_questions(changes: Sequence[PendingChange], now: datetime) -> None:
    for course_key in sorted({change.course_key for change in changes}):
        # Lock the outline row, so that one worker at a time sets the question rows of a course.
        list(CourseOutline.objects.select_for_update().filter(course_key=course_key))
        change_queue.append_changes(
            [
                PendingChange(stage=RollupStage.SKILLS, course_key=course_key, learner_id=learner_id)
                for learner_id in questions.set_question_stats(course_key, now=now)
            ]
        )


def _process_skills(changes: Sequence[PendingChange], now: datetime) -> None:
    by_course: dict[str, list[Any]] = defaultdict(list)
    for change in changes:
        by_course[change.course_key].append(change.learner_id)
    for course_key in sorted(by_course):
        learner_ids = _existing(by_course[course_key])
        _lock_existing(course_key, learner_ids)
        outline = CourseOutline.objects.filter(course_key=course_key).first()
        skills.set_skill_rows(
            course_key, learner_ids, zone=days.course_time_zone(outline.time_zone if outline else "")
        )
        change_queue.append_changes(
            [
                PendingChange(stage=RollupStage.FINDINGS, course_key=course_key, learner_id=each)
                for each in learner_ids
            ]
        )


def _process_classes(changes: Sequence[PendingChange], now: datetime) -> None:
    days_of: dict[str, set[date | None]] = defaultdict(set)
    for change in changes:
        days_of[change.course_key].add(change.day)
    for course_key in sorted(days_of):
        # Lock the outline row, so that one worker at a time sets the class rows of a course.
        list(CourseOutline.objects.select_for_update().filter(course_key=course_key))
        days_changed = {day for day in days_of[course_key] if day is not None}
        rollup.roll_up_course(course_key, only=None if None in days_of[course_key] else days_changed, now=now)
        change_queue.append_changes([PendingChange(stage=RollupStage.FINDINGS, course_key=course_key)])


def _existing(learner_ids: Iterable[Any]) -> list[Any]:
    """Return those of ``learner_ids`` whose user still exists: a change outlives a deleted user."""
    users = get_user_model()._default_manager.filter(pk__in=set(learner_ids))
    return list(users.order_by("pk").values_list("pk", flat=True))


def _lock_learners(course_key: str, learner_ids: Sequence[Any]) -> None:
    """Lock each learner's row in this course until the transaction ends.

    Without the lock, two workers with different changes of one learner could read at different times, and the older
    reading could be written last. Rows are created and locked in key order, so that workers queue up instead of
    deadlocking.
    """
    locked: set[Any] = set()
    # The worker that had the lock may have deleted the row, if the learner turned out to have none. Then there is
    # nothing to lock, so create it again.
    while missing := [learner_id for learner_id in learner_ids if learner_id not in locked]:
        LearnerCourse.objects.bulk_create(
            (LearnerCourse(course_key=course_key, learner_id=learner_id) for learner_id in missing),
            ignore_conflicts=True,
        )
        locked = _lock_existing(course_key, learner_ids)


def _lock_existing(course_key: str, learner_ids: Sequence[Any]) -> set[Any]:
    """Lock the rows that exist; return their learners."""
    rows = LearnerCourse.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    return set(rows.select_for_update().order_by("learner_id").values_list("learner_id", flat=True))

"""The job: claim marks, recompute what they touch, delete them, all in one transaction; until none are left."""

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
from tracking.rollups.engine import batches, change_queue, outline_refresh
from tracking.rollups.engine import stale_days as touched_days
from tracking.rollups.engine.change_queue import ClaimFilter
from tracking.rollups.learner import days, learner_days
from tracking.rollups.learner import rollup as learner_rollup
from tracking.rollups.mastery import questions, skills

PASSES = 3
"""How often marks are looked for: handling some leaves others, and under load there are always newer ones."""


def process_changes(*, now: datetime) -> int:
    """Handle every waiting mark of outlines, learners and classes; return how many there were.

    Safe to run twice, in parallel, and to be killed anywhere: a mark goes only together with the rows it asked for.
    """
    return sum(process_changes_stepwise(now=now))


def process_changes_stepwise(*, now: datetime) -> Iterator[int]:
    """Do what ``process_changes`` does; yield how many marks were handled after each transaction."""
    for _ in range(PASSES):
        counts = 0
        for count in _one_pass(now):
            counts += count
            yield count
        if not counts:
            return


def _one_pass(now: datetime) -> Iterator[int]:
    """Handle the marks that there are, and classes last.

    What a rebuild marked is worked off a batch at a time, and what live traffic has marked since goes before each.
    """
    yield from batches.drain_stage(RollupStage.OUTLINE, _outlines, now=now)
    rebuilding = batches.drain_stage(
        RollupStage.LEARNER, _learners, now=now, reach=ClaimFilter(is_many_days=True)
    )
    pause = _Pause()
    is_live = False
    while True:
        for count in batches.drain_stage(
            RollupStage.LEARNER, _learners, now=now, reach=ClaimFilter(until=change_queue.newest_change_id())
        ):
            is_live = True
            yield count
        if not (count := next(rebuilding, 0)):
            break
        yield count
        # Nobody waits for the class where only the rebuild is at work.
        if is_live and pause.is_over():
            yield from _class_turns(now)
            pause.begin()
            is_live = False
    yield from batches.drain_stage(RollupStage.QUESTIONS, _items, now=now)
    yield from batches.drain_stage(
        RollupStage.SKILLS, _skills, now=now, reach=ClaimFilter(until=change_queue.newest_change_id())
    )
    yield from _class_turns(now)


class _Pause:
    """Time between two roll-ups of a class while a rebuild goes on: four times as long as one takes."""

    def __init__(self) -> None:
        self._looked_at = self._until = time.monotonic()

    def is_over(self) -> bool:
        self._looked_at = time.monotonic()
        return self._looked_at >= self._until

    def begin(self) -> None:
        ended_at = time.monotonic()
        self._until = ended_at + 4 * (ended_at - self._looked_at)


def _class_turns(now: datetime) -> Iterator[int]:
    return batches.drain_stage(
        RollupStage.CLASS, _classes, now=now, reach=ClaimFilter(until=change_queue.newest_change_id())
    )


def _outlines(marks: Sequence[PendingChange], now: datetime) -> None:
    for course_key in sorted({mark.course_key for mark in marks}):
        outline_refresh.refresh_outline(course_key, now=now)


def _learners(marks: Sequence[PendingChange], now: datetime) -> None:
    by_course: dict[str, list[PendingChange]] = defaultdict(list)
    for mark in marks:
        by_course[mark.course_key].append(mark)
    for course_key in sorted(by_course):
        _fold_learners(course_key, by_course[course_key], now=now)


def _fold_learners(course_key: str, marks: Sequence[PendingChange], *, now: datetime) -> None:
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    if outline is None and outline_refresh.refresh_outline(course_key, now=now):
        outline = CourseOutline.objects.get(course_key=course_key)
    zone = days.course_time_zone(outline.time_zone if outline else "")
    learner_ids = _existing(mark.learner_id for mark in marks)
    _lock_learners(course_key, learner_ids)
    mine = [mark for mark in marks if mark.learner_id in set(learner_ids)]
    touched = replace(
        touched_days.stale_days_of_changes(mine, zone), final=learner_days.final_days(course_key, learner_ids)
    )
    changes = learner_days.set_learner_days(course_key, touched, zone=zone)
    whole = {mark.learner_id for mark in mine if mark.day is None or mark.last_day is not None}
    learner_rollup.roll_up_learners(course_key, learner_ids, changes=changes, whole=whole, now=now)
    change_queue.append_changes(
        [
            PendingChange(stage=RollupStage.FINDINGS, course_key=course_key, learner_id=each)
            for each in learner_ids
        ]
    )
    # Without a day the whole class is made again; a day that nothing changed on has to be named all the same, because
    # time alone may have changed where its learners stand.
    some_days = changes.days or {first for first, _ in touched.all_stretches()}
    class_days = [None] if whole or not some_days else sorted(some_days)
    change_queue.append_changes(
        [PendingChange(stage=RollupStage.CLASS, course_key=course_key, day=day) for day in class_days]
    )
    # Raw events alone say nothing of answers.
    _mark_skills(course_key, whole, of=learner_ids)


def _mark_skills(course_key: str, answering: AbstractSet[Any], *, of: Sequence[Any]) -> None:
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


def _items(marks: Sequence[PendingChange], now: datetime) -> None:
    for course_key in sorted({mark.course_key for mark in marks}):
        list(CourseOutline.objects.select_for_update().filter(course_key=course_key))
        change_queue.append_changes(
            [
                PendingChange(stage=RollupStage.SKILLS, course_key=course_key, learner_id=learner_id)
                for learner_id in questions.set_question_stats(course_key, now=now)
            ]
        )


def _skills(marks: Sequence[PendingChange], now: datetime) -> None:
    by_course: dict[str, list[Any]] = defaultdict(list)
    for mark in marks:
        by_course[mark.course_key].append(mark.learner_id)
    for course_key in sorted(by_course):
        learner_ids = _existing(by_course[course_key])
        _hold(course_key, learner_ids)
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


def _classes(marks: Sequence[PendingChange], now: datetime) -> None:
    days_of: dict[str, set[date | None]] = defaultdict(set)
    for mark in marks:
        days_of[mark.course_key].add(mark.day)
    for course_key in sorted(days_of):
        list(CourseOutline.objects.select_for_update().filter(course_key=course_key))
        days_changed = {day for day in days_of[course_key] if day is not None}
        rollup.roll_up_course(course_key, only=None if None in days_of[course_key] else days_changed, now=now)
        change_queue.append_changes([PendingChange(stage=RollupStage.FINDINGS, course_key=course_key)])


def _existing(learner_ids: Iterable[Any]) -> list[Any]:
    """Return those of ``learner_ids`` whose user is still there: a mark outlives a deleted user."""
    users = get_user_model()._default_manager.filter(pk__in=set(learner_ids))
    return list(users.order_by("pk").values_list("pk", flat=True))


def _lock_learners(course_key: str, learner_ids: Sequence[Any]) -> None:
    """Hold each learner's row in this course until the transaction ends.

    Without it two workers with different marks of one learner could read at different times and the older reading
    could be written last. Rows are made and locked in key order, so that workers queue up instead of deadlocking.
    """
    held: set[Any] = set()
    # Whoever held a row before may have deleted it, as of nobody: then there is nothing to hold, and it is made again.
    while missing := [learner_id for learner_id in learner_ids if learner_id not in held]:
        LearnerCourse.objects.bulk_create(
            (LearnerCourse(course_key=course_key, learner_id=learner_id) for learner_id in missing),
            ignore_conflicts=True,
        )
        held = _hold(course_key, learner_ids)


def _hold(course_key: str, learner_ids: Sequence[Any]) -> set[Any]:
    """Hold the rows that there are, and return whose they are."""
    rows = LearnerCourse.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    return set(rows.select_for_update().order_by("learner_id").values_list("learner_id", flat=True))

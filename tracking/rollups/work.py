"""The job: claim marks, recompute what they touch, delete them, all in one transaction; until none are left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from tracking.models import ChangeMark, CourseOutline, LearnerCourse, Subject
from tracking.rollups import (
    change_log,
    classes,
    days,
    items,
    learner_days,
    learners,
    outlines,
    skills,
    stages,
)


def roll_up(*, now: datetime) -> int:
    """Handle every waiting mark of outlines, learners and classes; return how many there were.

    Safe to run twice, in parallel, and to be killed anywhere: a mark goes only together with the rows it asked for.
    """
    return sum(turns(now=now))


def turns(*, now: datetime) -> Iterator[int]:
    """Do what ``roll_up`` does; yield how many marks were handled after each transaction."""
    yield from stages.drain(Subject.OUTLINE, _outlines, now=now)
    yield from stages.drain(Subject.LEARNER, _learners, now=now)
    yield from stages.drain(Subject.ITEMS, _items, now=now)
    yield from stages.drain(Subject.SKILLS, _skills, now=now)
    yield from stages.drain(Subject.CLASS, _classes, now=now)


def _outlines(marks: Sequence[ChangeMark], now: datetime) -> None:
    for course_key in sorted({mark.course_key for mark in marks}):
        outlines.refresh(course_key, now=now)


def _learners(marks: Sequence[ChangeMark], now: datetime) -> None:
    by_course: dict[str, list[ChangeMark]] = defaultdict(list)
    for mark in marks:
        by_course[mark.course_key].append(mark)
    for course_key in sorted(by_course):
        _fold_learners(course_key, by_course[course_key], now=now)


def _fold_learners(course_key: str, marks: Sequence[ChangeMark], *, now: datetime) -> None:
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    if outline is None and outlines.refresh(course_key, now=now):
        outline = CourseOutline.objects.get(course_key=course_key)
    zone = days.zone_of(outline.time_zone if outline else "")
    learner_ids = _existing(mark.learner_id for mark in marks)
    _lock_learners(course_key, learner_ids)
    touched = {
        (mark.learner_id, day)
        for mark in marks
        if mark.day is not None and mark.learner_id in learner_ids
        for day in days.overlapping(mark.day, zone)
    }
    learner_days.fold(course_key, sorted(touched, key=str), zone=zone)
    learners.fold(course_key, learner_ids, now=now)
    change_log.append(
        [ChangeMark(subject=Subject.FINDINGS, course_key=course_key, learner_id=each) for each in learner_ids]
    )
    change_log.append([ChangeMark(subject=Subject.CLASS, course_key=course_key)])
    # A day is named where raw events alone have changed; they say nothing of answers.
    _mark_skills(course_key, [mark.learner_id for mark in marks if mark.day is None], of=learner_ids)


def _mark_skills(course_key: str, answering: Sequence[Any], *, of: Sequence[Any]) -> None:
    learner_ids = [each for each in of if each in set(answering)]
    if not learner_ids:
        return
    change_log.append([ChangeMark(subject=Subject.ITEMS, course_key=course_key)])
    change_log.append(
        [ChangeMark(subject=Subject.SKILLS, course_key=course_key, learner_id=each) for each in learner_ids]
    )


def _items(marks: Sequence[ChangeMark], now: datetime) -> None:
    for course_key in sorted({mark.course_key for mark in marks}):
        list(CourseOutline.objects.select_for_update().filter(course_key=course_key))
        change_log.append(
            [
                ChangeMark(subject=Subject.SKILLS, course_key=course_key, learner_id=learner_id)
                for learner_id in items.fold(course_key, now=now)
            ]
        )


def _skills(marks: Sequence[ChangeMark], now: datetime) -> None:
    by_course: dict[str, list[Any]] = defaultdict(list)
    for mark in marks:
        by_course[mark.course_key].append(mark.learner_id)
    for course_key in sorted(by_course):
        learner_ids = _existing(by_course[course_key])
        _lock_learners(course_key, learner_ids)
        outline = CourseOutline.objects.filter(course_key=course_key).first()
        skills.fold(course_key, learner_ids, zone=days.zone_of(outline.time_zone if outline else ""))
        change_log.append(
            [
                ChangeMark(subject=Subject.FINDINGS, course_key=course_key, learner_id=each)
                for each in learner_ids
            ]
        )


def _classes(marks: Sequence[ChangeMark], now: datetime) -> None:
    for course_key in sorted({mark.course_key for mark in marks}):
        list(CourseOutline.objects.select_for_update().filter(course_key=course_key))
        classes.fold(course_key, now=now)
        change_log.append([ChangeMark(subject=Subject.FINDINGS, course_key=course_key)])


def _existing(learner_ids: Iterable[Any]) -> list[Any]:
    """Return those of ``learner_ids`` whose user is still there: a mark outlives a deleted user."""
    users = get_user_model()._default_manager.filter(pk__in=set(learner_ids))
    return list(users.order_by("pk").values_list("pk", flat=True))


def _lock_learners(course_key: str, learner_ids: Sequence[Any]) -> None:
    """Hold each learner's row in this course until the transaction ends.

    Without it two workers with different marks of one learner could read at different times and the older reading
    could be written last. Rows are made and locked in key order, so that workers queue up instead of deadlocking.
    """
    LearnerCourse.objects.bulk_create(
        (LearnerCourse(course_key=course_key, learner_id=learner_id) for learner_id in learner_ids),
        ignore_conflicts=True,
    )
    locked = LearnerCourse.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    list(locked.select_for_update().order_by("learner_id").values_list("pk"))

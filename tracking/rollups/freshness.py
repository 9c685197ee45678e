"""How far the figures on a page have come."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery

from tracking.events import EventSource, LearnerId
from tracking.models import Action, ActionKind, CourseOutline, Enrolment, Event, LearnerCourse, PendingChange

LATE_AFTER_SECONDS = 900
"""A roll-up takes seconds; after a quarter of an hour something is amiss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """``as_of``: all that was recorded before it is in the figures; ``None`` before the first roll-up."""

    as_of: datetime | None
    lag_seconds: int
    """Age of the oldest change that is not in the figures yet; 0 where there is none."""
    is_simulated: bool
    ended_at: datetime | None = None
    """When the course ended, once everything recorded until then is in the figures."""
    data_version: str = ""
    """What ``data_version`` returned when the figures were read; empty where nobody asked for it."""

    @property
    def is_stale(self) -> bool:
        """Whether figures lag behind for longer than a busy hour explains."""
        return self.lag_seconds > LATE_AFTER_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFreshness:
    """A course, and since when the oldest change waits that is not in its figures; ``None`` where none does."""

    outline: CourseOutline
    waiting_since: datetime | None
    data_version: str = ""


def read_course_freshness(course_key: str) -> CourseFreshness | None:
    """Return a course with what waits for its figures, or ``None`` where it is unknown. One query."""
    outlines = CourseOutline.objects.filter(course_key=course_key).annotate(**data_version_parts())
    return next(iter(read_courses_freshness(outlines)), None)


def read_courses_freshness(outlines: QuerySet[CourseOutline]) -> list[CourseFreshness]:
    """Return courses, each with what waits for its figures, in their order. One query.

    With ``data_version_parts`` among the annotations of ``outlines`` each has its mark, too.
    """
    in_line = PendingChange.objects.waiting().filter(course_key=OuterRef("course_key")).order_by("created_at")
    found = outlines.annotate(waiting_since=Subquery(in_line.values("created_at")[:1]))
    return [
        CourseFreshness(outline=outline, waiting_since=outline.waiting_since, data_version=_mark_of(outline))
        for outline in found
    ]


def find_freshness(course: CourseOutline, *, now: datetime, learner_id: LearnerId | None = None) -> Freshness:
    """Return how fresh the figures about ``course``, or about one learner in it, are at ``now``."""
    in_line = PendingChange.objects.waiting().filter(course_key=course.course_key)
    waiting = in_line.aggregate(oldest=Min("created_at"))["oldest"]
    return course_freshness(
        CourseFreshness(outline=course, waiting_since=waiting), now=now, learner_id=learner_id
    )


def course_freshness(
    read: CourseFreshness,
    *,
    now: datetime,
    learner_id: LearnerId | None = None,
    is_made_up: bool | None = None,
) -> Freshness:
    """Return how fresh the figures about a course are at ``now``, from what ``read_course_freshness`` returned.

    Whether those of ``learner_id`` hold made-up data is asked, unless ``is_made_up`` says it.
    """
    course, waiting = read.outline, read.waiting_since
    lag = max((now - waiting).total_seconds(), 0) if waiting else 0
    as_of = waiting or (now if course.rolled_up_at else None)
    is_final = course.ends_at is not None and course.ends_at <= now and waiting is None
    return Freshness(
        as_of=as_of,
        lag_seconds=round(lag),
        is_simulated=is_simulated(course, learner_id) if is_made_up is None else is_made_up,
        ended_at=course.ends_at if is_final else None,
        data_version=read.data_version,
    )


def time_freshness(
    learner_id: LearnerId, *, now: datetime, course_keys: Collection[str] | None = None
) -> Freshness:
    """Return how fresh a learner's time is over all courses, or over ``course_keys``: as far as the last of them.

    One query. It is never complete by the end of a course, since a statement is about a period of its own.
    """
    enrolled = Enrolment.objects.filter(learner_id=learner_id).values("course_key")
    keys = enrolled if course_keys is None else course_keys
    found = [
        course_freshness(each, now=now, learner_id=None)
        for each in read_courses_freshness(CourseOutline.objects.filter(course_key__in=keys))
    ]
    moments = [each.as_of for each in found if each.as_of is not None]
    return Freshness(
        as_of=min(moments, default=None),
        lag_seconds=max((each.lag_seconds for each in found), default=0),
        is_simulated=any(each.is_simulated for each in found),
    )


def data_version(course_key: str, *, learner_id: LearnerId | None = None) -> str:
    """Return a few letters that change when the figures about a class, or about a learner in it, may have. One query.

    They change as well with what people do about findings, which no roll-up counts; but not with their being seen, or
    each look at a page would make it look old. Empty where the course is unknown.
    """
    outlines = CourseOutline.objects.filter(course_key=course_key)
    found = outlines.annotate(**data_version_parts(learner_id=learner_id)).first()
    return _mark_of(found) if found is not None else ""


def data_version_parts(*, learner_id: LearnerId | None = None) -> dict[str, Subquery]:
    """Return what a mark is made of, to annotate a course with: a page has its mark before it reads its figures."""
    about: dict[str, Any] = {"course_key": OuterRef("course_key")}
    if learner_id is not None:
        about["learner_id"] = learner_id
    counted = LearnerCourse.objects.filter(**about).order_by().values("course_key")
    acted = Action.objects.filter(**about).exclude(kind=ActionKind.SEEN).order_by().values("course_key")
    return {
        "mark_counted_at": Subquery(counted.annotate(last=Max("rolled_up_at")).values("last")),
        "mark_count": Subquery(counted.annotate(count=Count("pk")).values("count")),
        "mark_acted": Subquery(acted.annotate(last=Max("pk")).values("last")),
    }


def _mark_of(outline: Any) -> str:
    if not hasattr(outline, "mark_counted_at"):
        return ""
    whole = f"{outline.mark_counted_at} {outline.mark_count} {outline.mark_acted}"
    return hashlib.blake2b(whole.encode(), digest_size=9).hexdigest()


def is_simulated(course: CourseOutline, learner_id: LearnerId | None) -> bool:
    """Return whether figures about a learner, or with ``None`` about the class, hold made-up data.

    People may learn for real in a course whose class is simulated: then what was recorded tells.
    """
    if not course.is_simulated or learner_id is None:
        return course.is_simulated
    recorded = Event.objects.filter(learner_id=learner_id, course_key=course.course_key)
    return not recorded.exists() or recorded.filter(source=EventSource.SIMULATED).exists()

"""How current the figures on a page are."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from tracking.events import EventSource, LearnerId
from tracking.models import Action, ActionKind, CourseOutline, Enrolment, Event, LearnerCourse, PendingChange

LATE_AFTER_SECONDS = 900
"""A rollup takes seconds; after a quarter of an hour something is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """``as_of``: everything recorded before it is in the figures; ``None`` before the first rollup."""

    as_of: datetime | None
    lag_seconds: int
    """Age of the oldest change that is not in the figures yet; 0 if there is none."""
    is_simulated: bool
    ended_at: datetime | None = None
    """When the course ended, once everything recorded until then is in the figures."""
    data_version: str = ""
    """What ``data_version`` returned when the figures were read; empty if it was not requested."""
    missing_since: datetime | None = None
    """When the oldest change was recorded that failed too often and is set aside. The figures lack it for good."""

    @property
    def is_stale(self) -> bool:
        """Whether the figures lag behind by more than a busy hour explains."""
        return self.lag_seconds > LATE_AFTER_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFreshness:
    """A course, and when the oldest change that is not in its figures was recorded; ``None`` if there is none."""

    outline: CourseOutline
    waiting_since: datetime | None
    data_version: str = ""
    missing_since: datetime | None = None


def read_course_freshness(course_key: str) -> CourseFreshness | None:
    """Return a course with its oldest waiting change, or ``None`` if the course is unknown. One query."""
    outlines = CourseOutline.objects.filter(course_key=course_key).annotate(**data_version_parts())
    return next(iter(read_courses_freshness(outlines)), None)


def read_courses_freshness(
    outlines: QuerySet[CourseOutline], *, learner_id: LearnerId | None = None
) -> list[CourseFreshness]:
    """Return courses in their order, each with its oldest waiting change, and its oldest one set aside. One query.

    With ``learner_id``, changes about other learners that were set aside do not matter. If ``outlines`` is annotated
    with ``data_version_parts``, each has its data version, too.
    """
    in_course = PendingChange.objects.filter(course_key=OuterRef("course_key")).order_by("created_at")
    missing = in_course.dead().filter(_matters_to(learner_id))
    found = outlines.annotate(
        waiting_since=Subquery(in_course.waiting().values("created_at")[:1]),
        missing_since=Subquery(missing.values("created_at")[:1]),
    )
    return [
        CourseFreshness(
            outline=outline,
            waiting_since=outline.waiting_since,
            missing_since=outline.missing_since,
            data_version=_version_of(outline),
        )
        for outline in found
    ]


def find_freshness(course: CourseOutline, *, now: datetime, learner_id: LearnerId | None = None) -> Freshness:
    """Return how fresh the figures about ``course``, or about one learner in it, are at ``now``."""
    outlines = CourseOutline.objects.filter(pk=course.pk)
    found = read_courses_freshness(outlines, learner_id=learner_id)
    read = found[0] if found else CourseFreshness(outline=course, waiting_since=None)
    return course_freshness(read, now=now, learner_id=learner_id)


def _matters_to(learner_id: LearnerId | None) -> Q:
    """Return which changes matter to the figures about a learner, with ``None`` about the class."""
    return Q() if learner_id is None else Q(learner_id=learner_id) | Q(learner_id__isnull=True)


def course_freshness(
    read: CourseFreshness,
    *,
    now: datetime,
    learner_id: LearnerId | None = None,
    is_made_up: bool | None = None,
) -> Freshness:
    """Return how fresh the figures about a course are at ``now``, from the result of ``read_course_freshness``.

    Whether those of ``learner_id`` contain simulated data is queried, unless ``is_made_up`` says it.
    """
    course, waiting = read.outline, read.waiting_since
    lag = max((now - waiting).total_seconds(), 0) if waiting else 0
    incomplete_since = min((at for at in (waiting, read.missing_since) if at), default=None)
    as_of = incomplete_since or (now if course.rolled_up_at else None)
    is_final = course.ends_at is not None and course.ends_at <= now and incomplete_since is None
    return Freshness(
        as_of=as_of,
        lag_seconds=round(lag),
        is_simulated=is_simulated(course, learner_id) if is_made_up is None else is_made_up,
        ended_at=course.ends_at if is_final else None,
        data_version=read.data_version,
        missing_since=read.missing_since,
    )


def time_freshness(
    learner_id: LearnerId, *, now: datetime, course_keys: Collection[str] | None = None
) -> Freshness:
    """Return how fresh a learner's time is over all courses, or over ``course_keys``: as old as the stalest of them.

    One query. It is never final when a course ends, since a time statement has a period of its own.
    """
    enrolled = Enrolment.objects.filter(learner_id=learner_id).values("course_key")
    keys = enrolled if course_keys is None else course_keys
    found = [
        course_freshness(each, now=now, learner_id=None)
        for each in read_courses_freshness(
            CourseOutline.objects.filter(course_key__in=keys), learner_id=learner_id
        )
    ]
    moments = [each.as_of for each in found if each.as_of is not None]
    return Freshness(
        as_of=min(moments, default=None),
        lag_seconds=max((each.lag_seconds for each in found), default=0),
        is_simulated=any(each.is_simulated for each in found),
        missing_since=min((each.missing_since for each in found if each.missing_since), default=None),
    )


def data_version(course_key: str, *, learner_id: LearnerId | None = None) -> str:
    """Return a short string that changes when the figures about a class, or about a learner in it, may have. One query.

    It also changes with actions on findings, which no rollup counts. It does not change if a finding is seen, or each
    visit to a page would make the page look old. Empty if the course is unknown.
    """
    outlines = CourseOutline.objects.filter(course_key=course_key)
    found = outlines.annotate(**data_version_parts(learner_id=learner_id)).first()
    return _version_of(found) if found is not None else ""


def data_version_parts(*, learner_id: LearnerId | None = None) -> dict[str, Subquery]:
    """Return the parts of a data version, to annotate a course with: a page reads its version before its figures."""
    about: dict[str, Any] = {"course_key": OuterRef("course_key")}
    if learner_id is not None:
        about["learner_id"] = learner_id
    counted = LearnerCourse.objects.filter(**about).order_by().values("course_key")
    acted = Action.objects.filter(**about).exclude(kind=ActionKind.SEEN).order_by().values("course_key")
    return {
        "version_rolled_up_at": Subquery(counted.annotate(last=Max("rolled_up_at")).values("last")),
        "version_row_count": Subquery(counted.annotate(count=Count("pk")).values("count")),
        "version_last_action": Subquery(acted.annotate(last=Max("pk")).values("last")),
    }


def _version_of(outline: Any) -> str:
    # The course was read without data_version_parts().
    if not hasattr(outline, "version_rolled_up_at"):
        return ""
    whole = f"{outline.version_rolled_up_at} {outline.version_row_count} {outline.version_last_action}"
    return hashlib.blake2b(whole.encode(), digest_size=9).hexdigest()


def is_simulated(course: CourseOutline, learner_id: LearnerId | None) -> bool:
    """Return whether figures about a learner, or with ``None`` about the class, contain simulated data.

    Real people may learn in a course whose class is simulated: then the sources of their events decide.
    """
    if not course.is_simulated or learner_id is None:
        return course.is_simulated
    recorded = Event.objects.filter(learner_id=learner_id, course_key=course.course_key)
    return not recorded.exists() or recorded.filter(source=EventSource.SIMULATED).exists()

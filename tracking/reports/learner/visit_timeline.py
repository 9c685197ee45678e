"""What a learner did, visit by visit, in the order in which it happened.

A visit is a run of page views and attempts with no gap over 30 minutes, and lasts at most 24 hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from tracking.definitions import times
from tracking.events import LearnerId, Purpose, UnitKind
from tracking.models import Attempt, CourseOutline, OutlineUnit, PageView
from tracking.privacy import consent
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness

GAP = timedelta(minutes=30)
MAX_VISIT = timedelta(hours=24)
MAX_PAGE_VIEWS = 5000
"""The maximum number of page views, newest first, that are shown."""


class StepKind(Enum):
    """The kind of a step."""

    OPENED = "opened"
    TRIED = "tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """One step: a page view or an attempt."""

    kind: StepKind
    at: datetime
    ended_at: datetime
    unit_key: str
    unit_title: str
    unit_kind: str
    active_seconds: int = 0
    estimated_seconds: int = 0
    is_return: bool = False
    """Whether it was already open in this visit."""
    jumped_over: tuple[str, ...] = ()
    """Titles of required lessons between the step before and this one, if it skipped some that were never opened."""
    attempt_id: int = 0
    attempt_number: int = 0
    """The number of the attempt at the quiz."""
    share: float | None = None
    is_passed: bool | None = None
    change: float | None = None
    """The difference from the attempt before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineVisit:
    """A run of steps without a long gap."""

    started_at: datetime
    ended_at: datetime
    active_seconds: int
    """The sum over its page views: two at once count twice here, but once in the time statement."""
    steps: tuple[TimelineStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTimeline:
    """A learner's visits to one course, latest first."""

    course_key: str
    course_title: str
    learner_id: Any
    freshness: Freshness
    shares_engagement: bool
    since: datetime | None
    is_partial: bool
    """Whether older page views within the period are left out."""
    visits: tuple[TimelineVisit, ...]


def find_visit_timeline(
    learner_id: LearnerId, course_key: str, *, now: datetime, since: datetime | None = None
) -> VisitTimeline | None:
    """Return what a learner did in a course from ``since`` on, or ``None`` if the course is unknown. Seven queries.

    Page views are kept for ``RAW_EVENT_DAYS``, attempts as long as the course record. After a withdrawal only attempts
    are shown, to the learner as well: the page is the same for both sides.
    """
    course = CourseOutline.objects.filter(course_key=course_key).first()
    if course is None:
        return None
    units = {
        unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key).order_by("position")
    }
    head = {"learner_id": learner_id, "course_key": course_key}
    shares = consent.covers(learner_id, Purpose.ENGAGEMENT, course_key=course_key)
    views = PageView.objects.filter(**head) if shares else PageView.objects.none()
    shown = list(
        (views.filter(opened_at__gte=since) if since else views).order_by("-opened_at")[:MAX_PAGE_VIEWS]
    )
    earliest = shown[-1].opened_at if shown else since
    known = (
        set(views.filter(opened_at__lt=earliest).values_list("unit_key", flat=True)) if earliest else set()
    )
    tried = _tried(Attempt.objects.submitted().filter(**head).order_by("submitted_at", "source_key"), units)
    opened = [_opened(view, units) for view in shown]
    steps = sorted(
        [*opened, *(step for step in tried if since is None or step.ended_at >= since)],
        key=lambda step: (step.at, step.kind is StepKind.TRIED),
    )
    return VisitTimeline(
        course_key=course_key,
        course_title=course.title,
        learner_id=learner_id,
        freshness=freshness.find_freshness(course, now=now, learner_id=learner_id),
        shares_engagement=shares,
        since=since,
        is_partial=len(shown) == MAX_PAGE_VIEWS,
        visits=tuple(reversed(split_into_visits(steps, units, known=known))),
    )


def split_into_visits(
    steps: Iterable[TimelineStep], units: Mapping[str, OutlineUnit], *, known: Iterable[str] = ()
) -> list[TimelineVisit]:
    """Return ``steps``, oldest first, as visits. ``known`` are the units opened before the first step."""
    visits: list[list[TimelineStep]] = []
    for step in steps:
        if not visits or _begins_new_visit(visits[-1], step):
            visits.append([])
        visits[-1].append(step)
    seen = set(known)
    return [_visit(found, units, seen) for found in visits]


def _begins_new_visit(visit: Sequence[TimelineStep], step: TimelineStep) -> bool:
    last = max(each.ended_at for each in visit)
    return step.at - last > GAP or step.at - visit[0].at > MAX_VISIT


def _visit(steps: Sequence[TimelineStep], units: Mapping[str, OutlineUnit], seen: set[str]) -> TimelineVisit:
    """Return one visit, and add the units it opened to ``seen``."""
    shown: list[TimelineStep] = []
    here: set[str] = set()
    before: OutlineUnit | None = None
    for step in steps:
        unit = units.get(step.unit_key)
        shown.append(_with_way(step, units, before=before, here=here, seen=seen))
        here.add(step.unit_key)
        seen.add(step.unit_key)
        before = unit or before
    return TimelineVisit(
        started_at=steps[0].at,
        ended_at=max(step.ended_at for step in steps),
        active_seconds=sum(step.active_seconds for step in steps),
        steps=tuple(shown),
    )


def _with_way(
    step: TimelineStep,
    units: Mapping[str, OutlineUnit],
    *,
    before: OutlineUnit | None,
    here: set[str],
    seen: set[str],
) -> TimelineStep:
    if step.kind is StepKind.TRIED:
        return step
    unit = units.get(step.unit_key)
    leapt: tuple[str, ...] = ()
    if before is not None and unit is not None and step.unit_key not in seen:
        leapt = tuple(
            each.title
            for each in units.values()
            if before.position < each.position < unit.position
            and each.kind != UnitKind.MODULE
            and each.is_required
            and each.is_available
            and each.unit_key not in seen
        )
    return TimelineStep(
        kind=step.kind,
        at=step.at,
        ended_at=step.ended_at,
        unit_key=step.unit_key,
        unit_title=step.unit_title,
        unit_kind=step.unit_kind,
        active_seconds=step.active_seconds,
        estimated_seconds=step.estimated_seconds,
        is_return=step.unit_key in here,
        jumped_over=leapt,
    )


def _opened(view: PageView, units: Mapping[str, OutlineUnit]) -> TimelineStep:
    unit = units.get(view.unit_key)
    return TimelineStep(
        kind=StepKind.OPENED,
        at=view.opened_at,
        ended_at=view.last_at,
        unit_key=view.unit_key,
        unit_title=unit.title if unit else view.unit_key,
        unit_kind=unit.kind if unit else UnitKind.OTHER,
        active_seconds=times.whole_seconds(view.active_ms),
        estimated_seconds=times.whole_seconds(view.estimated_ms),
    )


def _tried(attempts: Iterable[Attempt], units: Mapping[str, OutlineUnit]) -> list[TimelineStep]:
    numbers: Counter[str] = Counter()
    last: dict[str, float | None] = {}
    steps = []
    for attempt in attempts:
        numbers[attempt.unit_key] += 1
        share, before = attempt.share, last.get(attempt.unit_key)
        unit = units.get(attempt.unit_key)
        submitted_at = attempt.submitted_at or attempt.started_at
        steps.append(
            TimelineStep(
                kind=StepKind.TRIED,
                at=submitted_at,
                ended_at=submitted_at,
                unit_key=attempt.unit_key,
                unit_title=unit.title if unit else attempt.unit_key,
                unit_kind=UnitKind.QUIZ,
                attempt_id=attempt.pk,
                attempt_number=numbers[attempt.unit_key],
                share=share,
                is_passed=attempt.is_passed,
                change=share - before if share is not None and before is not None else None,
            )
        )
        last[attempt.unit_key] = share
    return steps

"""One learner in one course: what the learner's own page, the instructor's page about them, and the API all show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from tracking.events import LearnerId, Purpose, UnitKind
from tracking.insights import advice, freshness, unit_measures
from tracking.insights.advice import Advice
from tracking.insights.freshness import Freshness
from tracking.models import (
    Attempt,
    Audience,
    Finding,
    LearnerCourse,
    LearnerCourseDay,
    LearnerPattern,
    LearnerUnit,
    OutlineUnit,
    State,
)
from tracking.privacy import consent

PRACTISE_COUNT = 3
"""Areas shown at a time: more than three is a list, not advice."""

TREND_DAYS = 28

DONE = (State.COMPLETED, State.SUBMITTED)

LEFT_BEHIND = (State.SKIPPED, State.SKIMMED, State.BOUNCED)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProgress:
    """One lesson or quiz as the learner has it. Times are in seconds, shares from 0 to 1."""

    key: str
    title: str
    kind: str
    url: str
    state: State
    is_required: bool
    active_seconds: int
    estimated_seconds: int
    """Time without a browser's measurement behind it; never part of ``active_seconds``."""
    expected_seconds: int | None
    view_count: int
    attempt_count: int
    first_share: float | None
    best_share: float | None
    last_share: float | None
    due_at: datetime | None
    is_overdue: bool
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleProgress:
    """One module with its units. Where a course has no modules, all units stand in one without a title."""

    key: str
    title: str
    state: State | None
    """``None`` where the module holds nothing required: then it is neither complete nor not."""
    completed_count: int
    required_count: int
    active_seconds: int
    units: tuple[UnitProgress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedOnce:
    """One submitted attempt; ``change`` is the difference to the attempt before at the same quiz."""

    attempt_id: int
    unit_key: str
    unit_title: str
    number: int
    submitted_at: datetime
    share: float | None
    is_passed: bool | None
    change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfLearning:
    """Active time on one day of the course's time zone, in seconds."""

    day: date
    active_seconds: int
    estimated_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerProgress:
    """Everything one page says about one learner in one course."""

    learner_id: Any
    course_key: str
    course_title: str
    freshness: Freshness
    shares_engagement: bool
    required_count: int
    completed_count: int
    skipped_count: int
    active_seconds: int
    estimated_seconds: int
    first_at: datetime | None
    last_at: datetime | None
    continue_with: UnitProgress | None
    practise: tuple[Advice, ...]
    """At most three, in words to the learner."""
    concerns: tuple[Advice, ...]
    """All open findings that instructors have not set aside, in words to them."""
    left_behind: tuple[UnitProgress, ...]
    due: tuple[UnitProgress, ...]
    """What has a due date and is not done, the earliest first."""
    modules: tuple[ModuleProgress, ...]
    attempts: tuple[TriedOnce, ...]
    """Newest first."""
    days: tuple[DayOfLearning, ...]
    """The last 28 days, oldest first, quiet days included."""
    hours: tuple[int, ...]
    """Active seconds at each hour of the day over all days, on the course's clock, from midnight on."""

    @property
    def this_week_seconds(self) -> int:
        """Active time of the last seven days."""
        return sum(day.active_seconds for day in self.days[-7:])

    @property
    def last_week_seconds(self) -> int:
        """Active time of the seven days before."""
        return sum(day.active_seconds for day in self.days[-14:-7])


def find(learner_id: LearnerId, course_key: str, *, now: datetime) -> LearnerProgress | None:
    """Return the progress of a learner in a course, or ``None`` where the course is unknown. Eight queries."""
    course_now = freshness.read(course_key)
    if course_now is None:
        return None
    head: dict[str, Any] = {"course_key": course_key, "learner_id": learner_id}
    units = {
        unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key).order_by("position")
    }
    rows = {row.unit_key: row for row in LearnerUnit.objects.filter(**head)}
    hours = Subquery(LearnerPattern.objects.filter(**head).values("hours")[:1])
    course = LearnerCourse.objects.filter(**head).annotate(hours=hours).first() or LearnerCourse(**head)
    progress = {
        key: _unit(unit, rows.get(key), now=now)
        for key, unit in units.items()
        if unit.kind != UnitKind.MODULE
    }
    shown = _findings(head, now=now)
    return LearnerProgress(
        learner_id=learner_id,
        course_key=course_key,
        course_title=course_now.outline.title,
        freshness=freshness.of(course_now, now=now, learner_id=learner_id),
        shares_engagement=consent.covers(learner_id, Purpose.ENGAGEMENT, course_key=course_key),
        required_count=course.required_count or sum(_is_counted(each) for each in progress.values()),
        completed_count=course.completed_count,
        skipped_count=course.skipped_count,
        active_seconds=_seconds(course.active_ms),
        estimated_seconds=_seconds(course.estimated_ms),
        first_at=course.first_at,
        last_at=course.last_at,
        continue_with=_continue_with(list(progress.values()), course.last_unit_key),
        practise=tuple(advice.for_learner(shown[Audience.LEARNER], units)[:PRACTISE_COUNT]),
        concerns=tuple(advice.for_instructor(shown[Audience.INSTRUCTOR], units)),
        left_behind=tuple(
            each for each in progress.values() if each.state in LEFT_BEHIND and each.is_required
        ),
        due=_due(progress.values()),
        modules=_modules(list(units.values()), progress),
        attempts=_attempts(head, units),
        days=_days(head, until=now.date()),
        hours=_hours(getattr(course, "hours", None) or {}),
    )


def module_state(states: Collection[State]) -> State | None:
    """Return where a learner stands with a module, from the states of its units that count; ``None`` without any."""
    if not states:
        return None
    different = set(states)
    if different == {State.COMPLETED}:
        return State.COMPLETED
    if different <= {State.SKIPPED, State.NOT_REACHED}:
        return State.SKIPPED if State.SKIPPED in different else State.NOT_REACHED
    return State.IN_PROGRESS


def _unit(unit: OutlineUnit, row: LearnerUnit | None, *, now: datetime) -> UnitProgress:
    row = row or LearnerUnit(state=State.NOT_REACHED)
    return UnitProgress(
        key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        url=unit.url,
        state=State(row.state) if unit.is_available else State.LOCKED,
        is_required=unit.is_required,
        active_seconds=_seconds(row.active_ms),
        estimated_seconds=_seconds(row.estimated_ms),
        expected_seconds=unit.expected_seconds,
        view_count=row.view_count + row.access_count,
        attempt_count=row.attempt_count,
        first_share=row.first_share,
        best_share=row.best_share,
        last_share=row.last_share,
        due_at=unit.due_at,
        is_overdue=unit.due_at is not None and unit.due_at < now,
        last_at=row.last_at,
    )


def _due(units: Iterable[UnitProgress]) -> tuple[UnitProgress, ...]:
    waiting = [
        each for each in units if each.due_at is not None and _is_counted(each) and each.state not in DONE
    ]
    return tuple(sorted(waiting, key=lambda each: (each.is_overdue, each.due_at)))


def _modules(
    units: Sequence[OutlineUnit], progress: Mapping[str, UnitProgress]
) -> tuple[ModuleProgress, ...]:
    """Return the modules in order, each with the units below it at any depth that are nearest to it."""
    parents = {unit.unit_key: unit for unit in units}
    of_module: dict[str, list[UnitProgress]] = {}
    for unit in units:
        if unit.kind == UnitKind.MODULE:
            of_module.setdefault(unit.unit_key, [])
        else:
            of_module.setdefault(unit_measures.module_key(unit, parents), []).append(progress[unit.unit_key])
    return tuple(
        _module(key, parents[key].title if key in parents else "", found)
        for key, found in of_module.items()
        if found
    )


def _module(key: str, title: str, units: Sequence[UnitProgress]) -> ModuleProgress:
    counted = [each for each in units if _is_counted(each)]
    completed = sum(each.state is State.COMPLETED for each in counted)
    return ModuleProgress(
        key=key,
        title=title,
        state=module_state([each.state for each in counted]),
        completed_count=completed,
        required_count=len(counted),
        active_seconds=sum(each.active_seconds for each in units),
        units=tuple(units),
    )


def _is_counted(unit: UnitProgress) -> bool:
    return unit.is_required and unit.state not in (State.LOCKED, State.EXEMPT)


def _continue_with(units: Sequence[UnitProgress], last_unit_key: str) -> UnitProgress | None:
    """Return where to go on: the last unit if it is not done, else the next open one, then the first."""
    keys = [unit.key for unit in units]
    start = keys.index(last_unit_key) if last_unit_key in keys else 0
    in_order = [*units[start:], *units[:start]]
    return next((each for each in in_order if _is_counted(each) and each.state is not State.COMPLETED), None)


def _attempts(head: Mapping[str, Any], units: Mapping[str, OutlineUnit]) -> tuple[TriedOnce, ...]:
    tried: list[TriedOnce] = []
    before: dict[str, TriedOnce] = {}
    for attempt in Attempt.objects.submitted().filter(**head).order_by("submitted_at", "source_key"):
        last = before.get(attempt.unit_key)
        share = attempt.share
        unit = units.get(attempt.unit_key)
        before[attempt.unit_key] = TriedOnce(
            attempt_id=attempt.pk,
            unit_key=attempt.unit_key,
            unit_title=unit.title if unit else attempt.unit_key,
            number=last.number + 1 if last else 1,
            submitted_at=attempt.submitted_at or attempt.started_at,
            share=share,
            is_passed=attempt.is_passed,
            change=share - last.share if last and share is not None and last.share is not None else None,
        )
        tried.append(before[attempt.unit_key])
    return tuple(reversed(tried))


def _days(head: Mapping[str, Any], *, until: date) -> tuple[DayOfLearning, ...]:
    first = until - timedelta(days=TREND_DAYS - 1)
    rows = {row.day: row for row in LearnerCourseDay.objects.filter(**head, day__gte=first, day__lte=until)}
    days = [first + timedelta(days=offset) for offset in range(TREND_DAYS)]
    return tuple(
        DayOfLearning(
            day=day,
            active_seconds=_seconds(rows[day].active_ms) if day in rows else 0,
            estimated_seconds=_seconds(rows[day].estimated_ms) if day in rows else 0,
        )
        for day in days
    )


def _findings(head: Mapping[str, Any], *, now: datetime) -> dict[Audience, list[Finding]]:
    """Return the open findings about a learner that each side has not set aside, in one query."""
    audiences = (Audience.LEARNER, Audience.INSTRUCTOR)
    shown = {
        f"shown_to_{audience}": Exists(Finding.objects.shown_to(audience, now=now).filter(pk=OuterRef("pk")))
        for audience in audiences
    }
    found = list(Finding.objects.open().filter(**head).annotate(**shown))
    return {
        audience: [each for each in found if getattr(each, f"shown_to_{audience}")] for audience in audiences
    }


def _hours(pattern: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
    hours = Counter[int]()
    for place, (active_ms, _) in pattern.items():
        hours[int(place) % 24] += active_ms
    return tuple(_seconds(hours[hour]) for hour in range(24))


def _seconds(milliseconds: int) -> int:
    return round(milliseconds / 1000)

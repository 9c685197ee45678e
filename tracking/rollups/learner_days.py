"""Setting the view and day rows of learners from their raw events."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta, tzinfo
from operator import attrgetter
from typing import Any

from tracking import events
from tracking.events import LearnerId
from tracking.models import Event, LearnerCourseDay, LearnerUnitDay, View
from tracking.rollups import days, patterns, spans, views
from tracking.rollups.days import LONGEST_VIEW, DayFacts
from tracking.rollups.row_sets import set_rows
from tracking.rollups.spans import Span
from tracking.rollups.views import RawEvent, ViewFacts

UNIT_DAY_FIELDS = tuple(each.name for each in fields(DayFacts))
COURSE_DAY_FIELDS = ("active_ms", "estimated_ms", "view_count", "access_count", "last_at")

_happened_at = attrgetter("happened_at")


@dataclass(slots=True)
class _Rows:
    views: list[View] = field(default_factory=list)
    units: list[LearnerUnitDay] = field(default_factory=list)
    courses: list[LearnerCourseDay] = field(default_factory=list)


def fold(course_key: str, learner_days: Iterable[tuple[LearnerId, date]], *, zone: tzinfo) -> None:
    """Set the rows of each learner's day in one course from the raw events behind it.

    A day is one of ``zone``; one whose raw events have been purged stays as it is. The caller holds the lock on these
    learners in this course.
    """
    wanted = set(learner_days)
    learners_of_day: dict[date, set[Any]] = defaultdict(set)
    for learner_id, day in wanted - _final(course_key, {learner_id for learner_id, _ in wanted}):
        learners_of_day[day].add(learner_id)
    for run in _runs(sorted(learners_of_day)):
        _fold_run(course_key, {day: learners_of_day[day] for day in run}, zone=zone)


def active_spans(learner_id: LearnerId, course_key: str, day: date, *, zone: tzinfo) -> list[Span]:
    """Return when the learner was active in the course on ``day`` of ``zone``, in spans that may overlap.

    Read from the raw events: empty where those have been purged.
    """
    start, end = _window(day, zone)
    raw = _read(course_key, {learner_id}, start=start, end=end).get(learner_id, [])
    folded = views.fold([event for event in raw if event.kind in events.VIEW_KINDS])
    window = days.window_of(day, zone)
    return [span for view in folded for span in spans.clip(view.spans, window)]


def _final(course_key: str, learner_ids: set[Any]) -> set[tuple[LearnerId, date]]:
    final = LearnerCourseDay.objects.filter(course_key=course_key, learner_id__in=learner_ids, is_final=True)
    return set(final.values_list("learner_id", "day"))


def _fold_run(course_key: str, learners_of_day: dict[date, set[Any]], *, zone: tzinfo) -> None:
    learner_ids = set().union(*learners_of_day.values())
    raw = _read(
        course_key,
        learner_ids,
        start=_window(min(learners_of_day), zone)[0],
        end=_window(max(learners_of_day), zone)[1],
    )
    rows = _Rows()
    for day, of_day in learners_of_day.items():
        for learner_id in of_day:
            _add_day(
                rows, {"learner_id": learner_id, "course_key": course_key}, day, zone, raw.get(learner_id, [])
            )
    _set(course_key, learners_of_day, zone, rows)


def _add_day(rows: _Rows, head: dict[str, Any], day: date, zone: tzinfo, raw: Sequence[RawEvent]) -> None:
    # Each day is folded from its own window, so that a day's rows do not depend on which days were claimed with it.
    start, end = _window(day, zone)
    # ``raw`` is a learner's whole run of days: looking through all of it for each day would grow with its square.
    near = raw[bisect_left(raw, start, key=_happened_at) : bisect_left(raw, end, key=_happened_at)]
    folded = views.fold([event for event in near if event.kind in events.VIEW_KINDS])
    others = [event for event in near if event.kind not in events.VIEW_KINDS]
    rows.views += _view_rows(head, day, zone, folded)
    units = days.fold_units(day, zone, folded, others)
    rows.units += [
        LearnerUnitDay(
            **head, day=day, unit_key=key, **{name: getattr(facts, name) for name in UNIT_DAY_FIELDS}
        )
        for key, facts in units.items()
    ]
    course = days.fold_course(day, zone, folded, others)
    if course is not None:
        figures = {name: getattr(course, name) for name in COURSE_DAY_FIELDS}
        rows.courses.append(LearnerCourseDay(**head, day=day, **figures, **_ways(day, zone, folded)))


def _ways(day: date, zone: tzinfo, folded: Sequence[ViewFacts]) -> dict[str, Any]:
    window = days.window_of(day, zone)
    start, end = days.bounds(day, zone)
    opened = [view for view in folded if start <= view.opened_at < end]
    active = spans.union(span for view in folded for span in spans.clip(view.spans, window))
    return {
        "hours": patterns.hours_of_day(active, (view.opened_at for view in opened), zone),
        "steps": patterns.steps_of_day(opened),
    }


def _view_rows(head: dict[str, Any], day: date, zone: tzinfo, folded: Iterable[ViewFacts]) -> Iterator[View]:
    start, end = days.bounds(day, zone)
    for view in folded:
        if start <= view.opened_at < end:
            yield View(
                **head,
                view_id=view.id,
                unit_key=view.unit_key,
                visit_id=view.visit_id,
                opened_at=view.opened_at,
                last_at=view.last_at,
                active_ms=view.active_ms,
                visible_ms=view.visible_ms,
                media_ms=view.media_ms,
                estimated_ms=view.estimated_ms,
                scroll_percent=view.scroll_percent,
                is_measured=view.is_measured,
            )


def _set(course_key: str, learners_of_day: dict[date, set[Any]], zone: tzinfo, rows: _Rows) -> None:
    learner_ids = set().union(*learners_of_day.values())
    head = {"course_key": course_key, "learner_id__in": learner_ids}
    start, end = days.bounds(min(learners_of_day), zone)[0], days.bounds(max(learners_of_day), zone)[1]
    opened = View.objects.filter(**head, opened_at__gte=start, opened_at__lt=end)
    set_rows(
        View,
        stored=[
            row for row in opened if row.learner_id in learners_of_day[row.opened_at.astimezone(zone).date()]
        ],
        wanted=rows.views,
        key=["learner_id", "view_id", "opened_at"],
    )
    unit_days = LearnerUnitDay.objects.filter(**head, day__in=list(learners_of_day))
    set_rows(
        LearnerUnitDay,
        stored=[row for row in unit_days if row.learner_id in learners_of_day[row.day]],
        wanted=rows.units,
        key=["learner_id", "day", "unit_key"],
    )
    course_days = LearnerCourseDay.objects.filter(**head, day__in=list(learners_of_day))
    set_rows(
        LearnerCourseDay,
        stored=[row for row in course_days if row.learner_id in learners_of_day[row.day]],
        wanted=rows.courses,
        key=["learner_id", "day"],
    )


def _read(
    course_key: str, learner_ids: set[Any], *, start: datetime, end: datetime
) -> dict[Any, list[RawEvent]]:
    """Return the events of each learner in the order they happened."""
    raw: dict[Any, list[RawEvent]] = defaultdict(list)
    rows = Event.objects.filter(learner_id__in=learner_ids, course_key=course_key).between(start, end)
    if left_out := events.not_rolled_up():
        rows = rows.exclude(kind__in=left_out)
    names = ("id", "unit_key", "kind", "source", "happened_at", "view_id", "visit_id", "sequence", "payload")
    for learner_id, *values in rows.values_list("learner_id", *names).iterator(chunk_size=5000):
        raw[learner_id].append(RawEvent(**dict(zip(names, values, strict=True))))
    for of_learner in raw.values():
        of_learner.sort(key=_happened_at)
    return raw


def _window(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the interval whose events may bear on ``day``: a view lasts up to a day, before it and after it."""
    start, end = days.bounds(day, zone)
    return start - LONGEST_VIEW, end + LONGEST_VIEW


def _runs(ordered: Sequence[date]) -> Iterator[list[date]]:
    run: list[date] = []
    for day in ordered:
        if run and day - run[-1] > timedelta(days=2):
            yield run
            run = []
        run.append(day)
    if run:
        yield run

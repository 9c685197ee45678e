"""Recompute the page view and day rows of learners from their raw events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

import msgspec
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast

from tracking import events
from tracking.events import LearnerId
from tracking.models import Event, LearnerCourseDay, LearnerUnitDay, PageView
from tracking.rollups.engine.row_sync import sync_rows
from tracking.rollups.engine.stale_days import DayRange, StaleDays
from tracking.rollups.learner import days, page_views, patterns, spans
from tracking.rollups.learner.day_rows import (
    CourseDayRow,
    DayChanges,
    PageViewRow,
    RecomputedDays,
    UnitDayRow,
)
from tracking.rollups.learner.days import MAX_PAGE_VIEW, CourseDayFacts
from tracking.rollups.learner.page_views import PageViewFacts, RawEvent
from tracking.rollups.learner.spans import Span
from tracking.storage import bulk_read

COLUMNS = (
    "learner_id",
    "happened_at",
    "id",
    "unit_key",
    "kind",
    "view_id",
    "visit_id",
    "sequence",
    "received_at",
    "source",
    "payload",
)
KINDS_WITH_PAYLOAD = frozenset({events.PAGE_PROGRESS, events.UNIT_ACCESSED})
"""The kinds whose payload is read."""
NO_PAYLOAD: dict[str, Any] = {}


@dataclass(slots=True)
class _Rows:
    views: list[PageViewRow] = field(default_factory=list)
    days: dict[LearnerId, RecomputedDays] = field(default_factory=dict)


def set_learner_days(course_key: str, stale: StaleDays, *, zone: tzinfo) -> DayChanges:
    """Set the rows of each learner's stale days in one course from raw events; return what changed.

    A day is one of ``zone``; a day whose raw events have been purged stays as it is. The caller holds the lock on these
    learners in this course.
    """
    changes = DayChanges()
    linked = _recompute_days(course_key, stale, changes, zone=zone)
    if linked:
        _recompute_days(course_key, replace(stale, ranges=linked), changes, zone=zone)
    return changes


def final_days(course_key: str, learner_ids: Iterable[LearnerId]) -> frozenset[tuple[LearnerId, date]]:
    """Return the days of these learners that no rollup recomputes, because their raw events have been purged."""
    rows = LearnerCourseDay.objects.filter(course_key=course_key, learner_id__in=learner_ids, is_final=True)
    return frozenset(rows.values_list("learner_id", "day"))


def active_spans_of_day(learner_id: LearnerId, course_key: str, day: date, *, zone: tzinfo) -> list[Span]:
    """Return when the learner was active in the course on ``day`` of ``zone``, in spans that may overlap.

    Reads the raw events: empty if those have been purged.
    """
    start, end = _window((day, day), zone)
    raw = _read(course_key, [learner_id], start=start, end=end).get(learner_id, [])
    views = page_views.fold_page_views([event for event in raw if event.kind in events.PAGE_KINDS])
    window = days.day_window_ms(day, zone)
    return [span for view in views for span in spans.clip(view.spans, window)]


def _recompute_days(
    course_key: str, stale: StaleDays, changes: DayChanges, *, zone: tzinfo
) -> dict[LearnerId, tuple[DayRange, ...]]:
    """Set the rows of the stale days; return the other days that a page view links to them.

    A page view contributes to all days on which it lies, but the event that changed it may have marked only one of
    them.
    """
    linked: dict[LearnerId, tuple[DayRange, ...]] = {}
    for day_range, learner_ids in stale.runs():
        start, end = _window(day_range, zone)
        rows = _Rows()
        for learner_id, raw in _read(course_key, learner_ids, start=start, end=end).items():
            learner_views = _add_learner(rows, learner_id, course_key, raw, stale=stale, zone=zone)
            if others := _linked(learner_views, learner_id, stale=stale, zone=zone):
                linked[learner_id] = (*linked.get(learner_id, ()), *((day, day) for day in sorted(others)))
        about = {"course_key": course_key, "learner_id__in": learner_ids}
        _set(about, day_range, rows, changes, stale=stale, zone=zone)
    return linked


def _linked(
    views: Iterable[PageViewFacts], learner_id: LearnerId, *, stale: StaleDays, zone: tzinfo
) -> set[date]:
    """Return days that are not stale but on which a page view lies that also lies on a stale one."""
    clock = days.DayClock(zone)
    found: set[date] = set()
    for view in views:
        first, last = clock.day_of(view.opened_at), clock.day_of(view.last_at)
        if first == last:
            continue
        view_days = {first + timedelta(days=offset) for offset in range((last - first).days + 1)}
        others = {day for day in view_days if not stale.includes(learner_id, day)}
        if others != view_days:
            found |= others
    return found


def _add_learner(
    rows: _Rows,
    learner_id: LearnerId,
    course_key: str,
    raw: Sequence[RawEvent],
    *,
    stale: StaleDays,
    zone: tzinfo,
) -> list[PageViewFacts]:
    """Add the rows of one learner; return the page views in ``raw``."""
    recomputed = rows.days[learner_id] = RecomputedDays()
    views = page_views.fold_page_views([event for event in raw if event.kind in events.PAGE_KINDS])
    for day in _fold(raw, views, stale=stale, learner_id=learner_id, zone=zone):
        rows.views += [_view_row(learner_id, course_key, view) for view in day.opened]
        recomputed.units += [
            UnitDayRow(learner_id, course_key, unit_key, day.day, *facts)
            for unit_key, facts in day.units.items()
        ]
        recomputed.courses.append(_course_row(learner_id, course_key, day, zone))
    return views


def _fold(
    raw: Sequence[RawEvent],
    views: Sequence[PageViewFacts],
    *,
    stale: StaleDays,
    learner_id: LearnerId,
    zone: tzinfo,
) -> Iterator[CourseDayFacts]:
    """Yield the days to recompute of one learner, each from the events of its own window."""
    others = [event for event in raw if event.kind not in events.PAGE_KINDS]

    def is_wanted(day: date) -> bool:
        return stale.includes(learner_id, day)

    if all(view.last_at - view.opened_at <= MAX_PAGE_VIEW for view in views):
        # All events of a page view that touches a day are in that day's window, so all days may be folded at once.
        yield from days.fold_days(views, others, zone=zone, is_wanted=is_wanted)
        return
    # The same view id in messages days apart: the rows of a day must not depend on which other days are read with it.
    nearby_days = {day for event in raw for day in _nearby_days(event.happened_at, zone)}
    for day in sorted(filter(is_wanted, nearby_days)):
        start, end = _window((day, day), zone)
        day_views = page_views.fold_page_views(
            [event for event in raw if event.kind in events.PAGE_KINDS and start <= event.happened_at < end]
        )
        yield from days.fold_days(day_views, others, zone=zone, is_wanted=day.__eq__)


def _nearby_days(at: datetime, zone: tzinfo) -> list[date]:
    return [(at + MAX_PAGE_VIEW * step).astimezone(zone).date() for step in (-1, 0, 1)]


def _view_row(learner_id: LearnerId, course_key: str, view: PageViewFacts) -> PageViewRow:
    return PageViewRow(
        view.id,
        learner_id,
        course_key,
        view.unit_key,
        view.visit_id,
        view.opened_at,
        view.last_at,
        view.active_ms,
        view.visible_ms,
        view.media_ms,
        view.estimated_ms,
        spans.disjoint_ms(view.late_spans),
        view.scroll_percent,
        view.is_measured,
        view.is_witnessed,
    )


def _course_row(learner_id: LearnerId, course_key: str, day: CourseDayFacts, zone: tzinfo) -> CourseDayRow:
    units = day.units.values()
    return CourseDayRow(
        learner_id,
        course_key,
        day.day,
        spans.disjoint_ms(day.active),
        sum([facts.estimated_ms for facts in units]),
        spans.disjoint_ms(day.reported_later),
        sum([facts.view_count for facts in units]),
        sum([facts.access_count for facts in units]),
        max([facts.last_at for facts in units]),
        patterns.hours_of_day(day.active, [view.opened_at for view in day.opened], zone),
        patterns.transitions_of_day(day.opened),
    )


def _set(
    about: dict[str, Any],
    day_range: DayRange,
    rows: _Rows,
    changes: DayChanges,
    *,
    stale: StaleDays,
    zone: tzinfo,
) -> None:
    """Set the rows of one range of days, and add to ``changes`` what changed."""
    start, end = days.day_bounds(day_range[0], zone)[0], days.day_bounds(day_range[1], zone)[1]
    clock = days.DayClock(zone)
    sync_rows(
        PageView,
        stored=PageView.objects.filter(**about, opened_at__gte=start, opened_at__lt=end),
        wanted=rows.views,
        key=["learner_id", "opened_at", "view_id"],
        is_confirmed=lambda key: stale.includes(key[0], clock.day_of(key[1])),
    )
    units = sync_rows(
        LearnerUnitDay,
        stored=LearnerUnitDay.objects.filter(**about, day__range=day_range),
        wanted=[row for recomputed in rows.days.values() for row in recomputed.units],
        key=["learner_id", "day", "unit_key"],
        is_confirmed=lambda key: stale.includes(key[0], key[1]),
    )
    courses = sync_rows(
        LearnerCourseDay,
        stored=LearnerCourseDay.objects.filter(**about, day__range=day_range),
        wanted=[row for recomputed in rows.days.values() for row in recomputed.courses],
        key=["learner_id", "day"],
        is_confirmed=lambda key: stale.includes(key[0], key[1]),
    )
    for learner_id, recomputed in rows.days.items():
        changes.recomputed[learner_id].units += recomputed.units
        changes.recomputed[learner_id].courses += recomputed.courses
    changes.days_before += map(CourseDayRow._make, courses.before)
    changes.days_after += map(CourseDayRow._make, courses.after)
    for learner_id, unit_key in {(row[0], row[2]) for row in (*units.before, *units.after)}:
        changes.units[learner_id].add(unit_key)


def _read(
    course_key: str, learner_ids: Sequence[LearnerId], *, start: datetime, end: datetime
) -> Mapping[LearnerId, list[RawEvent]]:
    """Return the events of each learner."""
    found = Event.objects.filter(learner_id__in=learner_ids, course_key=course_key).between(start, end)
    if left_out := events.kinds_without_rollup():
        found = found.exclude(kind__in=left_out)
    raw: dict[LearnerId, list[RawEvent]] = {}
    # Read payloads as text and decode only those of the kinds that need it.
    if connection.vendor == "postgresql":
        for learner_id, *values, payload in bulk_read.fetch_values(
            found.values_list(*COLUMNS[:-1], Cast("payload", TextField()))
        ):
            decoded = msgspec.json.decode(payload) if values[3] in KINDS_WITH_PAYLOAD else NO_PAYLOAD
            raw.setdefault(learner_id, []).append(RawEvent._make((*values, decoded)))
        return raw
    for learner_id, *values in found.values_list(*COLUMNS).iterator(chunk_size=5000):
        raw.setdefault(learner_id, []).append(RawEvent._make(values))
    return raw


def _window(day_range: DayRange, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the interval whose events may affect the days: a page view lasts up to a day, before and after them."""
    start, end = days.day_bounds(day_range[0], zone)[0], days.day_bounds(day_range[1], zone)[1]
    return start - MAX_PAGE_VIEW, end + MAX_PAGE_VIEW

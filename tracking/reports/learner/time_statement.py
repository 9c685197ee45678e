"""A learner's time in a period, by page view and by day, for learners who must prove it.

Active time of a day and course is the union of what was measured in all tabs and devices; of a day, the union over its
courses. Time that was reported later and time that was estimated are never part of another time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from tracking.events import LearnerId
from tracking.models import CourseOutline, LearnerCourseDay, LearnerUnitDay, OutlineUnit, PageView
from tracking.reports.learner import idle_settings
from tracking.reports.learner.idle_settings import IdlePeriod
from tracking.rollups.learner import days, learner_days, spans

MAX_PERIOD = timedelta(days=366)
"""The longest period of one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTotals:
    """Seconds of each kind, none of which is part of another one except that ``open`` and ``media`` overlap ``active``.

    ``active`` was measured and the server witnessed it. ``reported_later`` was measured by a browser that was offline.
    ``estimated`` was not measured.
    """

    active: int = 0
    open: int = 0
    """The page was visible, whether or not it was used. Two tabs at once count twice."""
    media: int = 0
    estimated: int = 0
    reported_later: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageViewLine:
    """One opening of one unit; moments are in the course's time zone."""

    opened_at: datetime
    last_at: datetime
    course_key: str
    course_title: str
    unit_key: str
    unit_title: str
    times: TimeTotals
    is_measured: bool
    is_witnessed: bool
    """If not, the server did not see the page being opened: ``reported_later`` is a mere claim, and is in no total."""
    idle_seconds: int
    """Without input for longer than this, time did not count as active."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementCourseDay:
    """One day in one course."""

    course_key: str
    course_title: str
    times: TimeTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementDay:
    """One day with its courses. ``times.active`` counts time that overlaps in two courses once."""

    day: date
    times: TimeTotals
    courses: tuple[StatementCourseDay, ...]
    is_overlap_known: bool
    """False if two courses share a day whose raw events were deleted: their times are then added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStatement:
    """All that is stored about one learner from ``first`` to ``last``, both included."""

    learner_id: Any
    first: date
    last: date
    rules: tuple[IdlePeriod, ...]
    """The idle rules that applied in the period, one after another."""
    total: TimeTotals
    courses: tuple[StatementCourseDay, ...]
    """The period's totals of each course."""
    days: tuple[StatementDay, ...]
    views: tuple[PageViewLine, ...]
    """Each page view that is still stored; those older than ``RAW_EVENT_DAYS`` are only in the days."""
    is_simulated: bool


def find_time_statement(
    learner_id: LearnerId, *, first: date, last: date, course_keys: Collection[str] | None = None
) -> TimeStatement:
    """Return the statement from ``first`` to ``last`` for ``course_keys`` (default: all courses).

    Raises ``ValueError`` if the period ends before it begins, or is longer than 366 days.
    """
    if last < first or last - first >= MAX_PERIOD:
        raise ValueError(f"{first} to {last} is not a period of 1 to {MAX_PERIOD.days} days.")
    rows = LearnerCourseDay.objects.filter(learner_id=learner_id, day__range=(first, last))
    if course_keys is not None:
        rows = rows.filter(course_key__in=course_keys)
    course_days = list(rows.order_by("day", "course_key"))
    outlines = {
        outline.course_key: outline
        for outline in CourseOutline.objects.filter(course_key__in={row.course_key for row in course_days})
    }
    zones = {key: days.course_time_zone(outline.time_zone) for key, outline in outlines.items()}
    known = [row for row in course_days if row.course_key in outlines]
    open_and_media = _open_and_media(learner_id, known, first, last)
    rules = idle_settings.find_idle_settings()
    found = tuple(_days(learner_id, known, outlines, zones, open_and_media))
    return TimeStatement(
        learner_id=learner_id,
        first=first,
        last=last,
        rules=idle_settings.idle_settings_within(rules, *_around(first, last, zones.values())),
        total=_sum(day.times for day in found),
        courses=_totals(course for day in found for course in day.courses),
        days=found,
        views=tuple(_views(learner_id, first, last, outlines, zones, rules)),
        is_simulated=any(outline.is_simulated for outline in outlines.values()),
    )


def _around(first: date, last: date, zones: Iterable[tzinfo]) -> tuple[datetime, datetime]:
    """Return the moments between which the period lies in every one of ``zones`` (if empty: the site's zone)."""
    bounds = [
        (days.day_bounds(first, zone)[0], days.day_bounds(last, zone)[1])
        for zone in [*zones] or [timezone.get_default_timezone()]
    ]
    return min(start for start, _ in bounds), max(end for _, end in bounds)


def _open_and_media(
    learner_id: LearnerId, rows: Sequence[LearnerCourseDay], first: date, last: date
) -> Mapping[tuple[str, date], tuple[int, int]]:
    summed = (
        LearnerUnitDay.objects.filter(
            learner_id=learner_id, course_key__in={row.course_key for row in rows}, day__range=(first, last)
        )
        .values("course_key", "day")
        .annotate(visible=Sum("visible_ms"), media=Sum("media_ms"))
    )
    return {(row["course_key"], row["day"]): (row["visible"], row["media"]) for row in summed}


def _days(
    learner_id: LearnerId,
    rows: Iterable[LearnerCourseDay],
    outlines: Mapping[str, CourseOutline],
    zones: Mapping[str, tzinfo],
    open_and_media: Mapping[tuple[str, date], tuple[int, int]],
) -> Iterable[StatementDay]:
    of_day: dict[date, list[LearnerCourseDay]] = defaultdict(list)
    for row in rows:
        of_day[row.day].append(row)
    for day, together in sorted(of_day.items()):
        courses = tuple(
            StatementCourseDay(
                course_key=row.course_key,
                course_title=outlines[row.course_key].title,
                times=_times(row, *open_and_media.get((row.course_key, day), (0, 0))),
            )
            for row in together
        )
        total = _sum(course.times for course in courses)
        active = [row for row in together if row.active_ms]
        is_known = len(active) < 2 or not any(row.is_final for row in active)
        if len(active) > 1 and is_known:
            keys = [row.course_key for row in active]
            together_seconds = _union_seconds(learner_id, day, {key: zones[key] for key in keys})
            # Truncate to seconds course by course: without overlap, the courses must add up to their day.
            total = replace(total, active=min(total.active, together_seconds))
        yield StatementDay(day=day, times=total, courses=courses, is_overlap_known=is_known)


def _union_seconds(learner_id: LearnerId, day: date, zones: Mapping[str, tzinfo]) -> int:
    """Return how long the learner was active on ``day`` in any of the courses, in seconds."""
    stretches = [
        span
        for course_key, zone in zones.items()
        for span in learner_days.active_spans_of_day(learner_id, course_key, day, zone=zone)
    ]
    return _seconds(spans.total(stretches))


def _views(
    learner_id: LearnerId,
    first: date,
    last: date,
    outlines: Mapping[str, CourseOutline],
    zones: Mapping[str, tzinfo],
    rules: Sequence[IdlePeriod],
) -> Iterable[PageViewLine]:
    titles = {
        (course_key, unit_key): title
        for course_key, unit_key, title in OutlineUnit.objects.filter(course_key__in=outlines).values_list(
            "course_key", "unit_key", "title"
        )
    }
    lines = []
    for course_key, zone in zones.items():
        start, end = days.day_bounds(first, zone)[0], days.day_bounds(last, zone)[1]
        opened = PageView.objects.filter(
            learner_id=learner_id, course_key=course_key, opened_at__gte=start, opened_at__lt=end
        )
        lines += [
            PageViewLine(
                opened_at=row.opened_at.astimezone(zone),
                last_at=row.last_at.astimezone(zone),
                course_key=course_key,
                course_title=outlines[course_key].title,
                unit_key=row.unit_key,
                unit_title=titles.get((course_key, row.unit_key), row.unit_key),
                times=_times(row, row.visible_ms, row.media_ms),
                is_measured=row.is_measured,
                is_witnessed=row.is_witnessed,
                idle_seconds=idle_settings.idle_setting_at(rules, row.opened_at).idle_seconds,
            )
            for row in opened
        ]
    return sorted(lines, key=lambda line: (line.opened_at, line.course_key, line.unit_key))


def _totals(courses: Iterable[StatementCourseDay]) -> tuple[StatementCourseDay, ...]:
    of_course: dict[str, list[StatementCourseDay]] = defaultdict(list)
    for course in courses:
        of_course[course.course_key].append(course)
    return tuple(
        StatementCourseDay(
            course_key=key, course_title=found[0].course_title, times=_sum(each.times for each in found)
        )
        for key, found in sorted(of_course.items(), key=lambda item: item[1][0].course_title)
    )


def _times(row: LearnerCourseDay | PageView, visible_ms: int, media_ms: int) -> TimeTotals:
    return TimeTotals(
        active=_seconds(row.active_ms),
        open=_seconds(visible_ms),
        media=_seconds(media_ms),
        estimated=_seconds(row.estimated_ms),
        reported_later=_seconds(row.reported_later_ms),
    )


def _sum(all_times: Iterable[TimeTotals]) -> TimeTotals:
    found = list(all_times)
    return TimeTotals(
        active=sum(each.active for each in found),
        open=sum(each.open for each in found),
        media=sum(each.media for each in found),
        estimated=sum(each.estimated for each in found),
        reported_later=sum(each.reported_later for each in found),
    )


def _seconds(milliseconds: int) -> int:
    """Truncate to whole seconds: a statement never claims more than was measured."""
    return milliseconds // 1000

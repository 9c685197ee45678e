"""The groups of a class: each unit and each day over the learners of one group."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from tracking.definitions import shares, times
from tracking.definitions.times import TimePercentiles, time_percentiles
from tracking.events import UnitKind
from tracking.models import (
    CourseOutline,
    Enrolment,
    GroupDay,
    GroupUnitStats,
    OutlineUnit,
)
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupUnitReport:
    """One lesson or quiz over a group. Shares are from 0 to 1; ``None`` if of nothing."""

    key: str
    title: str
    kind: str
    reached_share: float | None
    completed_share: float | None
    skipped_share: float | None
    """The share of learners who should have finished it by now."""
    first_try_share: float | None
    """Quiz: ``shares.PASSED_FIRST``. Lesson: ``shares.FIRST_ANSWERS_RIGHT``."""
    active_spread: TimePercentiles | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDayReport:
    """One day of a group with any activity."""

    day: date
    learner_count: int
    active_seconds: int
    view_count: int
    attempt_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReport:
    """One group of a class; ``learner_count`` counts everyone in it, the figures those who share their activity."""

    key: str
    title: str
    learner_count: int
    units: tuple[GroupUnitReport, ...]
    days: tuple[GroupDayReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of one class by title. Learners without a group are in none of them."""

    course_key: str
    freshness: Freshness
    groups: tuple[GroupReport, ...]


def find_groups(course_key: str, *, now: datetime) -> Groups | None:
    """Return the groups of a course's class, or ``None`` if the course is unknown. Six queries."""
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    if outline is None:
        return None
    units = OutlineUnit.objects.filter(course_key=course_key, is_available=True)
    order = list(units.exclude(kind=UnitKind.MODULE).order_by("position"))
    summaries: defaultdict[str, dict[str, GroupUnitStats]] = defaultdict(dict)
    for row in GroupUnitStats.objects.filter(course_key=course_key):
        summaries[row.group_key][row.unit_key] = row
    days: defaultdict[str, list[GroupDay]] = defaultdict(list)
    for of_day in GroupDay.objects.filter(course_key=course_key).order_by("day"):
        days[of_day.group_key].append(of_day)
    found = [
        GroupReport(
            key=key,
            title=title,
            learner_count=size,
            units=tuple(_unit(unit, summaries[key].get(unit.unit_key) or GroupUnitStats()) for unit in order),
            days=tuple(map(_day, days[key])),
        )
        for (key, title), size in _sizes(course_key).items()
    ]
    return Groups(
        course_key=course_key,
        freshness=freshness.find_freshness(outline, now=now),
        groups=tuple(sorted(found, key=lambda group: (group.title.casefold(), group.key))),
    )


def _sizes(course_key: str) -> dict[tuple[str, str], int]:
    """Return how many learners each group has, by its key and title."""
    titles: dict[str, str] = {}
    counts: defaultdict[str, int] = defaultdict(int)
    rows = Enrolment.objects.filter(course_key=course_key).exclude(group_key="").order_by("pk")
    for key, title in rows.values_list("group_key", "group_title"):
        titles[key] = title or titles.get(key, "")
        counts[key] += 1
    return {(key, titles[key] or key): count for key, count in counts.items()}


def _unit(unit: OutlineUnit, row: GroupUnitStats) -> GroupUnitReport:
    return GroupUnitReport(
        key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        reached_share=shares.REACHED.of(row),
        completed_share=shares.COMPLETED.of(row),
        skipped_share=shares.SKIPPED.of(row),
        first_try_share=shares.first_try(unit.kind).of(row),
        active_spread=time_percentiles(row),
    )


def _day(row: GroupDay) -> GroupDayReport:
    return GroupDayReport(
        day=row.day,
        learner_count=row.learner_count,
        active_seconds=times.whole_seconds(row.active_ms),
        view_count=row.view_count,
        attempt_count=row.attempt_count,
    )

"""The groups of a class: each unit and each day over the learners of one group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tracking import disclosure
from tracking.definitions import shares, times
from tracking.definitions.times import TimePercentiles, time_percentiles
from tracking.events import UnitKind
from tracking.models import (
    CourseDay,
    CourseOutline,
    Enrolment,
    GroupDay,
    GroupUnitStats,
    OutlineUnit,
    UnitStats,
)
from tracking.models.course_rollups import AbstractUnitStats
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness

Tellable = Mapping[str, set[str]]
"""By measure, the groups whose figures may be shown."""

PEOPLE: Mapping[str, Callable[[OutlineUnit, AbstractUnitStats], int]] = {
    "enrolled": lambda unit, row: shares.REACHED.people_of(row),
    "passed_by": lambda unit, row: shares.SKIPPED.people_of(row),
    "tried": lambda unit, row: shares.first_try(unit.kind).people_of(row),
    "timed": lambda unit, row: row.timed_count,
}
"""By measure, how many people are behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupUnitReport:
    """One lesson or quiz over a group. Shares are from 0 to 1; ``None`` if too few people are behind one."""

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
    """One day of a group with any activity; figures are ``None`` if too few learners were active."""

    day: date
    learner_count: int | None
    active_seconds: int | None
    view_count: int | None
    attempt_count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReport:
    """One group of a class; without units and days if the group, or the rest of the class, has too few learners."""

    key: str
    title: str
    learner_count: int
    is_hidden: bool
    units: tuple[GroupUnitReport, ...]
    days: tuple[GroupDayReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of one class by title. Learners without a group are in none of them."""

    course_key: str
    freshness: Freshness
    groups: tuple[GroupReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The stored figures of the groups of a class, and the groups that may be shown next to the class."""

    summaries: Mapping[str, Mapping[str, GroupUnitStats]]
    days: Mapping[str, list[GroupDay]]
    shown: set[str]
    of_class: Mapping[date, int]
    """How many learners of the whole class were active, by day."""


def find_groups(course_key: str, *, now: datetime) -> Groups | None:
    """Return the groups of a course's class, or ``None`` if the course is unknown. Nine queries."""
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
    sizes = _sizes(course_key)
    whole = Enrolment.objects.filter(course_key=course_key).count()
    shown = disclosure.showable({key: size for (key, _), size in sizes.items()}, whole=whole)
    of_class = dict(CourseDay.objects.filter(course_key=course_key).values_list("day", "learner_count"))
    rows = _Rows(summaries=summaries, days=days, shown=shown, of_class=of_class)
    class_rows = {row.unit_key: row for row in UnitStats.objects.filter(course_key=course_key)}
    tellable = {unit.unit_key: _tellable(unit, rows, class_rows.get(unit.unit_key)) for unit in order}
    found = [
        _figures(key, title, size, units=order, rows=rows, tellable=tellable)
        for (key, title), size in sizes.items()
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


def _tellable(unit: OutlineUnit, rows: _Rows, of_class: UnitStats | None) -> Tellable:
    """Return, by measure of a unit, the groups whose figures may be shown next to those of the class."""
    of_groups = {key: rows.summaries[key].get(unit.unit_key) or GroupUnitStats() for key in rows.shown}
    whole = of_class or UnitStats()
    return {
        measure: disclosure.showable(
            {key: people(unit, row) for key, row in of_groups.items()}, whole=people(unit, whole)
        )
        for measure, people in PEOPLE.items()
    }


def _figures(
    key: str,
    title: str,
    learner_count: int,
    *,
    units: list[OutlineUnit],
    rows: _Rows,
    tellable: Mapping[str, Tellable],
) -> GroupReport:
    is_hidden = key not in rows.shown
    return GroupReport(
        key=key,
        title=title,
        learner_count=learner_count,
        is_hidden=is_hidden,
        units=()
        if is_hidden
        else tuple(
            _unit(
                unit,
                rows.summaries[key].get(unit.unit_key) or GroupUnitStats(),
                tellable={name for name, keys in tellable[unit.unit_key].items() if key in keys},
            )
            for unit in units
        ),
        days=() if is_hidden else tuple(_days(key, rows)),
    )


def _unit(unit: OutlineUnit, row: GroupUnitStats, *, tellable: set[str]) -> GroupUnitReport:
    return GroupUnitReport(
        key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        reached_share=shares.REACHED.of(row) if "enrolled" in tellable else None,
        completed_share=shares.COMPLETED.of(row) if "enrolled" in tellable else None,
        skipped_share=shares.SKIPPED.of(row) if "passed_by" in tellable else None,
        first_try_share=shares.first_try(unit.kind).of(row) if "tried" in tellable else None,
        active_spread=time_percentiles(row) if "timed" in tellable else None,
    )


def _days(key: str, rows: _Rows) -> Iterable[GroupDayReport]:
    for row in rows.days.get(key, ()):
        on_day = {
            other: each.learner_count
            for other in rows.shown
            for each in rows.days.get(other, ())
            if each.day == row.day
        }
        whole = rows.of_class.get(row.day, sum(on_day.values()))
        is_shown = not row.learner_count or key in disclosure.showable(on_day, whole=whole)
        yield GroupDayReport(
            day=row.day,
            learner_count=row.learner_count if is_shown else None,
            active_seconds=times.whole_seconds(row.active_ms) if is_shown else None,
            view_count=row.view_count if is_shown else None,
            attempt_count=row.attempt_count if is_shown else None,
        )

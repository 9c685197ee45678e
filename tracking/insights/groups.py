"""The groups of a class: each unit and each day over the learners of one group."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from tracking import conf
from tracking.events import UnitKind
from tracking.insights import freshness
from tracking.insights.freshness import Freshness
from tracking.insights.spread import Spread, spread_of
from tracking.models import CourseOutline, Enrolment, GroupDay, GroupUnitSummary, OutlineUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupUnit:
    """One lesson or quiz over a group. Shares are from 0 to 1; ``None`` where too few people stand behind one."""

    key: str
    title: str
    kind: str
    reached_share: float | None
    completed_share: float | None
    skipped_share: float | None
    """Of those who got past it, reached or not."""
    first_try_share: float | None
    """Quiz: passed at the first attempt, of those who tried. Lesson: first answers right, of those that draw on it."""
    active_spread: Spread | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOnDay:
    """One day of a group on which anything was done; ``None`` where too few learners did."""

    day: date
    learner_count: int | None
    active_seconds: int | None
    view_count: int | None
    attempt_count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """One group of a class; without units and days where it has fewer learners than ``GROUP_MINIMUM``."""

    key: str
    title: str
    learner_count: int
    is_hidden: bool
    units: tuple[GroupUnit, ...]
    days: tuple[GroupOnDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of one class by title; learners in none are in none of these."""

    course_key: str
    freshness: Freshness
    groups: tuple[GroupFigures, ...]


def find(course_key: str, *, now: datetime) -> Groups | None:
    """Return the groups of a course's class, or ``None`` where the course is unknown. Six queries."""
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    if outline is None:
        return None
    units = OutlineUnit.objects.filter(course_key=course_key, is_available=True)
    order = list(units.exclude(kind=UnitKind.MODULE).order_by("position"))
    summaries: defaultdict[str, dict[str, GroupUnitSummary]] = defaultdict(dict)
    for row in GroupUnitSummary.objects.filter(course_key=course_key):
        summaries[row.group_key][row.unit_key] = row
    days: defaultdict[str, list[GroupDay]] = defaultdict(list)
    for of_day in GroupDay.objects.filter(course_key=course_key).order_by("day"):
        days[of_day.group_key].append(of_day)
    found = [
        _figures(key, title, size, units=[(unit, summaries[key].get(unit.unit_key)) for unit in order], days=days[key])
        for (key, title), size in _sizes(course_key).items()
    ]  # fmt: skip
    return Groups(
        course_key=course_key,
        freshness=freshness.find(outline, now=now),
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


def _figures(
    key: str,
    title: str,
    learner_count: int,
    *,
    units: list[tuple[OutlineUnit, GroupUnitSummary | None]],
    days: list[GroupDay],
) -> GroupFigures:
    is_hidden = learner_count < conf.get_settings().GROUP_MINIMUM
    return GroupFigures(
        key=key,
        title=title,
        learner_count=learner_count,
        is_hidden=is_hidden,
        units=() if is_hidden else tuple(_unit(unit, row or GroupUnitSummary()) for unit, row in units),
        days=() if is_hidden else tuple(map(_day, days)),
    )


def _unit(unit: OutlineUnit, row: GroupUnitSummary) -> GroupUnit:
    is_quiz = unit.kind == UnitKind.QUIZ
    first_try = (
        (row.first_passed_count, row.attempted_count) if is_quiz else (row.correct_count, row.answered_count)
    )
    return GroupUnit(
        key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        reached_share=_share(row.reached_count, row.learner_count),
        completed_share=_share(row.completed_count, row.learner_count),
        skipped_share=_share(row.skipped_count, row.reached_count + row.skipped_count),
        first_try_share=_share(*first_try),
        active_spread=spread_of(row),
    )


def _day(row: GroupDay) -> GroupOnDay:
    is_hidden = 0 < row.learner_count < conf.get_settings().GROUP_MINIMUM
    return GroupOnDay(
        day=row.day,
        learner_count=None if is_hidden else row.learner_count,
        active_seconds=None if is_hidden else round(row.active_ms / 1000),
        view_count=None if is_hidden else row.view_count,
        attempt_count=None if is_hidden else row.attempt_count,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole >= conf.get_settings().GROUP_MINIMUM else None

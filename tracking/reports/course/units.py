"""The lessons and quizzes of a course over its class, one by one and module by module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracking import conf
from tracking.events import UnitKind
from tracking.findings.presentation import PresentedFinding
from tracking.models import OutlineUnit, UnitStats
from tracking.rollups.course import expected_time


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReport:
    """One lesson or quiz over the class. Shares are from 0 to 1 of ``learner_count`` unless said otherwise.

    Every figure is ``None`` where fewer people stand behind it than may be shown.
    """

    key: str
    title: str
    kind: str
    url: str
    module_key: str
    """The nearest module above it; empty where there is none."""
    module_title: str
    is_required: bool
    learner_count: int
    reached_share: float | None
    skipped_share: float | None
    """Of those who got past it, reached or not."""
    completed_share: float | None
    median_active_seconds: int | None
    """Over the learners with any active time."""
    is_timed: bool
    """Whether any active time is known: an imported log of clicks has none, however many were there."""
    expected_seconds: int | None
    """As the host says."""
    class_median_seconds: int | None
    """What is expected where the host says nothing: as long as the class needs, if it is large enough to tell."""
    first_try_share: float | None
    """Quiz: passed at the first attempt, of those who tried. Lesson: first answers right, of those that draw on it."""
    first_try_count: int | None
    """How many that is of; ``None`` where they are too few to be told."""
    passed_share: float | None
    """Quizzes only: of those who tried, at any attempt."""
    findings: tuple[PresentedFinding, ...]

    @property
    def is_quiz(self) -> bool:
        """Whether it is attempted rather than read."""
        return self.kind == UnitKind.QUIZ


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleUnits:
    """One module over the class: its lessons and quizzes taken together, and each of them.

    A share is that of all its units' learners together; ``None`` where too few people stand behind it.
    """

    key: str
    title: str
    learner_count: int
    reached_share: float | None
    skipped_share: float | None
    completed_share: float | None
    median_active_seconds: int | None
    """The middles of its units added up; ``None`` where one of those that count is not known."""
    expected_seconds: int | None
    first_try_share: float | None
    """Its quizzes alone: passed at the first attempt, of all who tried one."""
    first_try_count: int | None
    """How many that is of; ``None`` where they are too few to be told."""
    passed_share: float | None
    is_timed: bool
    """Whether any active time is known."""
    units: tuple[UnitReport, ...]

    @property
    def finding_count(self) -> int:
        """How many of its units the class should go back to."""
        return sum(bool(unit.findings) for unit in self.units)


def read_unit_reports(
    course_key: str, units: Mapping[str, OutlineUnit], about_class: Iterable[PresentedFinding]
) -> tuple[ModuleUnits, ...]:
    """Return the modules of a course with their lessons and quizzes, in its order. One query.

    ``units`` are those of the outline, by key. Where a course has no modules, all stand in one without a title.
    """
    concerns: defaultdict[str, list[PresentedFinding]] = defaultdict(list)
    for each in about_class:
        concerns[each.unit_key].append(each)
    rows = {row.unit_key: row for row in UnitStats.objects.filter(course_key=course_key)}
    below: dict[str, list[OutlineUnit]] = {}
    for unit in units.values():
        if unit.kind != UnitKind.MODULE and unit.is_available:
            below.setdefault(nearest_module_key(unit, units), []).append(unit)
    return tuple(
        _module(
            key,
            units[key].title if key in units else "",
            [(unit, rows.get(unit.unit_key) or UnitStats()) for unit in found],
            concerns,
        )
        for key, found in below.items()
    )


def nearest_module_key(unit: OutlineUnit, units: Mapping[str, OutlineUnit]) -> str:
    """Return the key of the nearest module above ``unit``, or an empty string."""
    parent = units.get(unit.parent_key)
    while parent is not None and parent.kind != UnitKind.MODULE:
        parent = units.get(parent.parent_key)
    return parent.unit_key if parent else ""


def shared_or_none(part: int, whole: int) -> float | None:
    """Return ``part`` of ``whole``, or ``None`` where ``whole`` is too small a group to show."""
    return part / whole if whole >= conf.get_settings().MIN_GROUP_SIZE else None


def _module(
    key: str,
    title: str,
    pairs: Sequence[tuple[OutlineUnit, UnitStats]],
    concerns: Mapping[str, Sequence[PresentedFinding]],
) -> ModuleUnits:
    measures = tuple(
        _unit(unit, row, module=(key, title), concerns=concerns.get(unit.unit_key, ())) for unit, row in pairs
    )
    rows = [row for _, row in pairs]
    quizzes = [row for unit, row in pairs if unit.kind == UnitKind.QUIZ]
    # The same people stand behind every unit of a module, so the group is as large as the largest of them.
    is_shown = max(row.learner_count for row in rows) >= conf.get_settings().MIN_GROUP_SIZE
    learners = sum(row.learner_count for row in rows)
    reached = sum(row.reached_count for row in rows)
    return ModuleUnits(
        key=key,
        title=title,
        learner_count=max(row.learner_count for row in rows),
        reached_share=_of(reached, learners, is_shown=is_shown),
        skipped_share=_over_units(
            [(row.skipped_count, row.reached_count + row.skipped_count) for row in rows]
        ),
        completed_share=_of(sum(row.completed_count for row in rows), learners, is_shown=is_shown),
        median_active_seconds=_sum_of_middles(measures),
        expected_seconds=sum(unit.expected_seconds or 0 for unit, _ in pairs) or None,
        first_try_share=_over_units([(row.first_passed_count, row.attempted_count) for row in quizzes]),
        first_try_count=_count_of([row.attempted_count for row in quizzes]),
        passed_share=_over_units([(row.passed_count, row.attempted_count) for row in quizzes]),
        is_timed=any(row.timed_count for row in rows),
        units=measures,
    )


def _over_units(parts: Sequence[tuple[int, int]]) -> float | None:
    """Return the share over units of a module, each a part and how many people it is of.

    A unit about too few people is left out here too: beside the others it would be what is left over.
    """
    shown = [(part, people) for part, people in parts if shared_or_none(part, people) is not None]
    return sum(part for part, _ in shown) / sum(people for _, people in shown) if shown else None


def _count_of(counts: Sequence[int]) -> int | None:
    """Return how many there are in the units that are not about too few; ``None`` where there are only such."""
    shown = [count for count in counts if shared_or_none(0, count) is not None]
    return sum(shown) if shown or not any(counts) else None


def _of(part: int, whole: int, *, is_shown: bool) -> float | None:
    return part / whole if is_shown and whole else None


def _sum_of_middles(units: Iterable[UnitReport]) -> int | None:
    known = [unit.median_active_seconds for unit in units if unit.is_required and unit.is_timed]
    return sum(each for each in known if each is not None) if known and None not in known else None


def _unit(
    unit: OutlineUnit, row: UnitStats, *, module: tuple[str, str], concerns: Sequence[PresentedFinding]
) -> UnitReport:
    is_quiz = unit.kind == UnitKind.QUIZ
    tried = (
        (row.first_passed_count, row.attempted_count) if is_quiz else (row.correct_count, row.answered_count)
    )
    people = row.attempted_count if is_quiz else row.answering_learner_count
    is_told = shared_or_none(0, people) is not None
    median = row.median_active_ms if row.timed_count >= conf.get_settings().MIN_GROUP_SIZE else None
    return UnitReport(
        key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        url=unit.url,
        module_key=module[0],
        module_title=module[1],
        is_required=unit.is_required,
        learner_count=row.learner_count,
        reached_share=shared_or_none(row.reached_count, row.learner_count),
        skipped_share=shared_or_none(row.skipped_count, row.reached_count + row.skipped_count),
        completed_share=shared_or_none(row.completed_count, row.learner_count),
        median_active_seconds=round(median / 1000) if median is not None else None,
        is_timed=row.timed_count > 0,
        expected_seconds=unit.expected_seconds,
        class_median_seconds=expected_time.median_from_stats(row)
        if expected_time.uses_class_median(unit)
        else None,
        first_try_share=tried[0] / tried[1] if is_told and tried[1] else None,
        first_try_count=tried[1] if is_told else None if tried[1] else 0,
        passed_share=shared_or_none(row.passed_count, row.attempted_count) if is_quiz else None,
        findings=tuple(concerns),
    )

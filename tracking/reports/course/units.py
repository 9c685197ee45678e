"""The lessons and quizzes of a course over its class, one by one and module by module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracking.definitions import modules, shares, times
from tracking.events import UnitKind
from tracking.findings.presentation import PresentedFinding
from tracking.models import ModuleStats, OutlineUnit, UnitStats
from tracking.rollups.course import expected_time

StatsOfUnit = tuple[OutlineUnit, UnitStats]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReport:
    """One lesson or quiz over the class. ``tracking.definitions`` defines each figure.

    A figure of nothing is ``None``.
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
    """The share of learners who should have finished it by now."""
    completed_share: float | None
    median_active_seconds: int | None
    """Over the learners with any active time."""
    is_timed: bool
    """Whether any active time is known: an imported click log has none, however many learners it has."""
    expected_seconds: int | None
    """As the host says."""
    class_median_seconds: int | None
    """The time expected if the host declares none: the class median, if the class is large enough for one."""
    first_try_share: float | None
    """Quiz: ``shares.PASSED_FIRST``. Lesson: ``shares.FIRST_ANSWERS_RIGHT``."""
    first_try_count: int
    """The number of learners behind it."""
    passed_share: float | None
    """Quizzes only."""
    findings: tuple[PresentedFinding, ...]

    @property
    def is_quiz(self) -> bool:
        """Whether it is a quiz, so that it is attempted rather than read."""
        return self.kind == UnitKind.QUIZ


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleUnits:
    """One module over the class, with the lessons and quizzes listed under it; see ``models.ModuleStats``.

    A figure of nothing is ``None``.
    """

    key: str
    title: str
    learner_count: int
    reached_share: float | None
    skipped_share: float | None
    completed_share: float | None
    median_active_seconds: int | None
    """Over the learners with any active time in it."""
    expected_seconds: int | None
    first_try_share: float | None
    """Over all its quizzes."""
    first_try_count: int
    """The number of learners behind it."""
    passed_share: float | None
    is_timed: bool
    """Whether any active time is known."""
    units: tuple[UnitReport, ...]

    @property
    def finding_count(self) -> int:
        """The number of its units with a finding."""
        return sum(bool(unit.findings) for unit in self.units)


def read_module_units(
    course_key: str, units: Mapping[str, OutlineUnit], about_class: Iterable[PresentedFinding]
) -> tuple[ModuleUnits, ...]:
    """Return the modules of a course with their lessons and quizzes, in its order. Two queries.

    ``units`` are those of the outline, by key. If a course has no modules, all its units are in one without a title.
    """
    stats = {row.module_key: row for row in ModuleStats.objects.filter(course_key=course_key)}
    return tuple(
        _module(key, units, pairs, stats.get(key) or ModuleStats(), reports)
        for key, pairs, reports in _by_module(course_key, units, about_class)
    )


def read_unit_reports(
    course_key: str, units: Mapping[str, OutlineUnit], about_class: Iterable[PresentedFinding]
) -> tuple[UnitReport, ...]:
    """Return the lessons and quizzes of a course in the order in which its modules list them. One query."""
    found = _by_module(course_key, units, about_class)
    return tuple(report for _, _, reports in found for report in reports)


def _by_module(
    course_key: str, units: Mapping[str, OutlineUnit], about_class: Iterable[PresentedFinding]
) -> Iterator[tuple[str, list[StatsOfUnit], tuple[UnitReport, ...]]]:
    """Yield each module that lists any unit: its key, its units with their rows, and their reports."""
    findings: defaultdict[str, list[PresentedFinding]] = defaultdict(list)
    for each in about_class:
        findings[each.unit_key].append(each)
    rows = {row.unit_key: row for row in UnitStats.objects.filter(course_key=course_key)}
    below: defaultdict[str, list[StatsOfUnit]] = defaultdict(list)
    for unit in units.values():
        if unit.kind != UnitKind.MODULE and unit.is_available:
            row = rows.get(unit.unit_key) or UnitStats()
            below[modules.nearest_module_key(unit, units)].append((unit, row))
    for key, pairs in below.items():
        module = (key, _title(key, units))
        reports = (
            _unit(unit, row, module=module, findings=findings.get(unit.unit_key, ())) for unit, row in pairs
        )
        yield key, pairs, tuple(reports)


def _title(key: str, units: Mapping[str, OutlineUnit]) -> str:
    return units[key].title if key in units else ""


def _module(
    key: str,
    units: Mapping[str, OutlineUnit],
    pairs: Sequence[StatsOfUnit],
    stats: ModuleStats,
    reports: tuple[UnitReport, ...],
) -> ModuleUnits:
    quizzes = [row for unit, row in pairs if unit.kind == UnitKind.QUIZ]
    return ModuleUnits(
        key=key,
        title=_title(key, units),
        learner_count=stats.learner_count,
        reached_share=shares.REACHED.of(stats),
        skipped_share=shares.SKIPPED.of(stats),
        completed_share=shares.MODULE_COMPLETED.of(stats),
        median_active_seconds=times.MEDIAN_ACTIVE.of(stats),
        expected_seconds=sum(unit.expected_seconds or 0 for unit, _ in pairs) or None,
        first_try_share=shares.PASSED_FIRST.together(quizzes),
        first_try_count=shares.PASSED_FIRST.count_together(quizzes),
        passed_share=shares.PASSED.together(quizzes),
        is_timed=stats.timed_count > 0,
        units=reports,
    )


def _unit(
    unit: OutlineUnit, row: UnitStats, *, module: tuple[str, str], findings: Sequence[PresentedFinding]
) -> UnitReport:
    first_try = shares.first_try(unit.kind)
    uses_class_median = expected_time.uses_class_median(unit)
    return UnitReport(
        key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        url=unit.url,
        module_key=module[0],
        module_title=module[1],
        is_required=unit.is_required,
        learner_count=row.learner_count,
        reached_share=shares.REACHED.of(row),
        skipped_share=shares.SKIPPED.of(row),
        completed_share=shares.COMPLETED.of(row),
        median_active_seconds=times.MEDIAN_ACTIVE.of(row),
        is_timed=row.timed_count > 0,
        expected_seconds=unit.expected_seconds,
        class_median_seconds=expected_time.median_from_stats(row) if uses_class_median else None,
        first_try_share=first_try.of(row),
        first_try_count=first_try.whole_of(row),
        passed_share=shares.PASSED.of(row) if unit.kind == UnitKind.QUIZ else None,
        findings=tuple(findings),
    )

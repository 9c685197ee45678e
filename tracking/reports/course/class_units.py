"""The lessons and quizzes of a class by module, with the findings about them: what the module page and the API read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracking.findings import presentation
from tracking.findings.presentation import PresentedFinding
from tracking.models import Audience, Enrolment, Finding, OutlineUnit
from tracking.reports.course import units as course_units
from tracking.reports.course.units import ModuleUnits, UnitReport
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassUnits:
    """Every lesson and quiz of a course over its class, without its learners."""

    course_key: str
    course_title: str
    freshness: Freshness
    modules: tuple[ModuleUnits, ...]
    findings: tuple[PresentedFinding, ...]
    """Findings about the class as a whole, heaviest first."""
    unit_keys_by_learner: Mapping[Any, AbstractSet[str]]
    """The units that the findings about each learner name."""

    @property
    def units(self) -> tuple[UnitReport, ...]:
        """Every lesson and quiz, in the order of the course."""
        return tuple(unit for module in self.modules for unit in module.units)

    def count_learners_to_check_in(self, unit_keys: AbstractSet[str]) -> int:
        """Return how many learners have a finding about one of ``unit_keys``."""
        return sum(bool(unit_keys & named) for named in self.unit_keys_by_learner.values())


def find_class_units(course_key: str, *, now: datetime) -> ClassUnits | None:
    """Return the lessons and quizzes of a class, or ``None`` if the course is unknown. Five queries."""
    course_now = freshness.read_course_freshness(course_key)
    if course_now is None:
        return None
    outline = OutlineUnit.objects.filter(course_key=course_key).order_by("position")
    units = {unit.unit_key: unit for unit in outline}
    enrolled = Enrolment.objects.filter(course_key=course_key).values("learner_id")
    shown = Finding.objects.visible_to(Audience.INSTRUCTOR, now=now).filter(course_key=course_key)
    about_class = presentation.present_to_instructor(shown.filter(learner_id__isnull=True), units)
    return ClassUnits(
        course_key=course_key,
        course_title=course_now.outline.title,
        freshness=freshness.course_freshness(course_now, now=now),
        modules=course_units.read_module_units(course_key, units, about_class),
        findings=tuple(about_class),
        unit_keys_by_learner=_unit_keys_by_learner(
            shown.filter(learner_id__in=enrolled).values_list("learner_id", "unit_key")
        ),
    )


def _unit_keys_by_learner(pairs: Iterable[tuple[Any, str]]) -> Mapping[Any, AbstractSet[str]]:
    named: defaultdict[Any, set[str]] = defaultdict(set)
    for learner_id, unit_key in pairs:
        named[learner_id].add(unit_key)
    return named

"""From facts to candidates: ask every rule, and keep the heaviest reason for each unit.

Pure functions of plain values. There are no findings about units that are completed, locked or excused, nor about a
course that has not started, is over, or that the learner has finished. ``DISABLED_REASONS`` yield no finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from tracking.conf import TrackingSettings
from tracking.findings import rules
from tracking.findings.candidates import Candidate, heaviest_per_unit, rank_candidates
from tracking.findings.facts import ClassFacts, LearnerFacts
from tracking.findings.rules.rule import Rule


def find_for_learner(learner: LearnerFacts, settings: TrackingSettings, *, now: datetime) -> list[Candidate]:
    """Return the areas ``learner`` should go back to, heaviest first; of two reasons for one unit only the heavier.

    What an instructor asks for comes before them, also when the learner is through with the course.
    """
    requested = [rule for rule in rules.ABOUT_LEARNERS if rule.is_requested] if learner.is_open(now) else []
    asked = (
        [rule for rule in rules.ABOUT_LEARNERS if not rule.is_requested] if learner.is_running(now) else []
    )
    found = {rule: list(rule.find(learner, settings, now=now)) for rule in asked}
    alone = [rule for rule in asked if rule.is_alone and found[rule]]
    areas = [
        area
        for rule in alone or asked
        if rule.reason not in settings.DISABLED_REASONS
        for area in _named(rule, found[rule])
    ]
    # An absence and a risk are both about the whole: the heavier says enough.
    return [
        *(area for rule in requested for area in _named(rule, rule.find(learner, settings, now=now))),
        *heaviest_per_unit(areas),
    ]


def find_for_class(facts: ClassFacts, settings: TrackingSettings) -> list[Candidate]:
    """Return the areas that a whole class should go back to, heaviest first."""
    return rank_candidates(
        area
        for rule in rules.ABOUT_CLASSES
        if rule.reason not in settings.DISABLED_REASONS
        for area in _named(rule, rule.find(facts, settings))
    )


def _named(rule: Rule, areas: Iterable[Candidate]) -> Iterator[Candidate]:
    return (replace(area, reason=rule.reason) for area in areas)

"""Stored findings made ready for people: titles, links and sentences put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import lazy

from tracking.events import LearnerId
from tracking.findings import explanations, rules
from tracking.findings.rules.rule import LearnerRule
from tracking.models import Finding, OutlineUnit

TO_LEARNER = lazy(explanations.explain_to_learner, str)
TO_INSTRUCTOR = lazy(explanations.explain_to_instructor, str)
NEXT_STEP = lazy(explanations.explain_next_step, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedFinding:
    """One area to reinforce, in words. ``sentence`` is written for its reader: learner or instructor."""

    finding_id: int
    learner_id: LearnerId | None
    """``None`` where it is about the class."""
    course_key: str
    unit_key: str
    unit_title: str
    unit_kind: str
    url: str
    reason: str
    reason_label: str
    sentence: str
    next_step: str
    """Both are put into words when they are read: of a large class most never are."""
    weight: float
    confidence: float
    """From 0 to 1: how much stands behind it."""
    evidence: Mapping[str, Any]
    opened_at: datetime


def present_to_learner(
    findings: Iterable[Finding], units: Mapping[str, OutlineUnit]
) -> list[PresentedFinding]:
    """Return ``findings`` in words to the learner, heaviest first. ``units`` are those of the course, by key.

    Where an instructor has assigned a unit, that is the one reason for it.
    """
    ranked = _ranked(findings, units, is_to_learner=True)
    assigned = {each.unit_key for each in ranked if each.reason in rules.REQUESTED}
    return [each for each in ranked if each.reason in rules.REQUESTED or each.unit_key not in assigned]


def present_to_instructor(
    findings: Iterable[Finding], units: Mapping[str, OutlineUnit]
) -> list[PresentedFinding]:
    """Return ``findings`` in words to the instructor, heaviest first. ``units`` are those of the course, by key."""
    return _ranked(findings, units, is_to_learner=False)


def _ranked(
    findings: Iterable[Finding], units: Mapping[str, OutlineUnit], *, is_to_learner: bool
) -> list[PresentedFinding]:
    titles = {key: unit.title for key, unit in units.items()}
    explain = TO_LEARNER if is_to_learner else TO_INSTRUCTOR
    ranked = sorted(findings, key=lambda each: (-each.weight, _position(units, each), each.reason))
    return [
        PresentedFinding(
            finding_id=finding.pk,
            learner_id=finding.learner_id,
            course_key=finding.course_key,
            unit_key=finding.unit_key,
            unit_title=titles.get(finding.unit_key, ""),
            unit_kind=_kind(units, finding),
            url=_url(units, finding),
            reason=finding.reason,
            reason_label=_label(finding, is_to_learner=is_to_learner),
            sentence=explain(finding, titles),
            next_step=NEXT_STEP(finding, _kind(units, finding)),
            weight=finding.weight,
            confidence=finding.confidence,
            evidence=finding.evidence,
            opened_at=finding.opened_at,
        )
        for finding in ranked
    ]


def _label(finding: Finding, *, is_to_learner: bool) -> str:
    rule = rules.BY_REASON[finding.reason]
    return str(rule.label_to_learner if is_to_learner and isinstance(rule, LearnerRule) else rule.label)


def _position(units: Mapping[str, OutlineUnit], finding: Finding) -> int:
    unit = units.get(finding.unit_key)
    return unit.position if unit else 0


def _kind(units: Mapping[str, OutlineUnit], finding: Finding) -> str:
    unit = units.get(finding.unit_key)
    return unit.kind if unit else ""


def _url(units: Mapping[str, OutlineUnit], finding: Finding) -> str:
    unit = units.get(finding.unit_key)
    return unit.url if unit else ""

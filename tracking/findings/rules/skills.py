"""What a learner has shown to know, what fades, and whether they are likely to finish."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tracking.conf import TrackingSettings
from tracking.definitions import skills
from tracking.findings.candidates import MAX_CITED, Candidate, confidence
from tracking.findings.facts import LearnerFacts, RiskFacts, SkillFacts
from tracking.models import Reason, UnitState


def find_unmastered_skills(learner: LearnerFacts, rules: TrackingSettings) -> Iterator[Candidate]:
    """Yield the skills that are not mastered: those tried again and again in vain, and those shown to be low.

    Never where the quiz that the answers were given in is passed.
    """
    open_keys = {unit.key for unit in learner.open_units() if unit.state is not UnitState.COMPLETED}
    for skill in learner.skills:
        if skill.unit_key not in open_keys:
            continue
        if skills.is_wheel_spinning(skill, rules):
            yield _area(learner, skill, Reason.WHEEL_SPINNING, weight=0.8)
        elif skills.is_weak(skill, skill.share, rules):
            weight = 0.55 + 0.2 * (1 - skill.share / rules.LOW_MASTERY_SHARE)
            yield _area(learner, skill, Reason.LOW_MASTERY, weight=weight)


def find_reviews_due(learner: LearnerFacts, rules: TrackingSettings, *, now: datetime) -> Iterator[Candidate]:
    """Yield, of the skills that were known and are due for a review, the few that are due longest."""
    available = {unit.key for unit in learner.open_units()}
    due = [
        skill
        for skill in learner.skills
        if skill.unit_key in available and skills.is_review_due(skill, skill.share, rules, now=now)
    ]
    due.sort(key=lambda skill: (skill.review_due_at or now, skill.key))
    for skill in due[: rules.MAX_REVIEWS_SHOWN]:
        days = (now - skill.last_at).days
        evidence = {**_evidence(learner, skill), "days": days}
        known = confidence(skill.answered_count)
        yield Candidate(
            unit_key=skill.unit_key,
            reason=Reason.REVIEW_DUE,
            weight=0.25,
            evidence=evidence,
            confidence=known,
        )


def find_at_risk(risk: RiskFacts | None) -> Iterator[Candidate]:
    """Yield that the learner is not likely to finish, with what says so."""
    if risk is None or not risk.is_at_risk:
        return
    yield Candidate(
        unit_key="",
        reason=Reason.AT_RISK,
        weight=min(max(risk.score, 0.0), 1.0) * 0.4 + 0.4,
        evidence={
            "score": risk.score,
            "day": risk.day,
            "components": [list(part) for part in risk.components],
        },
        confidence=min(max(risk.score, 0.0), 1.0),
        # As odds, so that growing by half means the same everywhere: 0.6 to 0.69, 0.9 to 0.93.
        severity=risk.score / max(1 - risk.score, 0.01),
    )


def _area(learner: LearnerFacts, skill: SkillFacts, reason: Reason, *, weight: float) -> Candidate:
    return Candidate(
        unit_key=skill.unit_key,
        reason=reason,
        weight=weight,
        evidence=_evidence(learner, skill),
        confidence=confidence(skill.answered_count),
        severity=skill.answered_count - skill.correct_count,
    )


def _evidence(learner: LearnerFacts, skill: SkillFacts) -> dict[str, Any]:
    tried = next((unit.attempted for unit in learner.units if unit.key == skill.unit_key), None)
    return {
        "skill_key": skill.key,
        "answered_count": skill.answered_count,
        "correct_count": skill.correct_count,
        "longest_run_count": skill.longest_run_count,
        "expected_share": round(skill.share, 3),
        "attempt_ids": list(tried.attempt_ids[-MAX_CITED:]) if tried else [],
    }

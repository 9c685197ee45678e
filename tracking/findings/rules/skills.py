"""What a learner has shown to know, and what fades."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy, ngettext_lazy

from tracking.conf import TrackingSettings
from tracking.definitions import skills
from tracking.findings.candidates import MAX_CITED, Candidate, confidence
from tracking.findings.facts import LearnerFacts, SkillFacts
from tracking.findings.rules.rule import ONLY_LEARNER, LearnerRule, next_step_for_unit
from tracking.models import UnitState


def find_wheel_spinning(
    learner: LearnerFacts, settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield the skills that were tried again and again in vain."""
    for skill in _unmastered(learner):
        if skills.is_wheel_spinning(skill, settings):
            yield _area(learner, skill, weight=0.8)


def find_low_mastery(
    learner: LearnerFacts, settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield the other skills that were shown to be low."""
    for skill in _unmastered(learner):
        is_weak = skills.is_weak(skill, skill.share, settings)
        if is_weak and not skills.is_wheel_spinning(skill, settings):
            yield _area(learner, skill, weight=0.55 + 0.2 * (1 - skill.share / settings.LOW_MASTERY_SHARE))


def find_reviews_due(
    learner: LearnerFacts, settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield, of the skills that were known and are due for a review, the few that are due longest."""
    available = {unit.key for unit in learner.open_units()}
    due = [
        skill
        for skill in learner.skills
        if skill.unit_key in available and skills.is_review_due(skill, skill.share, settings, now=now)
    ]
    due.sort(key=lambda skill: (skill.review_due_at or now, skill.key))
    for skill in due[: settings.MAX_REVIEWS_SHOWN]:
        days = (now - skill.last_at).days
        evidence = {**_evidence(learner, skill), "days": days}
        known = confidence(skill.answered_count)
        yield Candidate(
            unit_key=skill.unit_key,
            weight=0.25,
            evidence=evidence,
            confidence=known,
        )


def _unmastered(learner: LearnerFacts) -> Iterator[SkillFacts]:
    # Never where the quiz that the answers were given in is passed.
    open_keys = {unit.key for unit in learner.open_units() if unit.state is not UnitState.COMPLETED}
    return (skill for skill in learner.skills if skill.unit_key in open_keys)


def _area(learner: LearnerFacts, skill: SkillFacts, *, weight: float) -> Candidate:
    return Candidate(
        unit_key=skill.unit_key,
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


WHEEL_SPINNING = LearnerRule(
    reason="wheel_spinning",
    label=gettext_lazy("many answers without progress"),
    thresholds=("WHEEL_SPINNING_ANSWERS", "WHEEL_SPINNING_RUN"),
    find=find_wheel_spinning,
    label_to_learner=gettext_lazy("A good place to ask for help"),
    to_learner=ngettext_lazy(
        "You have put real work into “%(skill)s”: %(answered_count)s answer so far. "
        "Practising alone may not be the best way forward. Ask for help, or go back one "
        "step.",
        "You have put real work into “%(skill)s”: %(answered_count)s answers so far. "
        "Practising alone may not be the best way forward. Ask for help, or go back one "
        "step.",
        "answered_count",
    ),
    to_instructor=gettext_lazy(
        "“%(skill)s”: %(correct_count)s of %(answered_count)s answers right over several "
        "visits, never more than %(longest_run_count)s in a row."
    ),
    next_step=next_step_for_unit,
)

LOW_MASTERY = LearnerRule(
    reason="low_mastery",
    label=gettext_lazy("a skill not mastered yet"),
    thresholds=("LOW_MASTERY_SHARE", "MASTERY_MIN_ANSWERS", "WHEEL_SPINNING_ANSWERS", "WHEEL_SPINNING_RUN"),
    find=find_low_mastery,
    label_to_learner=gettext_lazy("Something to practise"),
    to_learner=gettext_lazy(
        "You have %(correct_count)s of %(answered_count)s answers on “%(skill)s” right "
        "so far. A little more practice will help."
    ),
    to_instructor=gettext_lazy(
        "“%(skill)s”: %(correct_count)s of %(answered_count)s answers right. Estimated "
        "chance of getting the next one right: %(chance)s."
    ),
    next_step=next_step_for_unit,
)

REVIEW_DUE = LearnerRule(
    reason="review_due",
    label=gettext_lazy("due for review"),
    thresholds=("LOW_MASTERY_SHARE", "MAX_REVIEWS_SHOWN"),
    find=find_reviews_due,
    label_to_learner=gettext_lazy("A short review"),
    to_learner=ngettext_lazy(
        "You knew “%(skill)s” %(days)s day ago. A short review now will help you remember it.",
        "You knew “%(skill)s” %(days)s days ago. A short review now will help you remember it.",
        "days",
    ),
    to_instructor=ngettext_lazy(
        "“%(skill)s”: known %(days)s day ago (%(correct_count)s of %(answered_count)s "
        "right), now due for review.",
        "“%(skill)s”: known %(days)s days ago (%(correct_count)s of %(answered_count)s "
        "right), now due for review.",
        "days",
    ),
    next_step=gettext_lazy("Review it"),
    audiences=ONLY_LEARNER,  # That a learner forgets a little is no reason to check in.
)

RULES = (WHEEL_SPINNING, LOW_MASTERY, REVIEW_DUE)

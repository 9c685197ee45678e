"""Reading what learners have shown of each skill, and how likely they are to finish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tracking.definitions import skills as skill_measures
from tracking.findings.facts import RiskFacts, SkillFacts
from tracking.models import Calibration, LearnerSkill
from tracking.risk import assessment


def read_skill_facts(course_key: str, head: dict[str, Any]) -> defaultdict[Any, list[SkillFacts]]:
    """Return the skills of each learner. Where the measure has not proved better, the plain share right stands."""
    calibration = Calibration.objects.filter(course_key=course_key).first()
    uses_observed_share = calibration is None or calibration.uses_observed_share
    skills: defaultdict[Any, list[SkillFacts]] = defaultdict(list)
    for row in LearnerSkill.objects.filter(**head).order_by("skill_key"):
        skills[row.learner_id].append(
            SkillFacts(
                key=row.skill_key,
                unit_key=row.unit_key,
                answered_count=row.answered_count,
                correct_count=row.correct_count,
                share=skill_measures.mastery_share(
                    expected_share=row.expected_share,
                    observed_share=row.observed_share,
                    uses_observed_share=uses_observed_share,
                ),
                longest_run_count=row.longest_run_count,
                first_at=row.first_at,
                last_at=row.last_at,
                review_due_at=row.review_due_at,
            )
        )
    return skills


def read_risk_facts(course_key: str, learner_ids: Sequence[Any]) -> dict[Any, RiskFacts]:
    """Return the risk of each learner who was assessed."""
    return {
        learner_id: RiskFacts(
            score=risk.risk,
            is_at_risk=risk.is_at_risk,
            day=risk.day,
            components=tuple((part.name, part.points) for part in risk.components),
        )
        for learner_id, risk in assessment.learner_risks(course_key, learner_ids).items()
    }

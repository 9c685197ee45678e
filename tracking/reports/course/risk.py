"""A class by risk, for the instructor's page: who is at risk and why, and what a threshold changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracking import conf, lms
from tracking.events import Purpose
from tracking.models import Enrolment, RiskThreshold
from tracking.privacy import consent
from tracking.risk import assessment
from tracking.risk.assessment import STEPS, AssessedRisk, ThresholdEffect
from tracking.risk.score import LOST
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerRiskRow:
    """One learner, with the risk as last assessed."""

    name: str
    group_title: str
    shares_engagement: bool
    risk: AssessedRisk


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOverview:
    """One class at one threshold: the current one, or one on trial."""

    course_key: str
    course_title: str
    freshness: Freshness
    is_over: bool
    threshold: float
    """The one in force."""
    site_threshold: float
    is_changed: bool
    changed_by: str
    """Who changed it; empty if no one did, or that user was deleted."""
    changed_at: datetime | None
    assessed_count: int
    assessed_at: datetime | None
    has_model: bool
    """Whether risks come from the trained model rather than from the score."""
    effect: ThresholdEffect
    """Of the threshold that is shown."""
    effects: tuple[ThresholdEffect, ...]
    """For each step, and for the shown and the current threshold if neither is a step."""
    flagged: tuple[LearnerRiskRow, ...]
    """Those at or above the threshold that is shown, the highest risk first."""

    @property
    def is_preview(self) -> bool:
        """Whether the threshold that is shown is not the current one."""
        return self.effect.threshold != self.threshold


def find_risk_overview(
    course_key: str, *, now: datetime, threshold: float | None = None
) -> RiskOverview | None:
    """Return the class at ``threshold`` (default: the current one), or ``None`` if the course is unknown.

    At most eight queries, and those about finished courses if their figures are not cached.
    """
    course_now = freshness.read_course_freshness(course_key)
    if course_now is None:
        return None
    moved = RiskThreshold.objects.select_related("changed_by").filter(course_key=course_key).first()
    site = conf.get_settings().RISK_THRESHOLD
    in_force = moved.threshold if moved else site
    shown = in_force if threshold is None else threshold
    lines = _lines(course_key)
    risks = [line.risk for line in lines]
    thresholds = sorted({*STEPS, in_force, shown})
    effects = assessment.find_effects(course_key, now=now, thresholds=thresholds, risks=risks)
    outline = course_now.outline
    return RiskOverview(
        course_key=course_key,
        course_title=outline.title,
        freshness=freshness.course_freshness(course_now, now=now),
        is_over=outline.ends_at is not None and outline.ends_at <= now,
        threshold=in_force,
        site_threshold=site,
        is_changed=moved is not None,
        changed_by=lms.get_adapter().display_name(moved.changed_by) if moved and moved.changed_by else "",
        changed_at=moved.changed_at if moved else None,
        assessed_count=len(lines),
        assessed_at=max((risk.assessed_at for risk in risks), default=None),
        has_model=any(risk.probability is not None for risk in risks),
        effect=next(effect for effect in effects if effect.threshold == shown),
        effects=effects,
        flagged=tuple(line for line in lines if line.risk.risk >= shown),
    )


def _lines(course_key: str) -> list[LearnerRiskRow]:
    risks = assessment.course_risks(course_key)
    enrolments = Enrolment.objects.filter(course_key=course_key).select_related("learner")
    enrolled = {each.learner_id: each for each in enrolments}
    sharing = consent.learners_covered(list(enrolled), Purpose.ENGAGEMENT, course_key=course_key)
    return [
        _line(risk, enrolled[risk.learner_id], sharing)
        for risk in risks
        if risk.learner_id in enrolled and (risk.learner_id in sharing or _is_of_points(risk))
    ]


def _is_of_points(risk: AssessedRisk) -> bool:
    # The stored parts of a learner who has just stopped sharing still describe their days until the next assessment:
    # do not show them.
    return all(part.name == LOST for part in risk.components)


def _line(risk: AssessedRisk, enrolment: Enrolment, sharing: Collection[Any]) -> LearnerRiskRow:
    return LearnerRiskRow(
        name=lms.get_adapter().display_name(enrolment.learner),
        group_title=enrolment.group_title,
        shares_engagement=enrolment.learner_id in sharing,
        risk=risk,
    )

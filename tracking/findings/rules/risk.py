"""Whether a learner is likely to finish."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy

from tracking.conf import TrackingSettings
from tracking.findings.candidates import Candidate
from tracking.findings.facts import LearnerFacts
from tracking.findings.rules.rule import LearnerRule


def find_at_risk(learner: LearnerFacts, _settings: TrackingSettings, *, now: datetime) -> Iterator[Candidate]:
    """Yield that the learner is not likely to finish, with what says so."""
    risk = learner.risk
    if risk is None or not risk.is_at_risk:
        return
    yield Candidate(
        unit_key="",
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


AT_RISK = LearnerRule(
    reason="at_risk",
    label=gettext_lazy("at risk of not finishing"),
    thresholds=("RISK_THRESHOLD",),
    find=find_at_risk,
    label_to_learner=gettext_lazy("One small step"),
    to_learner=gettext_lazy(
        "This is a good moment to pick one small thing and finish it. Your instructor is happy to help."
    ),
    to_instructor=gettext_lazy(
        "At risk of not finishing (risk %(score_label)s on day %(day)s of the course)."
    ),
    next_step=gettext_lazy("Continue"),
)

RULES = (AT_RISK,)

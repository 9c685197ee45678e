"""What an instructor asked a learner to go back to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy

from tracking.conf import TrackingSettings
from tracking.findings.candidates import Candidate
from tracking.findings.facts import LearnerFacts
from tracking.findings.rules.rule import ONLY_LEARNER, LearnerRule, Words, next_step_for_unit

ASSIGNED_TO_LEARNER = gettext_lazy("Your instructor suggests going back to this.")


def find_assigned_reviews(
    learner: LearnerFacts, _settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield the reviews that were assigned and are not done."""
    for review in learner.reviews:
        if not review.is_done:
            evidence = {"action_id": review.action_id, "text": review.text}
            yield Candidate(unit_key=review.unit_key, weight=1, evidence=evidence)


def _assigned_to_learner(words: Words) -> str:
    sentence = str(ASSIGNED_TO_LEARNER % words)
    return f"{sentence} “{words['text']}”" if words["text"] else sentence


REVIEW_ASSIGNED = LearnerRule(
    reason="review_assigned",
    label=gettext_lazy("a review assigned by the instructor"),
    find=find_assigned_reviews,
    label_to_learner=gettext_lazy("From your instructor"),
    to_learner=_assigned_to_learner,
    to_instructor=gettext_lazy("Was asked to review “%(unit)s”."),
    next_step=next_step_for_unit,
    audiences=ONLY_LEARNER,  # An instructor who assigned it does not need it as a reason to check in.
    is_requested=True,
)

RULES = (REVIEW_ASSIGNED,)

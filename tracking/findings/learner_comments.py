"""What learners say to the findings about them, for their instructors to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracking.events import LearnerId
from tracking.models import Action, ActionKind, Audience, DismissReason, OutlineUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerComment:
    """One objection or remark."""

    at: datetime
    unit_title: str
    is_objection: bool
    """Whether the learner says that the finding is not true."""
    text: str


def find_learner_comments(learner_id: LearnerId, course_key: str) -> list[LearnerComment]:
    """Return what a learner said in a course and has not undone, newest first. Two queries."""
    said = Action.objects.in_effect().filter(
        learner=learner_id,
        actor=learner_id,
        course_key=course_key,
        audience=Audience.LEARNER,
        kind__in=[ActionKind.DISMISSED, ActionKind.NOTED],
    )
    found = [
        each
        for each in said.order_by("-happened_at", "-pk")
        if each.text or each.dismiss_reason == DismissReason.INACCURATE
    ]
    units = OutlineUnit.objects.filter(course_key=course_key, unit_key__in={each.unit_key for each in found})
    titles = dict(units.values_list("unit_key", "title"))
    return [
        LearnerComment(
            at=each.happened_at,
            unit_title=titles.get(each.unit_key, ""),
            is_objection=each.dismiss_reason == DismissReason.INACCURATE,
            text=each.text,
        )
        for each in found
    ]

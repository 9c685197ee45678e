"""Reading the reviews that instructors assigned, and whether they were done."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import F, Sum

from tracking import conf
from tracking.findings import rules
from tracking.findings.facts import AssignedReview
from tracking.models import Action, ActionKind, Attempt, ClearReason, Finding, PageView


def read_review_facts(head: dict[str, Any]) -> defaultdict[Any, list[AssignedReview]]:
    """Return the reviews that were assigned to each learner and not undone."""
    reviews: defaultdict[Any, list[AssignedReview]] = defaultdict(list)
    for action in (
        Action.objects.in_effect()
        .filter(**head, kind=ActionKind.REVIEW_ASSIGNED)
        .order_by("happened_at", "pk")
    ):
        reviews[action.learner_id].append(
            AssignedReview(
                action_id=action.pk,
                unit_key=action.unit_key,
                assigned_at=action.happened_at,
                text=action.text,
                is_done=_is_reviewed(action),
            )
        )
    return reviews


def _is_reviewed(action: Action) -> bool:
    """Return whether the learner has worked on the unit since. Reviews are few, so each asks for itself."""
    head = {
        "learner_id": action.learner_id,
        "course_key": action.course_key,
        "unit_key": action.unit_key,
    }
    # Views are deleted some day; that the review was done is remembered by its finding.
    if Finding.objects.filter(
        **head,
        reason__in=rules.REQUESTED,
        clear_reason=ClearReason.REVIEW_DONE,
        cleared_at__gte=action.happened_at,
    ).exists():
        return True
    if Attempt.objects.submitted().filter(**head, submitted_at__gte=action.happened_at).exists():
        return True
    worked = PageView.objects.filter(**head, opened_at__gte=action.happened_at)
    spent = worked.aggregate(ms=Sum(F("active_ms") + F("estimated_ms")))["ms"] or 0
    return bool(spent >= conf.get_settings().ENGAGED_SECONDS * 1000)

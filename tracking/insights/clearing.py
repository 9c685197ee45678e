"""What made a finding go: the first answer that fits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tracking import conf
from tracking.insights.areas import Area
from tracking.insights.situations import LearnerSituation
from tracking.models import Clearing, Finding, Reason, State

OF_STATE = {
    State.COMPLETED: Clearing.COMPLETED,
    State.EXEMPT: Clearing.EXEMPT,
    State.LOCKED: Clearing.UNAVAILABLE,
}


def of_learner(
    finding: Finding, *, learner: LearnerSituation | None, areas: Sequence[Area], now: datetime
) -> Clearing:
    """Return why ``finding`` is gone, now that ``areas`` are all that the rules find about ``learner``."""
    if learner is None:
        return Clearing.UNENROLLED
    if not learner.is_open(now):
        return Clearing.NOT_RUNNING
    if finding.reason == Reason.ASSIGNED:
        is_done = any(review.is_done for review in learner.reviews if review.unit_key == finding.unit_key)
        return Clearing.REVIEWED if is_done else Clearing.WITHDRAWN
    if learner.is_finished:
        return Clearing.FINISHED
    return _of_cause(finding, learner, areas)


def of_class(finding: Finding, *, unit_keys: set[str]) -> Clearing:
    """Return why ``finding`` about a class with the units ``unit_keys`` is gone."""
    if finding.reason in conf.get_settings().REASONS_OFF:
        return Clearing.SWITCHED_OFF
    return Clearing.IMPROVED if finding.unit_key in unit_keys else Clearing.UNAVAILABLE


def _of_cause(finding: Finding, learner: LearnerSituation, areas: Sequence[Area]) -> Clearing:
    if finding.reason in conf.get_settings().REASONS_OFF:
        return Clearing.SWITCHED_OFF
    if finding.unit_key:
        return _of_unit(finding, learner, areas)
    has_come = learner.last_at is not None and learner.last_at >= finding.opened_at
    return Clearing.RETURNED if has_come else Clearing.IMPROVED


def _of_unit(finding: Finding, learner: LearnerSituation, areas: Sequence[Area]) -> Clearing:
    states = {unit.key: unit.state for unit in learner.units}
    if finding.unit_key not in states:
        return Clearing.UNAVAILABLE
    state = states[finding.unit_key]
    if any(area.unit_key == finding.unit_key for area in areas):
        return Clearing.REPLACED
    if states.get(finding.evidence.get("quiz_key", "")) is State.COMPLETED:
        return Clearing.COMPLETED
    return OF_STATE.get(state, Clearing.IMPROVED)

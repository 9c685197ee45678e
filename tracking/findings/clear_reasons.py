"""What made a finding go: the first answer that fits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tracking import conf
from tracking.findings import rules
from tracking.findings.candidates import Candidate
from tracking.findings.facts import LearnerFacts
from tracking.models import ClearReason, Finding, UnitState

OF_STATE = {
    UnitState.COMPLETED: ClearReason.COMPLETED,
    UnitState.EXCUSED: ClearReason.EXCUSED,
    UnitState.LOCKED: ClearReason.UNAVAILABLE,
}


def learner_clear_reason(
    finding: Finding, *, learner: LearnerFacts | None, areas: Sequence[Candidate], now: datetime
) -> ClearReason:
    """Return why ``finding`` is gone, now that ``areas`` are all that the rules find about ``learner``."""
    if learner is None:
        return ClearReason.UNENROLLED
    if not learner.is_open(now):
        return ClearReason.NOT_RUNNING
    if finding.reason in rules.REQUESTED:
        is_done = any(review.is_done for review in learner.reviews if review.unit_key == finding.unit_key)
        return ClearReason.REVIEW_DONE if is_done else ClearReason.REVIEW_WITHDRAWN
    if learner.is_finished:
        return ClearReason.COURSE_FINISHED
    return _of_cause(finding, learner, areas)


def class_clear_reason(finding: Finding, *, unit_keys: set[str]) -> ClearReason:
    """Return why ``finding`` about a class with the units ``unit_keys`` is gone."""
    if finding.reason in conf.get_settings().DISABLED_REASONS:
        return ClearReason.RULE_DISABLED
    return ClearReason.IMPROVED if finding.unit_key in unit_keys else ClearReason.UNAVAILABLE


def _of_cause(finding: Finding, learner: LearnerFacts, areas: Sequence[Candidate]) -> ClearReason:
    if finding.reason in conf.get_settings().DISABLED_REASONS:
        return ClearReason.RULE_DISABLED
    if finding.unit_key:
        return _of_unit(finding, learner, areas)
    has_come = learner.last_at is not None and learner.last_at >= finding.opened_at
    return ClearReason.RETURNED if has_come else ClearReason.IMPROVED


def _of_unit(finding: Finding, learner: LearnerFacts, areas: Sequence[Candidate]) -> ClearReason:
    states = {unit.key: unit.state for unit in learner.units}
    if finding.unit_key not in states:
        return ClearReason.UNAVAILABLE
    state = states[finding.unit_key]
    if any(area.unit_key == finding.unit_key for area in areas):
        return ClearReason.REPLACED
    if states.get(finding.evidence.get("quiz_key", "")) is UnitState.COMPLETED:
        return ClearReason.COMPLETED
    return OF_STATE.get(state, ClearReason.IMPROVED)

"""What was gone past, and what takes far longer than it takes others."""

from __future__ import annotations

from collections.abc import Iterator

from tracking.conf import TrackingSettings
from tracking.definitions.states import WORKED_ON
from tracking.findings.candidates import Candidate, confidence
from tracking.findings.facts import LearnerFacts
from tracking.models import Reason, UnitState


def find_skipped(learner: LearnerFacts) -> Iterator[Candidate]:
    """Yield what the learner went past, and of what is merely overdue the first, with how much of it there is.

    Nothing is overdue for one who has not begun: that has a reason of its own, once there was time to.
    """
    required = [unit for unit in learner.open_units() if unit.is_required]
    reached = max((place for place, unit in enumerate(required, 1) if unit.state in WORKED_ON), default=0)
    for place, unit in enumerate(required[:reached]):
        if unit.state is UnitState.SKIPPED:
            later = next(each for each in required[place:] if each.state in WORKED_ON)
            evidence = {"kind": str(unit.kind), "later_key": later.key}
            yield Candidate(unit_key=unit.key, reason=Reason.SKIPPED, weight=0.35, evidence=evidence)
    overdue = [unit for unit in required[reached:] if unit.state is UnitState.SKIPPED]
    if overdue and learner.last_at is not None:
        count = {"kind": str(overdue[0].kind), "overdue_count": len(overdue)}
        weight = min(0.3 + 0.04 * len(overdue), 0.6)
        yield Candidate(
            unit_key=overdue[0].key,
            reason=Reason.SKIPPED,
            weight=weight,
            evidence=count,
            severity=len(overdue),
        )


def find_long_times(learner: LearnerFacts, rules: TrackingSettings) -> Iterator[Candidate]:
    """Yield the lessons that are not finished after more time than nearly all of the class took."""
    for unit in learner.open_units():
        if unit.state is not UnitState.IN_PROGRESS or unit.class_p90_ms is None:
            continue
        if unit.class_timed_count >= rules.MIN_CLASS_SIZE and unit.active_ms > unit.class_p90_ms:
            yield Candidate(
                unit_key=unit.key,
                reason=Reason.LONG_TIME,
                weight=0.45,
                evidence={
                    "active_ms": unit.active_ms,
                    "p90_ms": unit.class_p90_ms,
                    "n": unit.class_timed_count,
                },
                confidence=confidence(unit.class_timed_count),
                severity=unit.active_ms,
            )

"""Whether a learner comes, and gets on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tracking.conf import TrackingSettings
from tracking.findings.candidates import Candidate
from tracking.findings.facts import LearnerFacts
from tracking.models import Reason, UnitState


def find_absence(learner: LearnerFacts, rules: TrackingSettings, *, now: datetime) -> Candidate | None:
    """Return that the learner has not come for a while, or never came. Whoever is ahead of the dates may rest."""
    limit = timedelta(days=rules.INACTIVE_DAYS)
    if learner.last_at is not None:
        if now - learner.last_at < limit or _has_time(learner, rules, now=now):
            return None
        evidence = {"days": (now - learner.last_at).days, "last_at": learner.last_at.isoformat()}
        return Candidate(unit_key="", reason=Reason.INACTIVE, weight=0.8, evidence=evidence)
    begun = max((at for at in (learner.starts_at, learner.enrolled_at) if at is not None), default=None)
    if begun is None or now - begun < limit:
        return None
    evidence = {"days": (now - begun).days, "since": begun.isoformat()}
    return Candidate(unit_key="", reason=Reason.NEVER_STARTED, weight=0.85, evidence=evidence)


def find_stalled(learner: LearnerFacts, rules: TrackingSettings, *, now: datetime) -> Iterator[Candidate]:
    """Yield that the learner comes and begins nothing new, though there is something to begin and it is time."""
    # A glance at the next lesson is no beginning.
    begun = [unit.first_at for unit in learner.units if unit.first_at and unit.state is not UnitState.BOUNCED]
    unit = learner.next_unit()
    if unit is None or not begun or _has_time(learner, rules, now=now):
        return
    days = (now - max(begun)).days
    if days >= rules.STALLED_DAYS and learner.active_day_count >= rules.STALLED_ACTIVE_DAYS:
        evidence = {
            "days": days,
            "active_day_count": learner.active_day_count,
            "since": max(begun).isoformat(),
        }
        yield Candidate(unit_key=unit.key, reason=Reason.STALLED, weight=0.65, evidence=evidence)


def _has_time(learner: LearnerFacts, rules: TrackingSettings, *, now: datetime) -> bool:
    """Return whether nothing required that is open is due by now or soon, and the next has a date."""
    undone = [
        unit for unit in learner.open_units() if unit.is_required and unit.state is not UnitState.COMPLETED
    ]
    soon = now + timedelta(days=rules.INACTIVE_DAYS)
    return bool(undone) and all(unit.due_at is not None and unit.due_at > soon for unit in undone)

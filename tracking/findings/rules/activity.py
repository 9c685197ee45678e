"""Whether a learner comes, and gets on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy, ngettext_lazy

from tracking.conf import TrackingSettings
from tracking.findings.candidates import Candidate
from tracking.findings.facts import LearnerFacts
from tracking.findings.rules.rule import LearnerRule
from tracking.models import UnitState


def find_never_started(
    learner: LearnerFacts, settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield that the learner never came, although there was time to."""
    begun = max((at for at in (learner.starts_at, learner.enrolled_at) if at is not None), default=None)
    if learner.last_at is not None or begun is None or now - begun < timedelta(days=settings.INACTIVE_DAYS):
        return
    evidence = {"days": (now - begun).days, "since": begun.isoformat()}
    yield Candidate(unit_key="", weight=0.85, evidence=evidence)


def find_inactive(learner: LearnerFacts, settings: TrackingSettings, *, now: datetime) -> Iterator[Candidate]:
    """Yield a candidate if the learner has been inactive for a while, unless they are ahead of the due dates."""
    if learner.last_at is None or not _is_absent(learner, settings, now=now):
        return
    if not _has_time(learner, settings, now=now):
        evidence = {"days": (now - learner.last_at).days, "last_at": learner.last_at.isoformat()}
        yield Candidate(unit_key="", weight=0.8, evidence=evidence)


def find_stalled(learner: LearnerFacts, settings: TrackingSettings, *, now: datetime) -> Iterator[Candidate]:
    """Yield that the learner comes and begins nothing new, though there is something to begin and it is time."""
    # A glance at the next lesson is no beginning.
    begun = [unit.first_at for unit in learner.units if unit.first_at and unit.state is not UnitState.BOUNCED]
    step = learner.next_step(now) if learner.has_unit_to_begin() else None
    if step is None or not begun or _has_time(learner, settings, now=now):
        return
    days = (now - max(begun)).days
    is_due = days >= settings.STALLED_DAYS and learner.active_day_count >= settings.STALLED_ACTIVE_DAYS
    if is_due and not _is_absent(learner, settings, now=now):
        evidence = {
            "days": days,
            "active_day_count": learner.active_day_count,
            "since": max(begun).isoformat(),
        }
        yield Candidate(unit_key=step.unit_key, weight=0.65, evidence=evidence)


def _is_absent(learner: LearnerFacts, settings: TrackingSettings, *, now: datetime) -> bool:
    return learner.last_at is not None and now - learner.last_at >= timedelta(days=settings.INACTIVE_DAYS)


def _has_time(learner: LearnerFacts, settings: TrackingSettings, *, now: datetime) -> bool:
    """Return whether nothing required that is open is due by now or soon, and the next has a date."""
    undone = [
        unit for unit in learner.open_units() if unit.is_required and unit.state is not UnitState.COMPLETED
    ]
    soon = now + timedelta(days=settings.INACTIVE_DAYS)
    return bool(undone) and all(unit.due_at is not None and unit.due_at > soon for unit in undone)


STALLED = LearnerRule(
    reason="stalled",
    label=gettext_lazy("active, but starting nothing new"),
    thresholds=("STALLED_DAYS", "STALLED_ACTIVE_DAYS"),
    find=find_stalled,
    label_to_learner=gettext_lazy("Your next step"),
    to_learner=gettext_lazy(
        "You keep coming back, and that matters. This is your next new step, whenever you are ready."
    ),
    to_instructor=ngettext_lazy(
        "Active on %(active_day_count)s day of the last %(days)s but started nothing new. Next: “%(unit)s”.",
        "Active on %(active_day_count)s days of the last %(days)s but started nothing new. Next: “%(unit)s”.",
        "active_day_count",
    ),
    next_step=gettext_lazy("Continue here"),
)

INACTIVE = LearnerRule(
    reason="inactive",
    label=gettext_lazy("no recent activity"),
    thresholds=("INACTIVE_DAYS",),
    find=find_inactive,
    label_to_learner=gettext_lazy("Your place is saved"),
    to_learner=ngettext_lazy(
        "You were last here %(days)s day ago. Your place is saved: pick up where you left off.",
        "You were last here %(days)s days ago. Your place is saved: pick up where you left off.",
        "days",
    ),
    to_instructor=ngettext_lazy("No activity for %(days)s day.", "No activity for %(days)s days.", "days"),
    next_step=gettext_lazy("Continue"),
)

NEVER_STARTED = LearnerRule(
    reason="never_started",
    label=gettext_lazy("never started"),
    thresholds=("INACTIVE_DAYS",),
    find=find_never_started,
    label_to_learner=gettext_lazy("Your course is open"),
    to_learner=gettext_lazy("The course is open, and your first lesson is waiting for you."),
    to_instructor=ngettext_lazy(
        "Has not started. The course has been open to this learner for %(days)s day.",
        "Has not started. The course has been open to this learner for %(days)s days.",
        "days",
    ),
    next_step=gettext_lazy("Start the course"),
    is_alone=True,
)

RULES = (STALLED, INACTIVE, NEVER_STARTED)

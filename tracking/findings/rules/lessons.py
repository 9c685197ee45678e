"""What was gone past, and what takes far longer than it takes others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy, ngettext_lazy

from tracking.conf import TrackingSettings
from tracking.definitions.states import WORKED_ON
from tracking.findings.candidates import Candidate, confidence
from tracking.findings.facts import LearnerFacts
from tracking.findings.rules.rule import LearnerRule, Words, next_step_for_skipped, next_step_for_unit
from tracking.models import UnitState

SKIPPED_TO_LEARNER = gettext_lazy("You skipped this one, and later parts build on it.")

SKIPPED_TO_INSTRUCTOR = gettext_lazy("Skipped “%(unit)s”.")

OVERDUE_TO_LEARNER = ngettext_lazy(
    "This is overdue and not started yet. It is a good place to continue.",
    "%(overdue_count)s lessons and quizzes are overdue and not started yet. Begin with this one.",
    "overdue_count",
)

OVERDUE_TO_INSTRUCTOR = ngettext_lazy(
    "“%(unit)s” is overdue and not started.",
    "%(overdue_count)s lessons and quizzes are overdue and not started. The first is “%(unit)s”.",
    "overdue_count",
)


def find_skipped(learner: LearnerFacts, _settings: TrackingSettings, *, now: datetime) -> Iterator[Candidate]:
    """Yield what the learner went past, and of what is merely overdue the first, with how much of it there is.

    Nothing is overdue for one who has not begun: that has a reason of its own, once there was time to.
    """
    if not learner.shares_engagement:
        return
    required = [unit for unit in learner.open_units() if unit.is_required]
    reached = max((place for place, unit in enumerate(required, 1) if unit.state in WORKED_ON), default=0)
    for place, unit in enumerate(required[:reached]):
        if unit.state is UnitState.SKIPPED:
            later = next(each for each in required[place:] if each.state in WORKED_ON)
            evidence = {"kind": str(unit.kind), "later_key": later.key}
            yield Candidate(unit_key=unit.key, weight=0.35, evidence=evidence)
    overdue = [unit for unit in required[reached:] if unit.state is UnitState.SKIPPED]
    if overdue and learner.last_at is not None:
        count = {"kind": str(overdue[0].kind), "overdue_count": len(overdue)}
        weight = min(0.3 + 0.04 * len(overdue), 0.6)
        yield Candidate(
            unit_key=overdue[0].key,
            weight=weight,
            evidence=count,
            severity=len(overdue),
        )


def find_long_times(
    learner: LearnerFacts, settings: TrackingSettings, *, now: datetime
) -> Iterator[Candidate]:
    """Yield the lessons that are not finished after more time than nearly all of the class took."""
    for unit in learner.open_units():
        if unit.state is not UnitState.IN_PROGRESS or unit.class_p90_ms is None:
            continue
        if unit.class_timed_count >= settings.MIN_CLASS_SIZE and unit.active_ms > unit.class_p90_ms:
            yield Candidate(
                unit_key=unit.key,
                weight=0.45,
                evidence={
                    "active_ms": unit.active_ms,
                    "p90_ms": unit.class_p90_ms,
                    "n": unit.class_timed_count,
                },
                confidence=confidence(unit.class_timed_count),
                severity=unit.active_ms,
            )


def _skipped_to_learner(words: Words) -> str:
    return str((OVERDUE_TO_LEARNER if "overdue_count" in words else SKIPPED_TO_LEARNER) % words)


def _skipped_to_instructor(words: Words) -> str:
    return str((OVERDUE_TO_INSTRUCTOR if "overdue_count" in words else SKIPPED_TO_INSTRUCTOR) % words)


SKIPPED = LearnerRule(
    reason="skipped",
    label=gettext_lazy("a skipped lesson"),
    find=find_skipped,
    label_to_learner=gettext_lazy("A lesson to catch up on"),
    to_learner=_skipped_to_learner,
    to_instructor=_skipped_to_instructor,
    next_step=next_step_for_skipped,
    cites_page_views=True,
)

LONG_TIME = LearnerRule(
    reason="long_time",
    label=gettext_lazy("far more time than the class, not finished"),
    thresholds=("MIN_CLASS_SIZE",),
    find=find_long_times,
    label_to_learner=gettext_lazy("A good place to ask for help"),
    to_learner=ngettext_lazy(
        "You have spent %(minutes)s minute on this. It may be a good time to ask for help.",
        "You have spent %(minutes)s minutes on this. It may be a good time to ask for help.",
        "minutes",
    ),
    to_instructor=ngettext_lazy(
        "%(minutes)s minute on “%(unit)s” without finishing; nine in ten learners need "
        "%(p90_minutes)s minutes or less.",
        "%(minutes)s minutes on “%(unit)s” without finishing; nine in ten learners need "
        "%(p90_minutes)s minutes or less.",
        "minutes",
    ),
    next_step=next_step_for_unit,
    cites_page_views=True,
)

RULES = (SKIPPED, LONG_TIME)

"""The rules: from a situation to the areas that need reinforcement, each with its reason, weight and evidence.

Pure functions of plain values. A rule never speaks of what is complete, nor of a course that has not begun or is over.
Evidence holds only numbers, keys and dates: the words are made when somebody reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tracking.conf import TrackingSettings
from tracking.events import UnitKind
from tracking.insights.situations import ClassSituation, LearnerSituation, UnitOfClass, UnitSituation
from tracking.models import Reason, State

PASSED_OVER = frozenset({State.SKIPPED, State.SKIMMED, State.BOUNCED, State.NOT_REACHED})
"""States in which a lesson cannot have helped with a question that draws on it."""

WORKED_ON = frozenset({State.COMPLETED, State.SUBMITTED, State.FAILED, State.IN_PROGRESS, State.SKIMMED})
"""States of what a learner did something in: whatever comes before it was gone past."""

ENOUGH_ANSWERS = 10
"""Answers to a lesson's questions needed before the lesson is called hard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area to reinforce. ``weight`` is from 0 to 1 and comparable within one learner or one class.

    ``confidence`` is from 0 to 1; ``measure`` says how bad it is in the rule's own unit, and is ``None`` where only
    time makes it worse.
    """

    unit_key: str
    reason: Reason
    weight: float
    evidence: dict[str, Any] = field(default_factory=dict)
    confidence: float = 1.0
    measure: float | None = None


def find_for_learner(learner: LearnerSituation, rules: TrackingSettings, *, now: datetime) -> list[Area]:
    """Return the areas ``learner`` should go back to, heaviest first; of two reasons for one unit only the heavier.

    What an instructor assigned stands beside them, also when the learner is through with the course.
    """
    return [*_assigned(learner, now=now), *_found(learner, rules, now=now)]


def find_for_class(situation: ClassSituation, rules: TrackingSettings) -> list[Area]:
    """Return the areas that a whole class should go back to, heaviest first."""
    areas = [area for unit in situation.units for area in _of_class(unit, rules)]
    return sorted(areas, key=lambda area: (-area.weight, area.unit_key, area.reason))


def _assigned(learner: LearnerSituation, *, now: datetime) -> Iterator[Area]:
    for review in learner.reviews if learner.is_open(now) else ():
        if not review.is_done:
            evidence = {"action_id": review.action_id, "words": review.words}
            yield Area(unit_key=review.unit_key, reason=Reason.ASSIGNED, weight=1, evidence=evidence)


def _found(learner: LearnerSituation, rules: TrackingSettings, *, now: datetime) -> list[Area]:
    if not learner.is_running(now):
        return []
    absence = _absence(learner, rules, now=now)
    if absence is not None and absence.reason is Reason.NEVER_STARTED:
        return [absence]
    areas = [
        *([absence] if absence else []),
        *_failures(learner, rules, now=now),
        *_missed_questions(learner),
        *(_passed_over(learner) if learner.shares_engagement else ()),
        *_long_times(learner, rules),
    ]
    return _heaviest_of_each_unit(areas)


def _absence(learner: LearnerSituation, rules: TrackingSettings, *, now: datetime) -> Area | None:
    limit = timedelta(days=rules.INACTIVE_DAYS)
    if learner.last_at is not None:
        days = (now - learner.last_at).days
        return _whole(Reason.INACTIVE, 0.8, days=days) if now - learner.last_at >= limit else None
    begun = max((at for at in (learner.starts_at, learner.enrolled_at) if at is not None), default=None)
    if begun is None or now - begun < limit:
        return None
    return _whole(Reason.NEVER_STARTED, 0.85, days=(now - begun).days)


def _whole(reason: Reason, weight: float, *, days: int) -> Area:
    return Area(unit_key="", reason=reason, weight=weight, evidence={"days": days})


def _failures(learner: LearnerSituation, rules: TrackingSettings, *, now: datetime) -> Iterator[Area]:
    for unit in learner.units:
        if unit.state is not State.FAILED or unit.tried is None:
            continue
        shares, failed_at = unit.tried.shares, unit.tried.failed_at
        evidence = {"attempt_count": len(failed_at), "best_share": max(shares, default=None)}
        # Up to the last of them, not to now: what was failed again and again is not failed less because time goes by.
        window = max(failed_at, default=now) - timedelta(days=rules.FAILED_ATTEMPTS_DAYS)
        is_repeated = sum(at >= window for at in failed_at) >= rules.FAILED_ATTEMPTS
        has_no_gain = len(shares) >= 2 and shares[-1] <= shares[-2]
        if is_repeated or has_no_gain:
            yield Area(unit_key=unit.key, reason=Reason.REPEATED_FAILURE, weight=0.75, evidence=evidence)
        else:
            yield Area(unit_key=unit.key, reason=Reason.FAILED, weight=0.5, evidence=evidence)


def _missed_questions(learner: LearnerSituation) -> Iterator[Area]:
    """Yield the lessons on which the questions missed in a quiz not passed draw, apart by whether they were read."""
    lessons = {unit.key: unit for unit in learner.units if unit.kind is not UnitKind.QUIZ}
    for quiz in learner.units:
        if quiz.tried is None or quiz.state is State.COMPLETED:
            continue
        missed = Counter(key for keys in quiz.tried.missed for key in keys)
        asked = Counter(key for keys in quiz.tried.asked for key in keys)
        for key in sorted(missed.keys() & lessons.keys()):
            area = _missed(
                lessons[key], quiz, missed_count=missed[key], asked_count=asked[key], learner=learner
            )
            if area is not None:
                yield area


def _missed(
    lesson: UnitSituation,
    quiz: UnitSituation,
    *,
    missed_count: int,
    asked_count: int,
    learner: LearnerSituation,
) -> Area | None:
    evidence = {
        "quiz_key": quiz.key,
        "missed_count": missed_count,
        "asked_count": asked_count,
        "state": str(lesson.state),
    }
    share = missed_count / asked_count
    if lesson.state in PASSED_OVER and learner.shares_engagement:
        return Area(
            unit_key=lesson.key, reason=Reason.SKIPPED_CAUSE, weight=0.85 + 0.1 * share, evidence=evidence
        )
    if missed_count >= 2 or share > 0.5:
        return Area(
            unit_key=lesson.key, reason=Reason.LOW_SCORE, weight=0.55 + 0.1 * share, evidence=evidence
        )
    return None


def _passed_over(learner: LearnerSituation) -> Iterator[Area]:
    """Yield what the learner went past, and of what is merely overdue the first, with how much of it there is.

    Nothing is overdue for one who has not begun: that has a reason of its own, once there was time to.
    """
    required = [unit for unit in learner.units if unit.is_required]
    reached = max((place for place, unit in enumerate(required, 1) if unit.state in WORKED_ON), default=0)
    for unit in required[:reached]:
        if unit.state is State.SKIPPED:
            yield Area(
                unit_key=unit.key, reason=Reason.SKIPPED, weight=0.35, evidence={"kind": str(unit.kind)}
            )
    overdue = [unit for unit in required[reached:] if unit.state is State.SKIPPED]
    if overdue and learner.last_at is not None:
        evidence = {"kind": str(overdue[0].kind), "overdue_count": len(overdue)}
        weight = min(0.3 + 0.04 * len(overdue), 0.6)
        yield Area(unit_key=overdue[0].key, reason=Reason.SKIPPED, weight=weight, evidence=evidence)


def _long_times(learner: LearnerSituation, rules: TrackingSettings) -> Iterator[Area]:
    for unit in learner.units:
        if unit.state is not State.IN_PROGRESS or unit.class_p90_ms is None:
            continue
        if unit.class_timed_count >= rules.CLASS_MINIMUM and unit.active_ms > unit.class_p90_ms:
            evidence = {"active_ms": unit.active_ms, "p90_ms": unit.class_p90_ms, "n": unit.class_timed_count}
            yield Area(unit_key=unit.key, reason=Reason.LONG_TIME, weight=0.45, evidence=evidence)


def _heaviest_of_each_unit(areas: Iterable[Area]) -> list[Area]:
    kept: dict[str, Area] = {}
    for area in sorted(areas, key=lambda area: (-area.weight, area.unit_key, area.reason)):
        kept.setdefault(area.unit_key, area)
    return list(kept.values())


def _of_class(unit: UnitOfClass, rules: TrackingSettings) -> Iterator[Area]:
    passed_by = unit.reached_count + unit.skipped_count
    if passed_by >= rules.GROUP_MINIMUM and unit.skipped_count / passed_by >= rules.SKIPPED_BY_MANY_SHARE:
        evidence = {"skipped_count": unit.skipped_count, "passed_by_count": passed_by}
        weight = 0.4 + 0.4 * unit.skipped_count / passed_by
        yield Area(unit_key=unit.key, reason=Reason.SKIPPED_BY_MANY, weight=weight, evidence=evidence)
    if unit.attempted_count >= rules.GROUP_MINIMUM:
        share = unit.first_passed_count / unit.attempted_count
        if share < rules.HARD_FIRST_TRY_SHARE:
            evidence = {
                "first_passed_count": unit.first_passed_count,
                "attempted_count": unit.attempted_count,
            }
            yield Area(
                unit_key=unit.key, reason=Reason.HARD_QUIZ, weight=0.5 + 0.4 * (1 - share), evidence=evidence
            )
    if unit.answered_count >= ENOUGH_ANSWERS:
        share = unit.correct_count / unit.answered_count
        if share < rules.HARD_FIRST_TRY_SHARE:
            evidence = {"correct_count": unit.correct_count, "answered_count": unit.answered_count}
            yield Area(
                unit_key=unit.key,
                reason=Reason.HARD_LESSON,
                weight=0.55 + 0.4 * (1 - share),
                evidence=evidence,
            )

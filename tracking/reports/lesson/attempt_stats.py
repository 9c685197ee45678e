"""Attempts at a quiz over its class: the first ones next to all."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from tracking.models import Attempt, LearnerUnit, UnitState
from tracking.privacy import groups

LATE_TRY = 4
"""From this number on, attempts are counted together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStats:
    """Attempts at a quiz, counted together; ``attempt_number`` is 0 for all of them, 4 for the fourth and later."""

    attempt_number: int
    learner_count: int
    try_count: int
    mean_share: float | None
    passed_share: float | None
    """Of the attempts that were passed or failed; for first attempts it is ``shares.PASSED_FIRST``."""


def class_attempt_stats(course_key: str, unit_key: str) -> tuple[AttemptStats, ...]:
    """Return the stats of the first attempts, the second and so on, and of all attempts last. Three queries."""
    included = groups.learners_in_figures(course_key)
    excused = Exists(
        LearnerUnit.objects.filter(
            course_key=course_key,
            unit_key=unit_key,
            learner_id=OuterRef("learner_id"),
            state=UnitState.EXCUSED,
        )
    )
    attempts = (
        Attempt.objects.submitted()
        .filter(~excused, course_key=course_key, unit_key=unit_key, learner_id__in=included)
        .order_by("submitted_at", "source_key")
    )
    numbers: Counter[Any] = Counter()
    by_number: defaultdict[int, list[Attempt]] = defaultdict(list)
    everything = []
    for attempt in attempts:
        numbers[attempt.learner_id] += 1
        by_number[min(numbers[attempt.learner_id], LATE_TRY)].append(attempt)
        everything.append(attempt)
    found = [_measure(number, by_number[number]) for number in sorted(by_number)]
    if len(everything) > len(by_number[1]):
        found.append(_measure(0, everything))
    return tuple(found)


def _measure(number: int, attempts: Sequence[Attempt]) -> AttemptStats:
    return AttemptStats(
        attempt_number=number,
        learner_count=len({attempt.learner_id for attempt in attempts}),
        try_count=len(attempts),
        mean_share=_mean(attempt.share for attempt in attempts),
        passed_share=_mean(attempt.is_passed for attempt in attempts),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the known values, or ``None`` if none is known."""
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None

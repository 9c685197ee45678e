"""Tries at a quiz over its class: the first beside all."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from tracking import conf
from tracking.models import Attempt, Enrolment

LATE_TRY = 4
"""From this try on, tries are taken together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStats:
    """Tries at a quiz taken together; ``attempt_number`` is 0 for all of them, and 4 stands for the fourth and later."""

    attempt_number: int
    learner_count: int
    try_count: int
    mean_share: float | None
    passed_share: float | None


def class_attempt_stats(course_key: str, unit_key: str) -> tuple[AttemptStats, ...]:
    """Return the measures of the first, the second try and so on, and of all together last. One query."""
    enrolled = Exists(Enrolment.objects.filter(course_key=course_key, learner_id=OuterRef("learner_id")))
    attempts = (
        Attempt.objects.submitted()
        .filter(enrolled, course_key=course_key, unit_key=unit_key)
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
    learner_count = len({attempt.learner_id for attempt in attempts})
    is_enough = learner_count >= conf.get_settings().MIN_GROUP_SIZE
    shares = [attempt.share for attempt in attempts if attempt.share is not None]
    decided = [attempt.is_passed for attempt in attempts if attempt.is_passed is not None]
    return AttemptStats(
        attempt_number=number,
        learner_count=learner_count,
        try_count=len(attempts),
        mean_share=statistics.fmean(shares) if shares and is_enough else None,
        passed_share=sum(decided) / len(decided) if decided and is_enough else None,
    )

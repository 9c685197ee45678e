"""A learner's attempts at the quizzes of a course, each compared with the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tracking.events import LearnerId
from tracking.models import Attempt, OutlineUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """One submitted attempt; ``change`` is the difference to the attempt before at the same quiz."""

    attempt_id: int
    unit_key: str
    unit_title: str
    attempt_number: int
    submitted_at: datetime
    share: float | None
    is_passed: bool | None
    change: float | None


def learner_attempts(
    learner_id: LearnerId, course_key: str, units: Mapping[str, OutlineUnit]
) -> tuple[AttemptResult, ...]:
    """Return the submitted attempts, newest first. One query."""
    mine = Attempt.objects.submitted().filter(learner_id=learner_id, course_key=course_key)
    tried: list[AttemptResult] = []
    before: dict[str, AttemptResult] = {}
    for attempt in mine.order_by("submitted_at", "source_key"):
        last = before.get(attempt.unit_key)
        share = attempt.share
        unit = units.get(attempt.unit_key)
        before[attempt.unit_key] = AttemptResult(
            attempt_id=attempt.pk,
            unit_key=attempt.unit_key,
            unit_title=unit.title if unit else attempt.unit_key,
            attempt_number=last.attempt_number + 1 if last else 1,
            submitted_at=attempt.submitted_at or attempt.started_at,
            share=share,
            is_passed=attempt.is_passed,
            change=share - last.share if last and share is not None and last.share is not None else None,
        )
        tried.append(before[attempt.unit_key])
    return tuple(reversed(tried))

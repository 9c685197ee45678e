"""One attempt at a quiz next to the others: what was answered, what changed, and what was read in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracking.definitions import times
from tracking.events import LearnerId, Purpose
from tracking.models import Answer, Attempt, CourseOutline, LearnerUnit, OutlineUnit, PageView, UnitState
from tracking.privacy import consent


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLesson:
    """A lesson that a question draws on. ``state`` is ``None`` if the learner does not share it."""

    key: str
    title: str
    url: str
    state: UnitState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedAnswer:
    """One question with its answer in this attempt and in the one before."""

    question_key: str
    is_correct: bool | None
    points: float | None
    max_points: float | None
    chosen: tuple[str, ...]
    was_correct: bool | None
    """In the attempt before; ``None`` if there was none, or the question was not asked or graded in it."""
    lessons: tuple[RelatedLesson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBetween:
    """A unit opened between the attempt before and this one, with its active time."""

    key: str
    title: str
    active_seconds: int
    view_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedAttempt:
    """One attempt at the quiz."""

    attempt_id: int
    attempt_number: int
    started_at: datetime
    submitted_at: datetime
    share: float | None
    is_passed: bool | None
    change: float | None
    read_before: tuple[OpenedBetween, ...]
    """What was read since the attempt before, in course order; empty for the first attempt."""

    @property
    def taken_seconds(self) -> int:
        """From start to submission."""
        return max(round((self.submitted_at - self.started_at).total_seconds()), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptReview:
    """One attempt with its answers, and all attempts at the same quiz."""

    course_key: str
    course_title: str
    learner_id: Any
    unit_key: str
    unit_title: str
    url: str
    shares_engagement: bool
    """If not, what was read in between is left out."""
    chosen: ReviewedAttempt
    attempts: tuple[ReviewedAttempt, ...]
    """Oldest first."""
    answers: tuple[ReviewedAnswer, ...]


def find_attempt_review(learner_id: LearnerId, course_key: str, attempt_id: int) -> AttemptReview | None:
    """Return the review of a learner's attempt; ``None`` if it is not theirs, not of the course or not submitted.

    Eight queries.
    """
    course = CourseOutline.objects.filter(course_key=course_key).first()
    head = {"learner_id": learner_id, "course_key": course_key}
    asked = Attempt.objects.submitted().filter(**head, pk=attempt_id).first()
    if course is None or asked is None:
        return None
    units = {
        unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key).order_by("position")
    }
    attempts = list(
        Attempt.objects.submitted()
        .filter(**head, unit_key=asked.unit_key)
        .order_by("submitted_at", "source_key")
    )
    shares = consent.covers(learner_id, Purpose.ENGAGEMENT, course_key=course_key)
    views = PageView.objects.filter(**head) if shares else PageView.objects.none()
    read = views.filter(opened_at__lt=attempts[-1].submitted_at).order_by("opened_at")
    tries = _tries(attempts, list(read), units)
    place = next(index for index, each in enumerate(attempts) if each.pk == asked.pk)
    unit = units.get(asked.unit_key)
    return AttemptReview(
        course_key=course_key,
        course_title=course.title,
        learner_id=learner_id,
        unit_key=asked.unit_key,
        unit_title=unit.title if unit else asked.unit_key,
        url=unit.url if unit else "",
        shares_engagement=shares,
        chosen=tries[place],
        attempts=tries,
        answers=_answers(
            attempts[place],
            attempts[place - 1] if place else None,
            units,
            states=_states(head) if shares else None,
        ),
    )


def _tries(
    attempts: Sequence[Attempt], views: Sequence[PageView], units: Mapping[str, OutlineUnit]
) -> tuple[ReviewedAttempt, ...]:
    tries: list[ReviewedAttempt] = []
    for number, attempt in enumerate(attempts, start=1):
        before = tries[-1] if tries else None
        submitted_at = attempt.submitted_at or attempt.started_at
        share = attempt.share
        is_comparable = before is not None and before.share is not None and share is not None
        tries.append(
            ReviewedAttempt(
                attempt_id=attempt.pk,
                attempt_number=number,
                started_at=attempt.started_at,
                submitted_at=submitted_at,
                share=share,
                is_passed=attempt.is_passed,
                change=share - before.share if is_comparable else None,  # type: ignore[operator,union-attr]  # Neither is None.
                read_before=_read(attempt, before, views, units),
            )
        )
    return tuple(tries)


def _read(
    attempt: Attempt,
    before: ReviewedAttempt | None,
    views: Sequence[PageView],
    units: Mapping[str, OutlineUnit],
) -> tuple[OpenedBetween, ...]:
    if before is None:
        return ()
    found: defaultdict[str, list[PageView]] = defaultdict(list)
    for view in views:
        if before.submitted_at <= view.opened_at < attempt.started_at and view.unit_key != attempt.unit_key:
            found[view.unit_key].append(view)
    return tuple(
        OpenedBetween(
            key=key,
            title=unit.title,
            active_seconds=times.whole_seconds(
                sum(view.active_ms + view.estimated_ms for view in found[key])
            ),
            view_count=len(found[key]),
        )
        for key, unit in units.items()
        if key in found
    )


def _states(head: Mapping[str, Any]) -> dict[str, str]:
    return dict(LearnerUnit.objects.filter(**head).values_list("unit_key", "state"))


def _answers(
    attempt: Attempt,
    before: Attempt | None,
    units: Mapping[str, OutlineUnit],
    *,
    states: Mapping[str, str] | None,
) -> tuple[ReviewedAnswer, ...]:
    """Return the answers of an attempt. ``states`` are of the learner's units, ``None`` if they are not shared."""
    ids = [attempt.pk, *([before.pk] if before else [])]
    rows = list(Answer.objects.filter(attempt_id__in=ids).order_by("pk"))
    was = {row.question_key: row.is_correct for row in rows if row.attempt_id != attempt.pk}
    return tuple(
        ReviewedAnswer(
            question_key=row.question_key,
            is_correct=row.is_correct,
            points=row.points,
            max_points=row.max_points,
            chosen=tuple(map(str, row.chosen)),
            was_correct=was.get(row.question_key),
            lessons=tuple(
                RelatedLesson(
                    key=key,
                    title=units[key].title,
                    url=units[key].url,
                    state=None if states is None else UnitState(states.get(key, UnitState.NOT_REACHED)),
                )
                for key in row.lesson_keys
                if key in units
            ),
        )
        for row in rows
        if row.attempt_id == attempt.pk
    )

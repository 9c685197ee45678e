"""Reading the facts of a class from the rollups, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracking.definitions.states import NOT_COVERED
from tracking.events import UnitKind
from tracking.findings.facts import ClassFacts, ClassUnitFacts, QuestionLinkCounts
from tracking.models import Answer, Attempt, LearnerUnit, OutlineUnit, UnitState, UnitStats
from tracking.privacy import groups


@dataclass(frozen=True, slots=True)
class _First:
    """A learner's first attempt at a quiz."""

    learner_id: Any
    quiz_key: str
    submitted_at: datetime


def read_class_facts(course_key: str) -> ClassFacts:
    """Return the facts of the class of one course."""
    kinds = dict(OutlineUnit.objects.filter(course_key=course_key).values_list("unit_key", "kind"))
    return ClassFacts(
        units=tuple(
            ClassUnitFacts(
                key=row.unit_key,
                kind=UnitKind(kinds[row.unit_key]),
                learner_count=row.learner_count,
                reached_count=row.reached_count,
                skipped_count=row.skipped_count,
                first_decided_count=row.first_decided_count,
                first_passed_count=row.first_passed_count,
                answered_count=row.answered_count,
                correct_count=row.correct_count,
                answering_learner_count=row.answering_learner_count,
            )
            for row in UnitStats.objects.filter(course_key=course_key, unit_key__in=kinds)
        ),
        links=tuple(count_question_links(course_key)),
    )


def count_question_links(course_key: str) -> Iterable[QuestionLinkCounts]:
    """Yield, for each question of the class's first attempts and each lesson it draws on, the four counts of learners.

    A lesson counts as not covered if its state says so, or if it was opened only after that attempt. A lesson that was
    skimmed before and read after counts as covered, which can only make a difference look smaller. Learners who do not
    share their activity or are excused from the lesson are left out.
    """
    firsts = _first_attempts(course_key, groups.learners_in_figures(course_key))
    standing = _standing(course_key)
    counts: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    answers = Answer.objects.filter(attempt__course_key=course_key, is_correct__isnull=False)
    for attempt_id, question_key, is_correct, lesson_keys in answers.values_list(
        "attempt_id", "question_key", "is_correct", "lesson_keys"
    ):
        first = firsts.get(attempt_id)
        if first is None:
            continue
        for lesson_key in lesson_keys:
            is_passed_over = _is_passed_over(standing.get((first.learner_id, lesson_key)), first.submitted_at)
            if is_passed_over is not None:
                of_question = counts[first.quiz_key, question_key, lesson_key]
                of_question[2 if is_correct else 0] += 1
                of_question[3 if is_correct else 1] += is_passed_over
    for (quiz_key, question_key, lesson_key), (missed, missed_over, right, right_over) in counts.items():
        yield QuestionLinkCounts(
            quiz_key=quiz_key,
            question_key=question_key,
            lesson_key=lesson_key,
            missed_count=missed,
            missed_not_covered_count=missed_over,
            right_count=right,
            right_not_covered_count=right_over,
        )


def _first_attempts(course_key: str, learner_ids: set[Any]) -> Mapping[int, _First]:
    firsts: dict[tuple[Any, str], tuple[int, datetime]] = {}
    attempts = (
        Attempt.objects.submitted().filter(course_key=course_key).order_by("submitted_at", "source_key")
    )
    for pk, learner_id, unit_key, submitted_at in attempts.values_list(
        "pk", "learner_id", "unit_key", "submitted_at"
    ):
        if learner_id in learner_ids and submitted_at is not None:
            firsts.setdefault((learner_id, unit_key), (pk, submitted_at))
    return {
        pk: _First(learner_id, quiz_key, submitted_at)
        for (learner_id, quiz_key), (pk, submitted_at) in firsts.items()
    }


def _standing(course_key: str) -> Mapping[tuple[Any, str], tuple[str, datetime | None]]:
    rows = LearnerUnit.objects.filter(course_key=course_key, attempt_count=0)
    return {
        (learner_id, unit_key): (state, first_at)
        for learner_id, unit_key, state, first_at in rows.values_list(
            "learner_id", "unit_key", "state", "first_at"
        )
    }


def _is_passed_over(standing: tuple[str, datetime | None] | None, at: datetime) -> bool | None:
    if standing is None:
        return True
    state, first_at = standing
    if state == UnitState.EXCUSED:
        return None
    return state in NOT_COVERED or (first_at is not None and first_at > at)

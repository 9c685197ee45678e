"""Reading all_facts from the rollups: a fixed number of queries for any number of learners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count

from tracking import conf
from tracking.definitions import learners, states, times
from tracking.events import Purpose, UnitKind
from tracking.findings import review_facts, skill_facts
from tracking.findings.facts import AttemptedQuiz, LearnerFacts, UnitFactsOfLearner
from tracking.models import (
    Answer,
    Attempt,
    CourseOutline,
    Enrolment,
    LearnerCourse,
    LearnerCourseDay,
    LearnerUnit,
    OutlineUnit,
    UnitState,
    UnitStats,
)
from tracking.privacy import consent
from tracking.rollups.course import expected_time
from tracking.rollups.learner import days


def read_learner_facts(
    course_key: str, learner_ids: Sequence[Any], *, now: datetime
) -> dict[Any, LearnerFacts]:
    """Return the facts of each enrolled learner among ``learner_ids`` in one course."""
    outline = CourseOutline.objects.filter(course_key=course_key).first()
    if outline is None:
        return {}
    head = {"course_key": course_key, "learner_id__in": learner_ids}
    units = list(
        OutlineUnit.objects.filter(course_key=course_key).exclude(kind=UnitKind.MODULE).order_by("position")
    )
    summaries = {row.unit_key: row for row in UnitStats.objects.filter(course_key=course_key)}
    rows = {(row.learner_id, row.unit_key): row for row in LearnerUnit.objects.filter(**head)}
    courses = {row.learner_id: row for row in LearnerCourse.objects.filter(**head)}
    tried = _read_tried(head)
    reviews = review_facts.read_review_facts(head)
    sharing = consent.learners_covered(learner_ids, Purpose.ENGAGEMENT, course_key=course_key)
    came = _read_came(head, today=now.astimezone(days.course_time_zone(outline.time_zone)).date())
    skills = skill_facts.read_skill_facts(course_key, head)
    risks = skill_facts.read_risk_facts(course_key, learner_ids)
    all_facts: dict[Any, LearnerFacts] = {}
    for enrolment in Enrolment.objects.filter(**head):
        learner_id = enrolment.learner_id
        course = courses.get(learner_id)
        own_due = states.own_due_dates(enrolment.due_at)
        all_facts[learner_id] = LearnerFacts(
            units=tuple(
                _unit(
                    unit,
                    rows.get((learner_id, unit.unit_key)),
                    summaries.get(unit.unit_key),
                    tried[learner_id],
                    due_at=own_due.get(unit.unit_key, unit.due_at),
                )
                for unit in units
            ),
            skills=tuple(skills[learner_id]),
            risk=risks.get(learner_id),
            reviews=tuple(reviews[learner_id]),
            starts_at=outline.starts_at,
            ends_at=outline.ends_at,
            enrolled_at=enrolment.enrolled_at,
            last_at=course.last_at if course else None,
            active_day_count=came.get(learner_id, 0),
            is_finished=bool(course and learners.is_finished(course.completed_count, course.required_count)),
            shares_engagement=learner_id in sharing,
        )
    return all_facts


def _unit(
    unit: OutlineUnit,
    row: LearnerUnit | None,
    summary: UnitStats | None,
    tried: dict[str, AttemptedQuiz],
    *,
    due_at: datetime | None,
) -> UnitFactsOfLearner:
    return UnitFactsOfLearner(
        key=unit.unit_key,
        kind=UnitKind(unit.kind),
        position=unit.position,
        state=_state(unit, row),
        is_required=unit.is_required,
        due_at=due_at,
        expected_seconds=unit.expected_seconds,
        class_median_seconds=expected_time.median_from_stats(summary)
        if summary and expected_time.uses_class_median(unit)
        else None,
        active_ms=row.active_ms if row else 0,
        spent_ms=_spent_ms(row) if row else 0,
        first_at=row.first_at if row else None,
        last_at=row.last_at if row else None,
        class_p90_ms=summary.p90_active_ms if summary else None,
        class_timed_count=summary.timed_count if summary else 0,
        attempted=tried.get(unit.unit_key),
    )


def _spent_ms(row: LearnerUnit) -> int:
    return times.spent_ms(
        active_ms=row.active_ms,
        estimated_ms=row.estimated_ms,
        reported_later_ms=row.reported_later_ms,
        media_ms=row.media_ms,
    )


def _state(unit: OutlineUnit, row: LearnerUnit | None) -> UnitState:
    if not unit.is_available:
        return UnitState.LOCKED
    return UnitState(row.state) if row else UnitState.NOT_REACHED


def _read_came(head: dict[str, Any], *, today: date) -> dict[Any, int]:
    """Return on how many of the last days each learner came."""
    first = today - timedelta(days=conf.get_settings().STALLED_DAYS)
    rows = LearnerCourseDay.objects.filter(**head, day__gt=first, day__lte=today)
    return dict(rows.values("learner_id").annotate(came=Count("pk")).values_list("learner_id", "came"))


def _read_tried(head: dict[str, Any]) -> defaultdict[Any, dict[str, AttemptedQuiz]]:
    by_quiz: dict[tuple[Any, str], list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.submitted().filter(**head).order_by("submitted_at", "source_key"):
        by_quiz[attempt.learner_id, attempt.unit_key].append(attempt)
    answers = _read_answers(attempts[-1].pk for attempts in by_quiz.values())
    tried: defaultdict[Any, dict[str, AttemptedQuiz]] = defaultdict(dict)
    for (learner_id, unit_key), attempts in by_quiz.items():
        last = answers[attempts[-1].pk]
        tried[learner_id][unit_key] = AttemptedQuiz(
            shares=tuple(each.share for each in attempts if each.share is not None),
            failed_at=tuple(
                each.submitted_at
                for each in attempts
                if each.is_passed is False and each.submitted_at is not None
            ),
            attempt_ids=tuple(each.pk for each in attempts),
            missed_lesson_keys=tuple(
                tuple(answer.lesson_keys) for answer in last if answer.is_correct is False
            ),
            missed_question_keys=tuple(answer.question_key for answer in last if answer.is_correct is False),
            asked_lesson_keys=tuple(tuple(answer.lesson_keys) for answer in last),
        )
    return tried


def _read_answers(attempt_ids: Iterable[int]) -> defaultdict[int, list[Answer]]:
    by_attempt: defaultdict[int, list[Answer]] = defaultdict(list)
    for answer in Answer.objects.filter(attempt_id__in=list(attempt_ids)).order_by(
        "attempt_id", "question_key"
    ):
        by_attempt[answer.attempt_id].append(answer)
    return by_attempt

"""One course over all its enrolled learners: each unit, and each day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from tracking.events import UnitKind
from tracking.models import (
    Answer,
    Attempt,
    CourseDay,
    CourseOutline,
    Enrolment,
    LearnerCourseDay,
    LearnerUnit,
    OutlineUnit,
    State,
    UnitSummary,
)
from tracking.rollups import quantiles
from tracking.rollups.row_sets import set_rows

REACHED = frozenset(
    {State.COMPLETED, State.SUBMITTED, State.FAILED, State.SKIMMED, State.IN_PROGRESS, State.BOUNCED}
)


@dataclass(slots=True)
class _Tally:
    """The rows of one unit over a class, piled up for counting."""

    states: list[str] = field(default_factory=list)
    active_ms: list[int] = field(default_factory=list)
    first_shares: list[float] = field(default_factory=list)
    first_verdicts: list[bool] = field(default_factory=list)
    exempt_count: int = 0
    passed_count: int = 0
    attempted_count: int = 0
    answers: list[bool] = field(default_factory=list)


def fold(course_key: str, *, now: datetime) -> None:
    """Set the class rows of one course. The caller holds the lock on its outline row."""
    learner_ids = Enrolment.objects.filter(course_key=course_key).values("learner_id")
    set_rows(
        UnitSummary,
        stored=UnitSummary.objects.filter(course_key=course_key),
        wanted=list(_unit_summaries(course_key, learner_ids)),
        key=["unit_key"],
    )
    set_rows(
        CourseDay,
        stored=CourseDay.objects.filter(course_key=course_key),
        wanted=_course_days(course_key, learner_ids),
        key=["day"],
    )
    CourseOutline.objects.filter(course_key=course_key).update(rolled_up_at=now)


def _unit_summaries(course_key: str, learner_ids: QuerySet[Any, Any]) -> Iterable[UnitSummary]:
    learner_count = learner_ids.count()
    tallies = _tally(course_key, learner_ids)
    for lesson_key, answers in _first_answers(course_key, learner_ids).items():
        tallies[lesson_key].answers = answers
    units = OutlineUnit.objects.filter(course_key=course_key, is_available=True).exclude(kind=UnitKind.MODULE)
    for unit_key in units.values_list("unit_key", flat=True):
        yield _summary(course_key, unit_key, learner_count, tallies[unit_key])


def _summary(course_key: str, unit_key: str, learner_count: int, tally: _Tally) -> UnitSummary:
    timed = sorted(tally.active_ms)
    shares = tally.first_shares
    return UnitSummary(
        course_key=course_key,
        unit_key=unit_key,
        learner_count=max(learner_count - tally.exempt_count, 0),
        reached_count=sum(state in REACHED for state in tally.states),
        completed_count=tally.states.count(State.COMPLETED),
        skipped_count=tally.states.count(State.SKIPPED),
        skimmed_count=tally.states.count(State.SKIMMED),
        failed_count=tally.states.count(State.FAILED),
        timed_count=len(timed),
        median_active_ms=round(quantiles.quantile(timed, 0.5)) if timed else None,
        p90_active_ms=round(quantiles.quantile(timed, 0.9)) if timed else None,
        attempted_count=tally.attempted_count,
        first_passed_count=sum(tally.first_verdicts),
        passed_count=tally.passed_count,
        mean_first_share=sum(sorted(shares)) / len(shares) if shares else None,
        answered_count=len(tally.answers),
        correct_count=sum(tally.answers),
    )


def _tally(course_key: str, learner_ids: QuerySet[Any, Any]) -> defaultdict[str, _Tally]:
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    rows = LearnerUnit.objects.filter(course_key=course_key, learner_id__in=learner_ids).values_list(
        "unit_key", "state", "active_ms", "attempt_count", "first_share", "is_passed_first", "is_passed"
    )
    for unit_key, state, active_ms, attempt_count, first_share, is_passed_first, is_passed in rows.iterator(
        2000
    ):
        tally = tallies[unit_key]
        if state == State.EXEMPT:
            tally.exempt_count += 1
            continue
        tally.states.append(state)
        if active_ms:
            tally.active_ms.append(active_ms)
        if attempt_count:
            tally.attempted_count += 1
            tally.passed_count += bool(is_passed)
            tally.first_verdicts.append(bool(is_passed_first))
        if first_share is not None:
            tally.first_shares.append(first_share)
    return tallies


def _first_answers(course_key: str, learner_ids: QuerySet[Any, Any]) -> dict[str, list[bool]]:
    """Return for each lesson whether the questions that draw on it were right, in each learner's first attempt."""
    first: dict[tuple[Any, str], int] = {}
    attempts = Attempt.objects.submitted().filter(course_key=course_key, learner_id__in=learner_ids)
    for pk, learner_id, unit_key in attempts.order_by("submitted_at", "source_key").values_list(
        "pk", "learner_id", "unit_key"
    ):
        first.setdefault((learner_id, unit_key), pk)
    firsts = set(first.values())
    by_lesson: dict[str, list[bool]] = defaultdict(list)
    answers = Answer.objects.filter(attempt__in=attempts, is_correct__isnull=False)
    for attempt_id, is_correct, lesson_keys in answers.values_list("attempt_id", "is_correct", "lesson_keys"):
        if attempt_id in firsts:
            for lesson_key in lesson_keys:
                by_lesson[lesson_key].append(bool(is_correct))
    return by_lesson


def _course_days(course_key: str, learner_ids: QuerySet[Any, Any]) -> Sequence[CourseDay]:
    rows: dict[date, CourseDay] = {}
    mine = Q(course_key=course_key, learner_id__in=learner_ids)
    counted = LearnerCourseDay.objects.filter(mine).values("day")
    for row in counted.annotate(
        learners=Count("pk"), active=Sum("active_ms"), views=Sum("view_count"), accesses=Sum("access_count")
    ):
        rows[row["day"]] = CourseDay(
            course_key=course_key,
            day=row["day"],
            learner_count=row["learners"],
            active_ms=row["active"],
            view_count=row["views"],
            access_count=row["accesses"],
        )
    tried = Attempt.objects.submitted().filter(mine).values(submitted_on=F("submitted_at__date"))
    for tried_on in tried.annotate(attempts=Count("pk")):
        day = tried_on["submitted_on"]
        row_of_day = rows.setdefault(day, CourseDay(course_key=course_key, day=day))
        row_of_day.attempt_count = tried_on["attempts"]
    return list(rows.values())

"""Class figures for readers who may not see persons, as linear equations: none about one to four learners follows."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests import generated_class
from tests.generated_class import COURSE
from tracking.definitions import states
from tracking.exports import sql_views
from tracking.models import Answer, CourseOutline, LearnerCourseDay, LearnerUnit, UnitState
from tracking.privacy import groups
from tracking.reports.learner import progress as learner_progress
from tracking.reports.site import metrics

FEW = 4
"""No figure about this many learners, or about fewer, may follow."""

Learners = frozenset[Any]
Bases = Mapping[Any, Learners]
"""By the subject of a row (a unit, module, question or week), the learners behind one figure of it."""


def rank(rows: Sequence[Sequence[int]]) -> int:
    """Return the rank of a matrix, by elimination over the rational numbers."""
    left = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        found += 1
        left.remove(pivot)
        for row in left:
            factor = row[column] / pivot[column]
            row[:] = [value - factor * other for value, other in zip(row, pivot, strict=True)]
    return found


def derivable(sums: Collection[Learners]) -> list[Learners]:
    """Return the sets of few learners about whom a combination of these published sums says something.

    Learners who are in the same sums cannot be told apart, so they stand or fall together.
    """
    alike: defaultdict[tuple[bool, ...], set[Any]] = defaultdict(set)
    for learner in frozenset().union(*sums):
        alike[tuple(learner in each for each in sums)].add(learner)
    kinds = list(alike.items())
    small = [place for place, (_, who) in enumerate(kinds) if len(who) <= FEW]
    rows = [[int(pattern[number]) for pattern, _ in kinds] for number in range(len(sums))]
    found = []
    for size in range(1, FEW + 1):
        for places in itertools.combinations(small, size):
            about = frozenset().union(*(kinds[place][1] for place in places))
            # A combination of the sums is zero for all others if leaving out these learners loses rank.
            others = [[row[place] for place in range(len(kinds)) if place not in places] for row in rows]
            if len(about) <= FEW and rank(others) < rank(rows):
                found.append(about)
    return found


@pytest.mark.parametrize(
    ("sums", "count"),
    [
        (["abcdef", "abcde"], 1),
        (["abcdefghij", "abcde"], 0),
        (["abcdefghij", "abcdef", "ghij"], 1),
        (["abcdefghijklmno", "abcdefghij", "fghijklmno"], 0),
        (["abcdefghijk", "abcdef", "fghijk"], 1),
    ],
    ids=["all but one", "halves", "a few by themselves", "overlapping", "the overlap of two"],
)
def test_a_figure_about_few_is_found_where_sums_give_it_away(sums: Sequence[str], count: int) -> None:
    assert len(derivable([frozenset(each) for each in sums])) == count


@given(st.lists(st.frozensets(st.integers(0, 11), min_size=1), min_size=1, max_size=4))
def test_a_published_sum_of_few_is_always_found(sums: list[Learners]) -> None:
    found = derivable(sums)
    assert all(each in found for each in sums if len(each) <= FEW)


def unit_bases(included: Learners, counts: Callable[[LearnerUnit], bool]) -> Bases:
    found: defaultdict[str, set[Any]] = defaultdict(set)
    for row in LearnerUnit.objects.filter(course_key=COURSE, learner_id__in=included):
        if counts(row):
            found[row.unit_key].add(row.learner_id)
    return {key: frozenset(who) for key, who in found.items()}


def of_units(included: Learners) -> Bases:
    excused = unit_bases(included, lambda row: row.state == UnitState.EXCUSED)
    keys = LearnerUnit.objects.filter(course_key=COURSE).values_list("unit_key", flat=True)
    return {key: included - excused.get(key, frozenset()) for key in keys}


def who_should_have_finished(included: Learners) -> Bases:
    return unit_bases(included, lambda row: row.state in {*states.REACHED, UnitState.SKIPPED})


def who_tried(included: Learners) -> Bases:
    return unit_bases(
        included, lambda row: row.is_passed_first is not None and row.state != UnitState.EXCUSED
    )


def module_bases(included: Learners, counted: Collection[UnitState | None] | None) -> Bases:
    found: defaultdict[str, set[Any]] = defaultdict(set)
    for learner_id in included:
        progress = learner_progress.find_learner_progress(learner_id, COURSE, now=timezone.now())
        assert progress is not None
        for module in progress.modules:
            is_counted = module.state != UnitState.EXCUSED if counted is None else module.state in counted
            if is_counted:
                found[module.key].add(learner_id)
    return {key: frozenset(who) for key, who in found.items()}


def of_modules(included: Learners) -> Bases:
    return module_bases(included, None)


def who_should_have_finished_the_module(included: Learners) -> Bases:
    return module_bases(included, {*states.REACHED, UnitState.SKIPPED})


def who_answered(included: Learners) -> Bases:
    found: defaultdict[str, set[Any]] = defaultdict(set)
    answers = Answer.objects.filter(attempt__course_key=COURSE, is_correct__isnull=False)
    for learner_id, key in answers.values_list("attempt__learner_id", "question_key"):
        if learner_id in included:
            found[key].add(learner_id)
    return {key: frozenset(who) for key, who in found.items()}


def who_was_active(included: Learners) -> Bases:
    start = CourseOutline.objects.get(course_key=COURSE).starts_at
    assert start is not None
    found: defaultdict[int, set[Any]] = defaultdict(set)
    for row in LearnerCourseDay.objects.filter(course_key=COURSE, learner_id__in=included):
        found[(row.day - start.date()).days // 7].add(row.learner_id)
    return {week: frozenset(who) for week, who in found.items()}


SUMS: Mapping[str, tuple[str, Mapping[str, Callable[[Learners], Bases]]]] = {
    "unit_stats": (
        "unit_key",
        {
            "reached_share": of_units,
            "completed_share": of_units,
            "skipped_share": who_should_have_finished,
            "first_passed_share": who_tried,
        },
    ),
    "module_stats": (
        "module_key",
        {
            "reached_share": of_modules,
            "completed_share": of_modules,
            "skipped_share": who_should_have_finished_the_module,
        },
    ),
    "questions": ("question_key", {"first_correct_share": who_answered}),
    "course_weeks": ("week", {"active_seconds": who_was_active}),
}
"""By view, the column of its subject, and each sum or share with the learners behind it."""

NO_SUMS = {
    "learner_count", "course_key", "unit_key", "unit_title", "unit_kind", "module_key", "module_title", "unit_count",
    "question_key", "week", "reason", "opened_at", "cleared_at", "median_active_seconds", "discrimination",
}  # fmt: skip
"""Columns of these views that are no sum or share of something about learners. A median needs five."""

ABOUT_NO_PERSON = {"courses", "units", "rejections", "job_runs"}
OF_THE_SITE = {
    "events", "page_views", "deliveries", "quarantined_records", "rollup_lag_seconds", "pending_changes",
    "open_findings", "job_last_run_timestamp_seconds",
}  # fmt: skip
"""Metrics count what the site does, without a course or a learner as a label."""


def test_every_view_is_about_no_person_or_for_operators_or_proven_here() -> None:
    of_learners = {name for name in sql_views.VIEWS if "learner" in name}
    assert set(sql_views.VIEWS) == {*SUMS, *ABOUT_NO_PERSON, *of_learners, "class_findings"}


def test_every_metric_is_known_here() -> None:
    assert {each.name for each in metrics.METRICS} == OF_THE_SITE


@pytest.fixture(
    params=[(1, 9), (2, 22), (3, 4), (4, 30)], ids=lambda made: f"seed {made[0]}, {made[1]} learners"
)
def included(request: Any, school: Any, make_learner: Any, send_online: Any) -> Learners:
    """The learners of a generated class whom its figures include."""
    seed, size = request.param
    generated_class.make(seed, size, school, make_learner, send_online, now=timezone.now())
    sql_views.create_views()
    return frozenset(groups.learners_in_figures(COURSE))


def read(view: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {sql_views.PREFIX}{view} WHERE course_key = %s", [COURSE])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_no_figure_about_few_learners_can_be_derived(included: Learners) -> None:
    small: list[Learners] = []
    shown = 0
    for view, (subject, figures) in SUMS.items():
        of_figure = {name: bases(included) for name, bases in figures.items()}
        for row in read(view):
            assert set(row) <= {*NO_SUMS, *figures}, f"A column of {view} is not proven here."
            for name, bases in of_figure.items():
                if row[name] is not None:
                    shown += 1
                    # The worst case: someone also knows the sum over all learners in the figures.
                    about = bases.get(row[subject], frozenset())
                    small += derivable([each for each in (about, included) if each])
    print(f"derivable small figures: {len(small)} (of {shown} figures about {len(included)} learners)")  # noqa: T201
    assert small == []
    assert bool(shown) is (len(included) > FEW), "A proof about nothing."

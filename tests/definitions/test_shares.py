"""A share is one declaration: what Python computes from it is what the database computes from it."""

from dataclasses import make_dataclass
from types import SimpleNamespace

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tracking.conf import TrackingSettings
from tracking.definitions import learners, shares, times
from tracking.definitions.minimums import Minimum
from tracking.definitions.shares import Ratio
from tracking.definitions.times import StoredFigure
from tracking.events import UnitKind

RATIOS = [each for each in vars(shares).values() if isinstance(each, Ratio)]
FIGURES = [each for each in vars(times).values() if isinstance(each, StoredFigure)]
COUNTS = st.integers(0, 12)


def in_sql(expression, **columns):
    """Return what the database makes of an expression over one row."""
    row = ", ".join(f"CAST(%s AS {_type(value)}) AS {name}" for name, value in columns.items())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression} FROM (SELECT {row}) AS t", list(columns.values()))
        [value] = cursor.fetchone()
    return None if value is None else float(value)


def _type(value):
    return "DOUBLE PRECISION" if isinstance(value, float) else "BIGINT"


def columns_of(ratio):
    names = {ratio.numerator, *ratio.denominator, *ratio.people, *filter(None, [ratio.only_if])}
    return sorted(names)


@pytest.mark.django_db
@pytest.mark.parametrize("ratio", RATIOS, ids=lambda ratio: f"{ratio.name} of {'+'.join(ratio.denominator)}")
@given(data=st.data())
def test_python_and_sql_agree_about_a_share(ratio, data):
    row = {name: data.draw(COUNTS, label=name) for name in columns_of(ratio)}
    expected = ratio.of_group(SimpleNamespace(**row))
    assert in_sql(ratio.sql("t."), **row) == (None if expected is None else pytest.approx(expected))


@pytest.mark.django_db
@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
@given(value=st.none() | st.integers(0, 10_000), people=st.integers(0, 40))
def test_python_and_sql_agree_about_a_stored_figure(figure, value, people):
    row = {figure.column: value, figure.people: people}
    expected = figure.of(SimpleNamespace(**row)) if people >= figure.minimum.people() else None
    assert in_sql(figure.sql("t."), **row) == expected


@pytest.mark.django_db
@given(score=st.none() | st.floats(-5, 20), most=st.none() | st.floats(0.5, 10))
def test_python_and_sql_agree_about_a_result(score, most):
    row = {"score": score, "max_score": most}
    expected = learners.result_share(score, most)
    assert in_sql(learners.result_sql("t."), **row) == (None if expected is None else pytest.approx(expected))


@pytest.mark.django_db
@pytest.mark.parametrize(("probability", "risk"), [(None, 0.25), (0.5, 0.5)])
def test_a_risk_is_the_probability_or_else_the_score(probability, risk):
    row = {"probability": probability, "score": 0.25}
    assert learners.risk(**row) == risk == in_sql(learners.risk_sql("t."), **row)


def test_every_share_says_what_it_means():
    meanings = [*(each.meaning for each in RATIOS), *(each.meaning for each in FIGURES)]
    assert all(meaning.endswith(".") for meaning in meanings)


Row = make_dataclass("Row", ["first_passed_count", "first_decided_count"])


def test_several_rows_are_taken_together():
    rows = [Row(5, 10), Row(0, 3), Row(6, 6)]
    together = shares.PASSED_FIRST
    assert (together.together(rows), together.count_together(rows)) == (11 / 19, 19)


@pytest.mark.parametrize("rows", [[], [Row(0, 0)]])
def test_nothing_together_is_no_share(rows):
    assert (shares.PASSED_FIRST.together(rows), shares.PASSED_FIRST.count_together(rows)) == (None, 0)


def test_a_share_of_few_is_told_to_who_may_see_each_of_them_and_not_of_a_group():
    assert (shares.PASSED_FIRST.of(Row(1, 4)), shares.PASSED_FIRST.of_group(Row(1, 4))) == (0.25, None)


def test_the_first_try_is_of_attempts_or_of_answers():
    assert shares.first_try(UnitKind.QUIZ) is shares.PASSED_FIRST
    assert shares.first_try(UnitKind.LESSON) is shares.FIRST_ANSWERS_RIGHT


@pytest.mark.parametrize(("share", "percent"), [(0.0, 0), (0.625, 63), (0.005, 1), (0.994, 99), (1.0, 100)])
def test_per_cent_are_rounded_half_up(share, percent):
    assert shares.whole_percent(share) == percent


def test_a_class_is_at_least_as_large_as_a_group():
    rules = TrackingSettings(MIN_GROUP_SIZE=30, MIN_CLASS_SIZE=20)
    assert [each.people(rules) for each in Minimum] == [0, 30, 30]


@pytest.mark.parametrize(
    ("completed", "required", "is_finished", "share"),
    [(0, 0, False, None), (1, 2, False, 0.5), (2, 2, True, 1.0), (3, 2, True, 1.5)],
)
def test_a_course_is_finished_with_all_that_is_required_of_it(completed, required, is_finished, share):
    assert learners.is_finished(completed, required) is is_finished
    assert learners.progress_share(completed, required) == share

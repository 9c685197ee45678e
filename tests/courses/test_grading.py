from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import grading
from courses.grading import Grade, Total

KEYS = st.frozensets(st.sampled_from("abcdef"))
SOME_KEYS = st.frozensets(st.sampled_from("abcdef"), min_size=1)
POINTS = st.integers(1, 50)
NUMBERS = st.decimals(min_value=-(10**6), max_value=10**6, places=4)


def right(points: int) -> Grade:
    return Grade(is_correct=True, points=Decimal(points).quantize(Decimal("0.01")))


WRONG = Grade(is_correct=False, points=Decimal("0.00"))


@given(correct=KEYS, points=POINTS)
def test_the_right_choice_earns_every_point(correct, points):
    assert grading.grade_choice(correct, correct=correct, points=points) == right(points)


@given(chosen=KEYS, correct=KEYS, points=POINTS)
def test_a_choice_earns_between_none_and_all_and_all_only_if_right(chosen, correct, points):
    grade = grading.grade_choice(chosen, correct=correct, points=points)
    assert 0 <= grade.points <= points
    assert grade.is_correct is (chosen == correct)
    assert grade.is_correct or grade.points < points


@given(correct=SOME_KEYS, points=POINTS, key=st.sampled_from("abcdef"))
def test_a_wrong_option_more_never_earns_more(correct, points, key):
    without = grading.grade_choice(correct - {key}, correct=correct, points=points)
    with_wrong = grading.grade_choice((correct - {key}) | {"z"}, correct=correct, points=points)
    assert with_wrong.points <= without.points


@given(correct=SOME_KEYS, points=POINTS)
def test_choosing_everything_among_as_many_wrong_ones_earns_nothing(correct, points):
    decoys = {key.upper() for key in correct}
    assert grading.grade_choice(correct | decoys, correct=correct, points=points) == WRONG


def test_half_of_the_right_options_earn_half_of_the_points():
    grade = grading.grade_choice({"a"}, correct={"a", "b"}, points=3)
    assert grade == Grade(is_correct=False, points=Decimal("1.50"))


@given(number=NUMBERS, tolerance=NUMBERS.map(abs), points=POINTS)
def test_a_number_is_right_up_to_the_tolerance_on_both_sides(number, tolerance, points):
    for given_number in (number - tolerance, number, number + tolerance):
        grade = grading.grade_number(given_number, right=number, tolerance=tolerance, points=points)
        assert grade == right(points)
    beyond = number + tolerance + Decimal("0.0001")
    assert grading.grade_number(beyond, right=number, tolerance=tolerance, points=points) == WRONG


def test_no_number_is_wrong():
    assert grading.grade_number(None, right=Decimal(0), tolerance=Decimal(5), points=1) == WRONG


@pytest.mark.parametrize("words", ["Ada", "ada", "  ADA  ", "Ada.", "“Ada”", "\uff21da", "ada   lovelace"])
def test_case_spaces_and_marks_around_do_not_make_words_wrong(words):
    assert grading.grade_text(words, accepted=["Ada", "Ada Lovelace"], points=1) == right(1)


@pytest.mark.parametrize("words", ["", " . ", "Adam", "AdaLovelace", "C++"])
def test_other_words_are_wrong(words):
    assert grading.grade_text(words, accepted=["Ada", "Ada Lovelace", "C", "..."], points=1) == WRONG


@given(words=st.text(max_size=40), accepted=st.lists(st.text(max_size=40)))
def test_any_words_are_graded_one_way_or_the_other(words, accepted):
    assert grading.grade_text(words, accepted=accepted, points=2) in (right(2), WRONG)


def test_exactly_the_pass_mark_passes():
    grades = [right(6), WRONG]
    assert grading.total(grades, max_score=10, pass_mark=60) == Total(
        score=Decimal("6.00"), max_score=Decimal(10), passed=True
    )
    assert not grading.total(grades, max_score=10, pass_mark=61).passed


@given(points=st.lists(POINTS, max_size=20), mark=st.integers(0, 100))
def test_all_right_always_passes(points, mark):
    result = grading.total([right(each) for each in points], max_score=sum(points), pass_mark=mark)
    assert result == Total(score=Decimal(sum(points)), max_score=Decimal(sum(points)), passed=True)

"""How a question behaves, counted by hand."""

from datetime import UTC, datetime

import pytest

from tracking.rollups.mastery import question_stats
from tracking.rollups.mastery.answers import GivenAnswer

AT = datetime(2026, 3, 11, tzinfo=UTC)


def given(learner, attempt, question, is_right, *chosen, lessons=()):
    return GivenAnswer(
        learner_id=learner, attempt_id=attempt, unit_key="q", question_key=question, skills=("s",),
        is_right=is_right, chosen=chosen, at=AT, lesson_keys=lessons,
    )  # fmt: skip


def figures(*answers):
    return {row.question_key: row for row in question_stats.question_stats_rows("c", answers)}


def test_first_tries_successes_and_moves_are_counted_once_a_learner():
    row = figures(
        given(1, 10, "1", False), given(1, 11, "1", True), given(1, 12, "1", True),
        given(2, 20, "1", True), given(2, 21, "1", False),
        given(3, 30, "1", False),
    )["1"]  # fmt: skip
    assert (row.learner_count, row.first_correct_count, row.answer_count, row.correct_count) == (3, 1, 6, 3)
    assert (row.succeeded_count, row.attempts_to_success_count) == (2, 3)
    assert (row.gained_count, row.unchanged_count, row.lost_count) == (1, 1, 1)


def test_options_are_those_of_first_answers_told_apart_by_whether_the_answer_was_right():
    row = figures(
        given(1, 10, "1", True, "a"), given(2, 20, "1", False, "b"), given(3, 30, "1", False, "a", "b"),
        given(3, 31, "1", False, "c"),
    )["1"]  # fmt: skip
    assert row.options == {"a": [1, 1], "b": [0, 2]}


def test_a_question_draws_on_every_lesson_that_any_answer_to_it_names_whatever_their_order():
    answers = [given(1, 10, "1", True, lessons=("b", "a")), given(2, 20, "1", False, lessons=("c", "a"))]
    assert figures(*answers)["1"].lesson_keys == figures(*answers[::-1])["1"].lesson_keys == ["a", "b", "c"]


def test_of_many_options_those_chosen_most_are_kept():
    answers = [given(n, n, "1", False, f"o{n % 30:02}") for n in range(55)]
    assert sorted(figures(*answers)["1"].options) == [f"o{n:02}" for n in range(20)]


def test_a_question_that_the_able_get_right_discriminates_and_one_that_they_miss_does_so_below_zero():
    answers = []
    for learner in range(8):
        is_able = learner < 4
        answers += [given(learner, learner, str(n), is_able) for n in range(3)]
        answers.append(given(learner, learner, "odd", not is_able))
    rows = figures(*answers)
    assert rows["odd"].discrimination == pytest.approx(-1)
    assert rows["0"].discrimination == pytest.approx(1)
    assert rows["0"].discrimination_count == 8


def test_there_is_no_discrimination_without_other_answers_or_where_all_are_alike():
    alone = figures(given(1, 10, "1", True), given(2, 20, "1", False))["1"]
    assert (alone.discrimination, alone.discrimination_count) == (None, 0)
    alike = figures(*(given(n, n, q, True) for n in range(4) for q in "12"))["1"]
    assert (alike.discrimination, alike.discrimination_count) == (None, 4)


def test_whole_attempts_are_no_question():
    assert figures(given(1, 10, "", True)) == {}

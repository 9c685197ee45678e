import pytest

from tracking.rollups.mastery import answer_runs


@pytest.mark.parametrize(
    ("outcomes", "longest", "last"),
    [([], 0, 0), ([1, 1, 0, 1], 2, 1), ([0, 1, 1, 1], 3, 3), ([1, 1, 0], 2, 0)],
)
def test_runs_are_of_right_answers_without_a_break(outcomes, longest, last):
    assert (answer_runs.longest(outcomes), answer_runs.current_run(outcomes)) == (longest, last)


@pytest.mark.parametrize(
    ("answered", "longest", "is_spinning"), [(9, 2, False), (10, 2, True), (40, 2, True), (10, 3, False)]
)
def test_wheels_spin_after_ten_tries_without_three_right_in_a_row(answered, longest, is_spinning):
    assert answer_runs.is_wheel_spinning(answered, longest, min_answers=10) is is_spinning

"""The measure of mastery, as arithmetic."""

import copy
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rollups.mastery import model
from tracking.rollups.mastery.model import ItemBank, LearnerAbility

ANSWERS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), max_size=60)


def followed(answers, bank=None):
    learner = LearnerAbility()
    for item, skill, is_right in answers:
        model.update_learner(bank or ItemBank(), learner, item, [skill], is_right=is_right)
    return learner


def test_who_answers_right_is_expected_to_be_right_more_often_and_who_does_not_less():
    new = model.predict_answer(ItemBank(), LearnerAbility(), ["x"])
    right = model.predict_answer(ItemBank(), followed([("a", "x", True)] * 3), ["x"])
    wrong = model.predict_answer(ItemBank(), followed([("a", "x", False)] * 3), ["x"])
    assert wrong < new < right


@pytest.mark.parametrize(("difficulty", "is_raised"), [(0.0, False), (1.0, False), (1.5, True), (3.0, True)])
def test_missing_a_first_question_that_was_hardly_to_be_got_right_raises_what_is_expected(
    difficulty, is_raised
):
    """It ends being new to the skill, and that weighs more than so small a surprise."""
    bank, learner = ItemBank(items={"x": difficulty}), LearnerAbility()
    before = model.predict_answer(bank, learner, ["s"])
    model.update_learner(bank, learner, "x", ["s"], is_right=False)
    assert (model.predict_answer(bank, learner, ["s"]) > before) is is_raised


def test_what_is_learned_in_one_skill_says_less_about_another():
    learner = followed([("a", "x", False)] * 6)
    assert model.predict_answer(ItemBank(), learner, ["x"]) < model.predict_answer(ItemBank(), learner, ["y"])


def test_an_item_that_most_miss_is_expected_to_be_missed_by_a_newcomer():
    bank = ItemBank()
    for number in range(200):
        learner = LearnerAbility()
        model.update_learner_and_bank(bank, learner, "hard", ["x"], is_right=number % 5 == 0)
        model.update_learner_and_bank(bank, learner, "easy", ["x"], is_right=number % 5 != 0)
    newcomer = LearnerAbility()
    hard, easy = (model.predict_answer(bank, newcomer, ["x"], item=item) for item in ("hard", "easy"))
    assert (hard < 0.4, easy > 0.6) == (True, True)


def test_several_skills_at_once_are_met_with_the_mean_of_them():
    learner = followed([("a", "x", True)] * 5 + [("b", "y", False)] * 5)
    weak, both, strong = (
        model.predict_answer(ItemBank(), learner, skills) for skills in (["y"], ["x", "y"], ["x"])
    )
    assert weak < both < strong


def test_following_learns_nothing_about_items_nor_calibrating_anything_in_a_frozen_copy():
    bank = ItemBank()
    model.update_learner_and_bank(bank, LearnerAbility(), "a", ["x"], is_right=True)
    before = copy.deepcopy(bank)
    model.update_learner(bank, LearnerAbility(), "a", ["x"], is_right=False)
    assert bank == before
    model.update_learner_and_bank(bank, LearnerAbility(), "a", ["x"], is_right=False)
    assert bank != before


def test_asking_what_to_expect_changes_nothing():
    learner = followed([("a", "x", True)])
    before = repr(learner)
    model.predict_answer(ItemBank(), learner, ["x", "never met"], item="a")
    assert repr(learner) == before


@given(ANSWERS)
def test_a_share_stays_within_luck_and_slips(answers):
    bank, learner = ItemBank(), LearnerAbility()
    for item, skill, is_right in answers:
        expected = model.update_learner_and_bank(bank, learner, item, [skill], is_right=is_right)
        assert bank.rates.guess <= expected <= 1 - bank.rates.slip


@pytest.mark.parametrize("is_right", [True, False])
def test_thousands_of_like_answers_neither_overflow_nor_stall(is_right):
    bank, learner = ItemBank(), LearnerAbility()
    for _ in range(5000):
        expected = model.update_learner_and_bank(bank, learner, "a", ["x"], is_right=is_right)
    assert expected == pytest.approx(1 - bank.rates.slip if is_right else bank.rates.guess, abs=0.02)


def test_learners_apart_in_what_they_can_are_told_apart():
    """Of 40 learners half can do it nine times in ten, half three times in ten."""
    chance = random.Random(1)
    shares: dict[bool, list[float]] = {True: [], False: []}
    for number in range(40):
        is_able = number % 2 == 0
        answers = [("a", "x", chance.random() < (0.9 if is_able else 0.3)) for _ in range(12)]
        shares[is_able].append(model.predict_answer(ItemBank(), followed(answers), ["x"]))
    assert sorted(shares[True])[3] > sorted(shares[False])[-3]

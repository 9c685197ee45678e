"""The peers do what their papers say, on answers whose makers are known."""

import random

import pytest

from benchmarks import knowledge_tracing
from tracking.rollups.mastery import accuracy
from tracking.rollups.mastery.calibration import CalibrationAnswer


def learned(*, seed, learners=300, tries=10):
    """Learners who know the skill at first in 3 of 10, learn it in 2 of 10 tries, guess 2 and slip 1 in 10."""
    luck = random.Random(seed)
    answers = []
    for learner in range(learners):
        is_known = luck.random() < 0.3
        for item in range(tries):
            is_right = luck.random() < (0.9 if is_known else 0.2)
            answers.append(
                CalibrationAnswer(learner=learner, item=str(item), skills=("s",), is_right=is_right)
            )
            is_known = is_known or luck.random() < 0.2
    return answers


def test_expectation_maximisation_finds_the_numbers_that_made_the_answers():
    sequences = [
        [each.is_right for each in learned(seed=1)][start : start + 10] for start in range(0, 3000, 10)
    ]
    model = knowledge_tracing._fit_tracing(sequences)
    found = (model.known, model.learned, model.guess, model.slip)
    assert found == pytest.approx((0.3, 0.2, 0.2, 0.1), abs=0.07)


@pytest.mark.parametrize("peer", ["bayesian_tracing", "performance_factors", "last_five"])
def test_whoever_learns_from_the_learners_own_answers_beats_the_mean_of_the_skill(peer):
    test = learned(seed=2)
    outcomes = [each.is_right for each in test]
    expected = getattr(knowledge_tracing, peer)(learned(seed=1))(test)
    assert (accuracy.roc_auc(outcomes, expected) or 0) > 0.7
    assert accuracy.roc_auc(outcomes, knowledge_tracing.skill_mean(learned(seed=1))(test)) == 0.5


@pytest.mark.parametrize("peer", ["bayesian_tracing", "performance_factors", "last_five", "skill_mean"])
def test_a_skill_that_nobody_has_trained_on_is_predicted_all_the_same(peer):
    new = [CalibrationAnswer(learner=1, item="a", skills=("new",), is_right=True)] * 2
    assert all(
        0 <= share <= 1 for share in getattr(knowledge_tracing, peer)(learned(seed=1, learners=3))(new)
    )

"""What a course's answers say of it, and whether the measure may be trusted there."""

import random

import pytest

from tracking.rollups.mastery import calibration
from tracking.rollups.mastery.calibration import CalibrationAnswer, FlagComparison


def answers_of(chance_of, *, learners=120, items=12, skills=2, seed=1):
    """Answers of each learner at each item in each skill; ``chance_of`` tells from its place how likely it is right."""
    luck = random.Random(seed)
    return [
        CalibrationAnswer(
            learner=learner, item=f"{skill}-{item}", skills=(f"s{skill}",),
            is_right=luck.random() < chance_of(learner, item),
        )
        for learner in range(learners) for skill in range(skills) for item in range(items)
    ]  # fmt: skip


def steadily(learner, item):
    return (learner % 10) / 10


def improving(learner, item):
    """What came early says nothing of what comes next: half take off after the second answer, half drop."""
    return 0.9 if (learner % 2 == 0) == (item > 1) else 0.1


def test_the_plain_share_is_gone_by_until_there_is_enough_to_tell_which_flag_is_better():
    assert calibration.fit_calibration(answers_of(steadily, learners=8)).uses_observed_share
    assert calibration.fit_calibration([]).uses_observed_share


def test_the_measure_is_gone_by_where_it_foresees_better_on_learners_it_did_not_learn_from():
    fit = calibration.fit_calibration(answers_of(improving))
    ours, plain = fit.flags.areas()
    assert ours is not None
    assert plain is not None
    assert (ours > plain, fit.uses_observed_share) == (True, False)


def test_the_plain_share_is_gone_by_where_the_measure_foresees_no_better():
    luck = calibration.fit_calibration(answers_of(lambda learner, item: 0.5, learners=400, items=10))
    assert luck.flags.is_enough()
    assert luck.uses_observed_share


def test_the_measure_has_to_be_better_in_both_halves():
    luck = random.Random(1)
    outcomes = [True, False] * 30
    telling = [luck.random() - outcome for outcome in outcomes]
    idle = [luck.random() for _ in outcomes]
    better = FlagComparison(expected=telling, observed=idle, outcomes=outcomes)
    worse = FlagComparison(expected=idle, observed=telling, outcomes=outcomes)
    halves = [[better, better], [better, worse], [worse, worse]]
    assert [calibration._is_better(each) for each in halves] == [True, False, False]


def test_an_area_under_the_curve_is_of_learners_left_out():
    fit = calibration.fit_calibration(answers_of(steadily))
    assert fit.auc == pytest.approx(0.8, abs=0.05)
    luck = calibration.fit_calibration(answers_of(lambda learner, item: 0.5))
    assert luck.auc == pytest.approx(0.5, abs=0.05)


def test_answers_that_are_all_alike_have_no_area():
    assert calibration.fit_calibration(answers_of(lambda learner, item: 1.0, learners=20)).auc is None


def test_a_flag_is_judged_by_the_three_answers_after_the_fifth():
    [learner] = {"lena"}
    outcomes = [True, False, False, False, False, False, True, False, True, True]
    answers = [
        CalibrationAnswer(learner=learner, item="i", skills=("s",), is_right=each) for each in outcomes
    ]
    flags = FlagComparison()
    calibration.predict_answers(calibration.learn_parameters([]), answers, flags)
    assert (flags.observed, flags.outcomes) == ([0.2], [True])
    flags = FlagComparison()
    calibration.predict_answers(calibration.learn_parameters([]), answers[:7], flags)
    assert flags.outcomes == []


def test_a_calibration_is_the_same_each_time():
    answers = answers_of(steadily, learners=30)
    assert calibration.fit_calibration(answers) == calibration.fit_calibration(answers)

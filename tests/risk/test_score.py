"""What a risk is made of, and what it comes to."""

import random
from dataclasses import replace

import pytest

from tracking.risk import features, regression
from tracking.risk import score as risk_score
from tracking.risk.features import LearnerToDate, QuizResult, QuizWeight, RiskFeatures
from tracking.rollups.mastery import accuracy

NOTHING = RiskFeatures(
    learner=1, day=14, enrolled_days=14, lost_share=None, low_share=None, away_days=None, recent_rank=None,
    active_rank=None, click_rank=None, lead_rank=None,
)  # fmt: skip
QUIZZES = {"a": QuizWeight(due_day=5), "b": QuizWeight(due_day=10, points=3), "later": QuizWeight(due_day=40)}


def facts(*learners, day=14, quizzes=QUIZZES, class_minimum=2):
    return features.class_risk_features(learners, quizzes, day=day, class_minimum=class_minimum)


def progress(*active_days, learner=1, **fields):
    return LearnerToDate(learner=learner, active_days=active_days, click_count=len(active_days), **fields)


def test_what_was_due_and_not_handed_in_is_lost_in_full_and_what_is_ungraded_is_not_counted():
    half = QuizResult(share=0.5, day=4)
    [mine] = facts(progress(submitted={"a": half}))
    assert (mine.lost_share, mine.low_share) == (1 - 0.5 / 4, 0.5)
    [waiting] = facts(progress(submitted={"a": half, "b": QuizResult(share=None, day=9)}))
    assert waiting.lost_share == 0.5


def test_nothing_is_lost_that_is_not_due_yet_and_what_is_handed_in_ahead_counts():
    assert facts(progress(), day=5)[0].lost_share is None
    [ahead] = facts(progress(submitted={"later": QuizResult(share=1.0, day=3)}), day=5)
    assert ahead.lost_share == 0


def test_what_was_due_before_somebody_came_was_never_due_for_them():
    [late] = facts(progress(joined_day=7.5))
    assert (late.lost_share, late.enrolled_days) == (1.0, 6.5)
    assert facts(progress(joined_day=11))[0].lost_share is None


@pytest.mark.parametrize(
    ("active_days", "joined_day", "away"),
    [((-3, 13), None, 1), ((2,), None, 12), ((), -9, 14), ((), 10.5, 4)],
)
def test_days_away_count_from_the_last_one_there_or_else_from_the_start(active_days, joined_day, away):
    assert facts(progress(*active_days, joined_day=joined_day))[0].away_days == away


def test_ranks_are_shares_of_the_class_that_did_less_and_ties_share_theirs():
    found = facts(progress(), progress(1), progress(1), progress(1, 2))
    assert [each.active_rank for each in found] == [0.125, 0.5, 0.5, 0.875]
    old_hand, regular = facts(progress(0), progress(40), day=42)
    assert (old_hand.recent_rank, regular.recent_rank) == (0.25, 0.75)


def test_there_are_no_ranks_in_a_small_class_nor_for_those_who_do_not_share():
    assert facts(progress(1), class_minimum=2)[0].active_rank is None
    silent = LearnerToDate(learner=1, active_days=None, click_count=None)
    mine, _, _ = facts(silent, progress(1), progress(2))
    assert (mine.active_rank, mine.click_rank, mine.away_days, mine.lost_share) == (None, None, None, 1.0)


def test_nothing_known_is_no_score():
    assert risk_score.risk_score(NOTHING) is None


def test_a_score_is_the_sum_of_its_parts_the_most_first():
    score = risk_score.risk_score(replace(NOTHING, lost_share=0.5, recent_rank=0.2, away_days=28))
    assert score is not None
    assert [(part.name, part.points, part.value) for part in score.components] == [
        ("points_lost", 0.35, 0.5), ("days_away", 0.15, 28.0), ("rarely_there", 0.12, 0.8),
    ]  # fmt: skip
    assert score.score == pytest.approx(0.62)


def test_what_is_not_known_leaves_its_share_to_the_rest_so_that_a_score_may_reach_one():
    away = risk_score.risk_score(replace(NOTHING, away_days=60))
    assert away is not None
    assert away.score == 1.0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"lost_share": 0.2}, {"lost_share": 0.4}),
        ({"away_days": 2}, {"away_days": 9}),
        ({"recent_rank": 0.9}, {"recent_rank": 0.1}),
    ],
)
def test_a_score_grows_with_each_part(better, worse):
    known = replace(NOTHING, lost_share=0.3, away_days=3, recent_rank=0.5)
    scores = [risk_score.risk_score(replace(known, **changed)) for changed in (better, worse)]
    assert scores[0] is not None
    assert scores[1] is not None
    assert scores[0].score < scores[1].score


def test_a_regression_finds_what_tells_and_ignores_what_does_not():
    luck = random.Random(4)
    rows = [replace(NOTHING, lost_share=luck.random(), click_rank=luck.random()) for _ in range(400)]
    is_lost = [luck.random() < (row.lost_share or 0) ** 2 for row in rows]
    weights = regression.fit_regression(rows, is_lost)
    assert weights[1] > 2
    assert abs(weights[6]) < 0.6
    chances = [regression.predict_risk(weights, row) for row in rows]
    assert (accuracy.roc_auc(is_lost, chances) or 0) > 0.75
    assert sum(chances) == pytest.approx(sum(is_lost), rel=0.01)


def test_a_regression_on_outcomes_that_are_all_alike_stays_finite():
    weights = regression.fit_regression([NOTHING] * 10, [True] * 10)
    assert 0.9 < regression.predict_risk(weights, NOTHING) <= 1

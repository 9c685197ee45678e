import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rollups.mastery import accuracy

PAIRS = st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=30)


@given(PAIRS)
def test_the_area_is_the_share_of_pairs_in_the_right_order_where_a_tie_counts_half(pairs):
    outcomes, scores = [pair[0] for pair in pairs], [float(pair[1]) for pair in pairs]
    trues = [score for outcome, score in pairs if outcome]
    falses = [score for outcome, score in pairs if not outcome]
    won = sum((true > false) + (true == false) / 2 for true in trues for false in falses)
    expected = won / (len(trues) * len(falses)) if trues and falses else None
    assert accuracy.roc_auc(outcomes, scores) == (None if expected is None else pytest.approx(expected))


def test_an_advantage_is_large_where_one_tells_and_the_other_does_not_and_turns_round_with_them():
    luck = random.Random(1)
    outcomes = [True, False] * 50
    telling = [luck.random() + outcome / 2 for outcome in outcomes]
    idle = [luck.random() for _ in outcomes]
    ahead = accuracy.auc_z_score(outcomes, telling, idle)
    assert ahead > 3
    assert accuracy.auc_z_score(outcomes, idle, telling) == pytest.approx(-ahead)


@pytest.mark.parametrize("outcomes", [[], [True, True], [True, False], [True, False, True, False]])
def test_there_is_no_advantage_where_nothing_tells_them_apart(outcomes):
    same = [float(each) for each in outcomes]
    assert accuracy.auc_z_score(outcomes, same, same) == 0


def test_the_standard_error_of_an_advantage_is_that_of_the_paper():
    """Over many draws of two scores that tell equally well, the advantage spreads like a standard normal."""
    luck = random.Random(2)
    drawn = []
    for _ in range(300):
        outcomes = [luck.random() < 0.4 for _ in range(80)]
        ours, theirs = ([outcome + luck.gauss(0, 2) for outcome in outcomes] for _ in range(2))
        drawn.append(accuracy.auc_z_score(outcomes, ours, theirs))
    assert (statistics.fmean(drawn), statistics.stdev(drawn)) == pytest.approx((0, 1), abs=0.15)


def test_precision_is_of_the_flagged_and_recall_of_the_true():
    outcomes, flags = [True, True, True, False], [True, False, False, True]
    assert accuracy.precision_and_recall(outcomes, flags) == (1 / 2, 1 / 3)
    assert accuracy.precision_and_recall([False], [False]) == (None, None)

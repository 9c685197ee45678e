"""How well a score predicts an outcome: pure arithmetic on outcomes and scores."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import groupby


def roc_auc(outcomes: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Return the area under the ROC curve: how often a true outcome has a higher score than a false one.

    Equal scores count half. ``None`` if all outcomes are alike (Mann and Whitney 1947).
    """
    true_count = sum(outcomes)
    false_count = len(outcomes) - true_count
    if not true_count or not false_count:
        return None
    below, wins = 0, 0.0
    for _, tied in groupby(sorted(zip(scores, outcomes, strict=True)), key=lambda pair: pair[0]):
        tied_outcomes = [is_true for _, is_true in tied]
        trues = sum(tied_outcomes)
        wins += trues * (below + (len(tied_outcomes) - trues) / 2)
        below += len(tied_outcomes) - trues
    return wins / (true_count * false_count)


def auc_z_score(outcomes: Sequence[bool], ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return by how many standard errors the area of ``ours`` exceeds that of ``theirs``, on the same outcomes.

    DeLong, DeLong and Clarke-Pearson 1988. 0 if there is nothing to compare.
    """
    trues = [position for position, outcome in enumerate(outcomes) if outcome]
    falses = [position for position, outcome in enumerate(outcomes) if not outcome]
    if len(trues) < 2 or len(falses) < 2:
        return 0.0
    placements = [_placements(scores, trues, falses) for scores in (ours, theirs)]
    differences = [[a - b for a, b in zip(*side, strict=True)] for side in zip(*placements, strict=True)]
    variance = sum(statistics.variance(each) / len(each) for each in differences)
    return statistics.fmean(differences[0]) / math.sqrt(variance) if variance else 0.0


def precision_and_recall(
    outcomes: Sequence[bool], is_flagged: Sequence[bool]
) -> tuple[float | None, float | None]:
    """Return the share of the flagged that were true, and the share of the true that were flagged.

    Each is ``None`` if its denominator is 0.
    """
    hits = sum(outcome and flag for outcome, flag in zip(outcomes, is_flagged, strict=True))
    flagged_count, true_count = sum(is_flagged), sum(outcomes)
    return hits / flagged_count if flagged_count else None, hits / true_count if true_count else None


def _placements(
    scores: Sequence[float], trues: Sequence[int], falses: Sequence[int]
) -> tuple[list[float], list[float]]:
    """Return for each true outcome the share of false ones below it, and for each false one that of true ones above."""
    high, low = (
        sorted(scores[position] for position in trues),
        sorted(scores[position] for position in falses),
    )
    below = [_share_below(low, scores[position]) for position in trues]
    above = [1 - _share_below(high, scores[position]) for position in falses]
    return below, above


def _share_below(ordered: Sequence[float], score: float) -> float:
    return (bisect_left(ordered, score) + bisect_right(ordered, score)) / 2 / len(ordered)

"""When a skill is due for a review: by FSRS if the extra ``fsrs`` is installed, else by a half-life.

A day on which a skill was practised is one review; its share of right answers says how well it went.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec

FIRST_HALF_LIFE_DAYS = 14.0
"""The half-life after the first day that went well."""
MIN_HALF_LIFE_DAYS = 1.0
MAX_HALF_LIFE_DAYS = 730.0
WELL = 0.8
"""A day went well from this share of right answers on."""
BADLY = 0.5
"""A day went badly below this share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeDay:
    """One day of practice on one skill: when it ended, and the share of right answers."""

    at: datetime
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlan:
    """When recall will have fallen to a half, in days from the last review, and when the next review is due."""

    half_life_days: float
    due_at: datetime


def has_fsrs() -> bool:
    """Return whether the extra is installed."""
    return find_spec("fsrs") is not None


def plan_review(reviews: Sequence[PracticeDay], *, recall: float) -> ReviewPlan | None:
    """Return when recall will have fallen to ``recall``, or ``None`` if no day went well: nothing fades yet.

    ``reviews`` are in order of time.
    """
    if not any(review.share >= WELL for review in reviews):
        return None
    return by_fsrs(reviews, recall=recall) if has_fsrs() else by_half_life(reviews, recall=recall)


def by_half_life(reviews: Sequence[PracticeDay], *, recall: float) -> ReviewPlan:
    """Double the half-life on each day that went well, and halve it on each that went badly.

    This is half-life regression with fixed factors, which is Leitner's (Settles and Meeder 2016, *A trainable spaced
    repetition model for language learning*).
    """
    days = FIRST_HALF_LIFE_DAYS / 2
    for review in reviews:
        if review.share >= WELL:
            days *= 2
        elif review.share < BADLY:
            days /= 2
        days = min(max(days, MIN_HALF_LIFE_DAYS), MAX_HALF_LIFE_DAYS)
    wait = timedelta(days=days * math.log2(1 / recall))
    return ReviewPlan(half_life_days=days, due_at=reviews[-1].at + wait)


def by_fsrs(reviews: Sequence[PracticeDay], *, recall: float) -> ReviewPlan:
    """Plan with the Free Spaced Repetition Scheduler, its default parameters and no randomness."""
    fsrs = import_module("fsrs")
    # No fuzzing: a rebuild must give the same dates.
    scheduler = fsrs.Scheduler(
        desired_retention=recall, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
    card = fsrs.Card(card_id=1, due=reviews[0].at.astimezone(UTC))
    for review in reviews:
        rating = fsrs.Rating.Again if review.share < BADLY else fsrs.Rating.Hard
        rating = fsrs.Rating.Good if review.share >= WELL else rating
        card, _ = scheduler.review_card(card, rating, review.at.astimezone(UTC))
    return ReviewPlan(half_life_days=_half_life(scheduler, card), due_at=card.due)


def _half_life(scheduler: object, card: object) -> float:
    """Return when the forgetting curve, a power function of the elapsed time, falls to a half."""
    decay = -scheduler.parameters[20]  # type: ignore[attr-defined]  # An optional library, without types here.
    factor = 0.9 ** (1 / decay) - 1
    days = card.stability / factor * (0.5 ** (1 / decay) - 1)  # type: ignore[attr-defined]  # The same.
    return min(float(days), MAX_HALF_LIFE_DAYS)

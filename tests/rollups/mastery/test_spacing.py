"""When to go over something again."""

from datetime import UTC, datetime, timedelta

import pytest

from tracking.rollups.mastery import spacing
from tracking.rollups.mastery.spacing import PracticeDay

AT = datetime(2026, 3, 1, tzinfo=UTC)


def reviews(*shares):
    return [PracticeDay(at=AT + timedelta(days=day), share=share) for day, share in enumerate(shares)]


@pytest.fixture(params=[True, False], ids=["fsrs", "half-life"])
def has_fsrs(request, monkeypatch):
    monkeypatch.setattr(spacing, "has_fsrs", lambda: request.param)


@pytest.mark.usefixtures("has_fsrs")
def test_what_was_never_known_does_not_fade():
    assert spacing.plan_review(reviews(0.2, 0.6), recall=0.9) is None
    assert spacing.plan_review([], recall=0.9) is None


@pytest.mark.usefixtures("has_fsrs")
def test_each_day_that_goes_well_puts_the_next_review_off_and_a_bad_one_brings_it_nearer():
    waits = []
    for shares in ((1.0,), (1.0, 1.0), (1.0, 1.0, 1.0), (1.0, 1.0, 0.0)):
        plan = spacing.plan_review(reviews(*shares), recall=0.9)
        assert plan is not None
        waits.append(plan.due_at - AT - timedelta(days=len(shares) - 1))
    assert timedelta(0) < waits[0] < waits[1] < waits[2]
    assert waits[3] < waits[1]


@pytest.mark.usefixtures("has_fsrs")
def test_who_wants_to_recall_more_goes_over_it_sooner_and_the_same_each_time():
    strict, lax = (spacing.plan_review(reviews(1.0, 1.0), recall=recall) for recall in (0.95, 0.8))
    assert strict is not None
    assert lax is not None
    assert strict.due_at < lax.due_at
    assert spacing.plan_review(reviews(1.0, 1.0), recall=0.95) == strict


def test_a_half_life_is_when_recall_has_fallen_to_a_half():
    plan = spacing.by_half_life(reviews(1.0), recall=0.5)
    assert (plan.half_life_days, plan.due_at) == (14, AT + timedelta(days=14))


def test_the_half_life_of_fsrs_is_when_its_own_curve_comes_to_a_half():
    plan = spacing.by_fsrs(reviews(1.0, 1.0), recall=0.5)
    at_half = (plan.due_at - AT - timedelta(days=1)) / timedelta(days=1)
    assert plan.half_life_days == pytest.approx(at_half, abs=1)


def test_a_half_life_has_its_bounds():
    long, short = (spacing.by_half_life(reviews(1.0, *[share] * 40), recall=0.9) for share in (1.0, 0.0))
    assert (long.half_life_days, short.half_life_days) == (730, 1)


def test_a_middling_day_changes_nothing():
    one, two = (spacing.by_half_life(reviews(*shares), recall=0.9) for shares in ((1.0,), (1.0, 0.6)))
    assert one.half_life_days == two.half_life_days

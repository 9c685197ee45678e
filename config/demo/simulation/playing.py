"""Everybody's way through a term, in the order of the clock, with a roll-up at the end of each week."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from config.demo.simulation.learning import Learning
from config.demo.simulation.term import Term
from tracking import jobs

TellWeek = Callable[[int], object]
"""Hears the number of each week that is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What was played."""

    learner_count: int
    visit_count: int
    event_count: int


def say_nothing(week: int) -> None:
    """Keep how far it is to oneself."""


def play(
    learners: Sequence[Learning], term: Term, tell_week: TellWeek, *, rolls_up_weekly: bool = True
) -> Played:
    """Let ``learners`` come as they planned until now.

    ``rolls_up_weekly`` gives them a past: findings that opened when their cause appeared, and cleared when it went. It
    is not for courses in which others learn too, whose findings would go back in time with theirs.
    """
    visit_count = 0
    week = 1
    for at, learner in _in_order(learners):
        while term.moment(7 * week) <= at:
            _end_week(week, term, tell_week, rolls_up=rolls_up_weekly)
            week += 1
        with transaction.atomic():
            learner.come()
        visit_count += 1
    while term.moment(7 * week) < term.now:
        _end_week(week, term, tell_week, rolls_up=rolls_up_weekly)
        week += 1
    return Played(
        learner_count=len(learners),
        visit_count=visit_count,
        event_count=sum(each.event_count for each in learners),
    )


def bring_up_to_date(now: datetime) -> None:
    """Read the outlines and roll everything up as of ``now``, as the schedule would."""
    jobs.refresh_outlines(now=now)
    _roll_up(now)


def _in_order(learners: Sequence[Learning]) -> Iterator[tuple[datetime, Learning]]:
    """Yield whoever comes next, with the moment, until nobody comes any more before now."""
    waiting = [(at, number) for number, each in enumerate(learners) if (at := each.next_at)]
    heapq.heapify(waiting)
    while waiting:
        at, number = heapq.heappop(waiting)
        yield at, learners[number]
        if (then := learners[number].next_at) is not None:
            heapq.heappush(waiting, (then, number))


def _end_week(week: int, term: Term, tell_week: TellWeek, *, rolls_up: bool) -> None:
    if rolls_up:
        _roll_up(term.moment(7 * week))
    tell_week(week)


def _roll_up(at: datetime) -> None:
    jobs.mark_running_courses_changed(now=at)
    jobs.roll_up(now=at)

"""Everybody's way through a term, in the order of the clock, with a roll-up at the end of each week."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from config.demo.simulation.learning import Learning
from config.demo.simulation.term import Term
from tracking.insights import jobs

WEEK = timedelta(days=7)

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


def play(learners: Sequence[Learning], term: Term, tell_week: TellWeek) -> Played:
    """Let ``learners`` come as they planned until now, and roll up at the end of each week."""
    visit_count = 0
    week_ends_at = term.moment(7)
    jobs.read_outlines(now=term.moment(0))
    waiting = [(at, number) for number, each in enumerate(learners) if (at := each.next_at)]
    heapq.heapify(waiting)
    while waiting:
        at, number = heapq.heappop(waiting)
        while week_ends_at <= at:
            _end_week(week_ends_at, term, tell_week)
            week_ends_at += WEEK
        with transaction.atomic():
            learners[number].come()
        visit_count += 1
        if (then := learners[number].next_at) is not None:
            heapq.heappush(waiting, (then, number))
    while week_ends_at < term.now:
        _end_week(week_ends_at, term, tell_week)
        week_ends_at += WEEK
    return Played(
        learner_count=len(learners),
        visit_count=visit_count,
        event_count=sum(each.event_count for each in learners),
    )


def bring_up_to_date(now: datetime) -> None:
    """Read the outlines and roll everything up as of ``now``, as the schedule would."""
    jobs.read_outlines(now=now)
    jobs.mark_running_courses(now=now)
    jobs.bring_up_to_date(now=now)


def _end_week(at: datetime, term: Term, tell_week: TellWeek) -> None:
    tell_week((at - term.moment(0)) // WEEK)
    jobs.mark_running_courses(now=at)
    jobs.bring_up_to_date(now=at)

"""Simulate all visits of a term in order of time, with a rollup at the end of each week."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from config.demo.simulation.learning import Learning
from config.demo.simulation.term import Term
from tracking import jobs

ReportWeek = Callable[[int], object]
"""Called with the number of each week that is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationResult:
    """The counts of a simulation."""

    learner_count: int
    visit_count: int
    event_count: int


def report_nothing(week: int) -> None:
    """Ignore the progress of the simulation."""


def play(
    learners: Sequence[Learning], term: Term, report_week: ReportWeek, *, rolls_up_weekly: bool = True
) -> SimulationResult:
    """Simulate the planned visits of ``learners`` until now, each in its own transaction.

    ``rolls_up_weekly`` creates a history: findings open when their cause appears and clear when it goes. Do not use it
    for a course with other learners: their findings would be recalculated for past weeks too.
    """
    visit_count = 0
    week = 1
    for at, learner in _in_order(learners):
        while term.moment(7 * week) <= at:
            _end_week(week, term, report_week, rolls_up=rolls_up_weekly)
            week += 1
        with transaction.atomic():
            learner.come()
        visit_count += 1
    while term.moment(7 * week) < term.now:
        _end_week(week, term, report_week, rolls_up=rolls_up_weekly)
        week += 1
    return SimulationResult(
        learner_count=len(learners),
        visit_count=visit_count,
        event_count=sum(each.event_count for each in learners),
    )


def bring_up_to_date(now: datetime) -> None:
    """Read the outlines and roll up everything as of ``now``, as the schedule does."""
    jobs.refresh_outlines(now=now)
    _roll_up(now)


def _in_order(learners: Sequence[Learning]) -> Iterator[tuple[datetime, Learning]]:
    """Yield the time and learner of each visit in order, until there are no visits before now."""
    waiting = [(at, number) for number, each in enumerate(learners) if (at := each.next_at)]
    heapq.heapify(waiting)
    while waiting:
        at, number = heapq.heappop(waiting)
        yield at, learners[number]
        if (next_at := learners[number].next_at) is not None:
            heapq.heappush(waiting, (next_at, number))


def _end_week(week: int, term: Term, report_week: ReportWeek, *, rolls_up: bool) -> None:
    if rolls_up:
        _roll_up(term.moment(7 * week))
    report_week(week)


def _roll_up(at: datetime) -> None:
    jobs.mark_running_courses_changed(now=at)
    jobs.roll_up(now=at)

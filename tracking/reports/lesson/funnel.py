"""How far a class comes in one lesson or quiz: step by step, down its page, and in which states its learners are.

The class is here the learners who count, as in ``models.UnitStats``: no one who is excused, and no one who does not
share (see ``privacy.groups``). The first and the last step are the shares of the class page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from tracking import conf
from tracking.definitions import states
from tracking.models import LearnerUnit, UnitState

SCROLL_MARKS = (25, 50, 75, 90)
"""Percent of the page."""


class FunnelStage(Enum):
    """A step of the funnel."""

    ENROLLED = "enrolled"
    OPENED = "opened"
    ENGAGED = "engaged"
    END_REACHED = "end_reached"
    TRIED = "tried"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """One step of the funnel, and how many learners reached it; ``share`` is of the class."""

    step: FunnelStage
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrollDepth:
    """The share of those who opened the page who saw at least ``percent`` of it."""

    percent: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCount:
    """How many learners are in a state."""

    state: UnitState
    count: int


def lesson_funnel(
    rows: Sequence[LearnerUnit], learner_count: int, *, is_quiz: bool
) -> tuple[FunnelStep, ...]:
    """Return how many learners reached each step; ``learner_count`` is the number of those who count."""
    rules = conf.get_settings()
    if not learner_count:
        return ()
    # Each step includes the learners of the next, whatever the evidence: a completed lesson was opened, even if
    # no page view says so.
    reached = [row for row in rows if row.state in states.REACHED]
    completed = {row.learner_id for row in reached if row.state == UnitState.COMPLETED}
    tried = {row.learner_id for row in reached if row.attempt_count}
    ended = {row.learner_id for row in reached if row.scroll_percent >= rules.END_REACHED_PERCENT}
    further = completed | (tried if is_quiz else ended)
    engaged = further | {row.learner_id for row in reached if row.is_engaged}
    counts = (
        (FunnelStage.ENROLLED, learner_count),
        (FunnelStage.OPENED, len(reached)),
        (FunnelStage.ENGAGED, len(engaged)),
        (FunnelStage.TRIED if is_quiz else FunnelStage.END_REACHED, len(further)),
        (FunnelStage.COMPLETED, len(completed)),
    )
    return tuple(FunnelStep(step=step, count=count, share=count / learner_count) for step, count in counts)


def state_counts(rows: Iterable[LearnerUnit], learner_count: int) -> tuple[StateCount, ...]:
    """Return the number of learners in each state that any learner is in."""
    counted = Counter(UnitState(row.state) for row in rows)
    counted[UnitState.NOT_REACHED] += learner_count - sum(counted.values())
    return tuple(StateCount(state=state, count=counted[state]) for state in UnitState if counted[state] > 0)


def scroll_depths(rows: Iterable[LearnerUnit]) -> tuple[ScrollDepth, ...]:
    """Return how much of the page those who opened it saw; empty if no depth is known."""
    depths = [row.scroll_percent for row in rows if row.view_count]
    # If no depth is known, as in an imported log, a row of zeros would be false.
    if not any(depths):
        return ()
    return tuple(
        ScrollDepth(percent=percent, share=sum(depth >= percent for depth in depths) / len(depths))
        for percent in SCROLL_MARKS
    )

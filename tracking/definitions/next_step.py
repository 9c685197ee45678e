"""What comes next for a learner in a course: decided here for the page, the findings, the host's tag and the API."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tracking.definitions import states
from tracking.definitions.states import UnitState
from tracking.events import UnitKind


class StepReason(TextChoices):
    """Why a unit is the next step."""

    OVERDUE = "overdue", _("Overdue: do this first")
    LESSON_FIRST = "lesson_first", _("Before you try the quiz again")
    CONTINUE = "continue", _("Continue where you left off")
    START = "start", _("Start here")


class CourseUnit(Protocol):
    """One lesson or quiz as a learner has it."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> UnitState | None: ...
    @property
    def is_required(self) -> bool: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def last_at(self) -> datetime | None: ...


U = TypeVar("U", bound=CourseUnit)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The unit to do next, and why. ``quiz_key`` is the quiz for which a lesson comes first, else empty."""

    unit_key: str
    reason: StepReason
    quiz_key: str = ""


def find_next_step(
    units: Sequence[CourseUnit],
    *,
    missed_lessons: Mapping[str, Collection[str]],
    is_read_known: bool,
    now: datetime,
) -> NextStep | None:
    """Return the next step, or ``None`` if nothing required is left to do.

    ``units`` are the lessons and quizzes in the order of the outline. ``missed_lessons`` are, for each quiz that was
    not passed, the lessons about which questions were missed. The first rule that fits decides:

    1. A unit that is overdue comes before the others, the one that was due first.
    2. Then the unit that the learner worked on last, if something is left to do in it, else the next one after it. A
       glance is no work: neither opening a lesson briefly or skimming it, nor opening a quiz.
    3. If nothing was worked on, the first unit.

    If that is a quiz that was not passed, a lesson that the learner needs for it and has not covered comes first: one
    about which a question was missed, else one since the quiz before. That cannot be said of a learner who does not
    share their activity (``is_read_known`` is false).
    """
    waiting = [unit for unit in units if _is_waiting(unit)]
    if not waiting:
        return None
    found, reason = _by_date_or_position(units, waiting, now=now)
    lesson = _lesson_first(units, found, missed_lessons.get(found.key, ())) if is_read_known else None
    if lesson is not None:
        return NextStep(unit_key=lesson.key, reason=StepReason.LESSON_FIRST, quiz_key=found.key)
    return NextStep(unit_key=found.key, reason=reason)


def _is_waiting(unit: CourseUnit) -> bool:
    if unit.state is None or unit.state in states.DONE:
        return False
    return states.counts_for_progress(unit.state, is_required=unit.is_required)


def _by_date_or_position(units: Sequence[U], waiting: Sequence[U], *, now: datetime) -> tuple[U, StepReason]:
    overdue = [(unit.due_at, unit) for unit in waiting if unit.due_at is not None and unit.due_at < now]
    if overdue:
        return min(overdue, key=lambda pair: pair[0])[1], StepReason.OVERDUE
    worked_on = [
        (unit.last_at, position)
        for position, unit in enumerate(units)
        if unit.last_at is not None and _is_worked_on(unit)
    ]
    if not worked_on:
        return waiting[0], StepReason.START
    _at, start = max(worked_on)
    keys = {unit.key for unit in waiting}
    in_order = [*units[start:], *units[:start]]
    return next(unit for unit in in_order if unit.key in keys), StepReason.CONTINUE


def _is_worked_on(unit: CourseUnit) -> bool:
    if unit.state not in states.WORKED_ON or unit.state is UnitState.SKIMMED:
        return False
    # A quiz is in progress from the moment its page is open. Only an attempt shows that it was worked on.
    return unit.kind != UnitKind.QUIZ or unit.state is not UnitState.IN_PROGRESS


def _lesson_first(units: Sequence[U], quiz: U, missed: Collection[str]) -> U | None:
    if quiz.state is not UnitState.FAILED:
        return None
    uncovered = [unit for unit in units if unit.kind != UnitKind.QUIZ and unit.state in states.NOT_COVERED]
    about_missed = [unit for unit in uncovered if unit.key in missed]
    if about_missed:
        return about_missed[0]
    since = _keys_since_quiz_before(units, quiz.key)
    return next((unit for unit in uncovered if unit.is_required and unit.key in since), None)


def _keys_since_quiz_before(units: Sequence[CourseUnit], quiz_key: str) -> set[str]:
    since: set[str] = set()
    for unit in units:
        if unit.key == quiz_key:
            break
        since = set() if unit.kind == UnitKind.QUIZ else since | {unit.key}
    return since

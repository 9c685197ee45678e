"""The state of one learner in each unit of an outline, from the totals of the day rows and from the attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from tracking import conf
from tracking.conf import TrackingSettings
from tracking.definitions import times
from tracking.definitions.states import UNOPENED
from tracking.events import LearnerId, UnitKind
from tracking.models import OutlineUnit, UnitState
from tracking.rollups.learner import attempt_summary, states
from tracking.rollups.learner.attempt_summary import AttemptSummary
from tracking.rollups.learner.states import UnitFacts

UNSTORED = frozenset({UnitState.NOT_REACHED, UnitState.LOCKED})
"""States that are not stored if nothing is known of the unit."""


class UnitTotals(NamedTuple):
    """The day rows of one learner in one unit, added up; times are in milliseconds."""

    active_ms: int = 0
    visible_ms: int = 0
    media_ms: int = 0
    estimated_ms: int = 0
    reported_later_ms: int = 0
    view_count: int = 0
    access_count: int = 0
    scroll_percent: int = 0
    is_completed: bool = False
    first_at: datetime | None = None
    last_at: datetime | None = None


NO_TOTALS = UnitTotals()


class UnitRow(NamedTuple):
    """The fields of ``models.LearnerUnit``, in its order."""

    learner_id: LearnerId
    course_key: str
    unit_key: str
    state: str
    is_engaged: bool
    active_ms: int
    visible_ms: int
    media_ms: int
    estimated_ms: int
    reported_later_ms: int
    view_count: int
    access_count: int
    scroll_percent: int
    attempt_count: int
    first_share: float | None
    best_share: float | None
    last_share: float | None
    is_passed_first: bool | None
    is_passed: bool | None
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentTerms:
    """The facts about a learner's enrolment on which states depend."""

    learner_id: LearnerId
    course_key: str
    is_shared: bool
    is_enrolled: bool
    enrolled_at: datetime | None
    excused_unit_keys: frozenset[str] = frozenset()
    """Units from which the host or an instructor has excused the learner; all units below them are excused too."""
    due_at: Mapping[str, datetime] = field(default_factory=dict)
    """The learner's own due dates by unit key, which replace those of the outline."""


class _Context(NamedTuple):
    """The facts on which the state of a unit depends, other than the learner's activity in it."""

    unit_key: str
    is_excused: bool
    is_later_engaged: bool
    is_due_passed: bool
    is_shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerSources:
    """What is known of one learner: totals and attempts by unit, and stored rows that are still right."""

    totals: Mapping[str, UnitTotals]
    attempts: Mapping[str, AttemptSummary]
    current_rows: Mapping[str, UnitRow]
    """Stored rows, for units that are in neither ``totals`` nor ``attempts``."""
    changed: AbstractSet[str] | None = None
    """The units in which something has changed; ``None`` if that may be all of them."""


class OutlineWalk:
    """The lessons and quizzes of one outline, and the rows that learners have of them."""

    def __init__(
        self, outline: Sequence[OutlineUnit], *, now: datetime, class_medians: Mapping[str, int]
    ) -> None:
        self.outline = outline
        self.backwards = [unit for unit in reversed(outline) if unit.kind != UnitKind.MODULE]
        self.locked = {unit.unit_key for unit in self.backwards if not unit.is_available}
        self.required = {unit.unit_key for unit in self.backwards if unit.is_required}
        self._settings = conf.get_settings()
        self._now = now
        # A learner has rows of few units out of many, so the walk over all of them touches no model instance.
        self._walk = [
            (unit.unit_key, unit.is_required, unit.due_at if unit.due_at and unit.due_at < now else None)
            for unit in self.backwards
        ]
        self._states_without_activity: dict[_Context, UnitState] = {}
        self._without_row: set[tuple[Any, ...]] = set()
        self._outline_facts = {
            unit.unit_key: _outline_facts(unit, self._settings, class_medians) for unit in self.backwards
        }

    def required_count(self, terms: EnrolmentTerms) -> int:
        """Return how many units count for one learner: required, available and not excused."""
        excused = _with_descendants(self.outline, terms.excused_unit_keys)
        return len(self.required - self.locked - excused)

    def rows_of(self, sources: LearnerSources, terms: EnrolmentTerms) -> list[UnitRow]:
        """Return a row for each lesson and quiz of which anything is known, in the order of the outline."""
        excused = _with_descendants(self.outline, terms.excused_unit_keys)
        changed, current_rows = sources.changed, sources.current_rows
        known = sources.totals.keys() | sources.attempts.keys()
        rows: list[UnitRow] = []
        is_later_engaged = False
        for key, is_required, overdue_at in self._walk:
            current = None if changed is None or key in changed else current_rows.get(key)
            row: UnitRow | None = current
            if current is None or current.state in UNOPENED:
                passed_at = self._own_overdue_at(terms.due_at[key]) if key in terms.due_at else overdue_at
                is_due_passed = passed_at is not None and _was_due(passed_at, terms)
                context = (key, key in excused, is_later_engaged, is_due_passed, terms.is_shared)
                if current is None and context in self._without_row and key not in known:
                    continue
                row = self._row(_Context._make(context), sources, terms, current)
            if row is None:
                continue
            rows.append(row)
            # Opening an optional unit out of turn does not mean that everything before it was skipped.
            is_later_engaged = is_later_engaged or (is_required and row.is_engaged)
        rows.reverse()
        return rows

    def _own_overdue_at(self, due_at: datetime) -> datetime | None:
        return due_at if due_at < self._now else None

    def _row(
        self, context: _Context, sources: LearnerSources, terms: EnrolmentTerms, current: UnitRow | None
    ) -> UnitRow | None:
        if current is not None:
            state = self._state_without_activity(context)
            return current if current.state == state else current._replace(state=state.value)
        key = context.unit_key
        totals, summary = sources.totals.get(key, NO_TOTALS), sources.attempts.get(key, attempt_summary.NONE)
        if totals is NO_TOTALS and summary is attempt_summary.NONE:
            state = self._state_without_activity(context)
            if state not in UNSTORED:
                return _stored(terms, key, (state, False), totals, summary)
            self._without_row.add(context)
            return None
        facts = self._facts(context)._replace(
            is_host_completed=totals.is_completed,
            is_opened=bool(totals.view_count or totals.access_count),
            has_time=totals is NO_TOTALS or bool(totals.view_count),
            spent_ms=times.spent_ms(
                active_ms=totals.active_ms,
                estimated_ms=totals.estimated_ms,
                reported_later_ms=totals.reported_later_ms,
                media_ms=totals.media_ms,
            ),
            scroll_percent=totals.scroll_percent,
            attempts=summary.facts,
        )
        state_and_engagement = (
            states.unit_state(facts, self._settings),
            states.is_engaged(facts, self._settings),
        )
        return _stored(terms, key, state_and_engagement, totals, summary)

    def _state_without_activity(self, context: _Context) -> UnitState:
        """Return the state of a unit without any activity, computed once for all learners in the same context.

        No learner is engaged with such a unit.
        """
        state = self._states_without_activity.get(context)
        if state is None:
            state = self._states_without_activity[context] = states.unit_state(
                self._facts(context), self._settings
            )
        return state

    def _facts(self, context: _Context) -> UnitFacts:
        return self._outline_facts[context.unit_key]._replace(
            is_excused=context.is_excused,
            is_later_engaged=context.is_later_engaged,
            is_due_passed=context.is_due_passed,
            is_shared=context.is_shared,
        )


def _was_due(overdue_at: datetime, terms: EnrolmentTerms) -> bool:
    """Return whether an overdue unit was due for this learner: what was due before the enrolment never was."""
    return terms.enrolled_at is None or terms.enrolled_at < overdue_at


def is_worth_storing(row: UnitRow) -> bool:
    """Return whether ``row`` is stored: a unit that is locked, or of which nothing is known, has no row."""
    return row.state != UnitState.LOCKED and (row.state != UnitState.NOT_REACHED or row.last_at is not None)


def _with_descendants(outline: Sequence[OutlineUnit], unit_keys: frozenset[str]) -> set[str]:
    found = set(unit_keys)
    for unit in outline if found else ():
        # Parents come before their children.
        if unit.parent_key in found:
            found.add(unit.unit_key)
    return found


def _outline_facts(
    unit: OutlineUnit, settings: TrackingSettings, class_medians: Mapping[str, int]
) -> UnitFacts:
    return UnitFacts(
        kind=UnitKind(unit.kind),
        is_available=unit.is_available,
        is_required=unit.is_required,
        expected_seconds=unit.expected_seconds
        or class_medians.get(unit.unit_key)
        or settings.DEFAULT_EXPECTED_SECONDS,
    )


def _stored(
    terms: EnrolmentTerms,
    unit_key: str,
    state_and_engagement: tuple[UnitState, bool],
    totals: UnitTotals,
    summary: AttemptSummary,
) -> UnitRow:
    state, is_engaged = state_and_engagement
    first_at, last_at = totals.first_at, totals.last_at
    if summary is not attempt_summary.NONE:
        first_at = min((at for at in (first_at, summary.first_at) if at), default=None)
        last_at = max((at for at in (last_at, summary.last_at) if at), default=None)
    return UnitRow(
        terms.learner_id,
        terms.course_key,
        unit_key,
        state.value,
        is_engaged,
        totals.active_ms,
        totals.visible_ms,
        totals.media_ms,
        totals.estimated_ms,
        totals.reported_later_ms,
        totals.view_count,
        totals.access_count,
        totals.scroll_percent,
        summary.facts.submitted_count,
        summary.first_share,
        summary.best_share,
        summary.last_share,
        summary.is_passed_first,
        summary.facts.is_passed,
        first_at,
        last_at,
    )

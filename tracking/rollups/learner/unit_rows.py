"""Where one learner stands with each unit of an outline, from the totals of the day rows and the attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from tracking import conf
from tracking.conf import TrackingSettings
from tracking.definitions.states import UNOPENED
from tracking.events import LearnerId, UnitKind
from tracking.models import OutlineUnit, UnitState
from tracking.rollups.learner import attempt_summary, states
from tracking.rollups.learner.attempt_summary import AttemptSummary
from tracking.rollups.learner.states import UnitFacts

SILENT = frozenset({UnitState.NOT_REACHED, UnitState.LOCKED})
"""States of a unit of which nothing is known that say nothing either."""


class UnitTotals(NamedTuple):
    """The day rows of one learner in one unit, added up; times in milliseconds."""

    active_ms: int = 0
    visible_ms: int = 0
    media_ms: int = 0
    estimated_ms: int = 0
    view_count: int = 0
    access_count: int = 0
    scroll_percent: int = 0
    is_completed: bool = False
    first_at: datetime | None = None
    last_at: datetime | None = None


NO_TOTALS = UnitTotals()


class UnitRow(NamedTuple):
    """What ``models.LearnerUnit`` stores, in its order."""

    learner_id: LearnerId
    course_key: str
    unit_key: str
    state: str
    is_engaged: bool
    active_ms: int
    visible_ms: int
    media_ms: int
    estimated_ms: int
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
    """On what terms somebody learns."""

    learner_id: LearnerId
    course_key: str
    is_shared: bool
    is_enrolled: bool
    enrolled_at: datetime | None
    excused_unit_keys: frozenset[str] = frozenset()
    """Units that the learner is exempt from, by the host's word or an instructor's; with all below them."""


class _Elsewhere(NamedTuple):
    """What the state of a unit depends on besides what is known of it."""

    unit_key: str
    is_exempt: bool
    is_later_engaged: bool
    is_due_passed: bool
    is_shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerSources:
    """What is known of one learner: totals and attempts by unit, and rows that still hold."""

    totals: Mapping[str, UnitTotals]
    attempts: Mapping[str, AttemptSummary]
    current_rows: Mapping[str, UnitRow]
    """Rows as they are stored, for units that neither ``totals`` nor ``attempts`` need to tell of."""
    changed: AbstractSet[str] | None = None
    """The units of which something has changed; ``None`` where that may be all of them."""


class OutlineWalk:
    """The lessons and quizzes of one outline, and the rows that learners have of them."""

    def __init__(self, outline: Sequence[OutlineUnit], *, now: datetime, learned: Mapping[str, int]) -> None:
        self.outline = outline
        self.backwards = [unit for unit in reversed(outline) if unit.kind != UnitKind.MODULE]
        self.locked = {unit.unit_key for unit in self.backwards if not unit.is_available}
        self.required = {unit.unit_key for unit in self.backwards if unit.is_required}
        self._rules = conf.get_settings()
        # A learner has few of many units: the walk over all of them looks at no model.
        self._walk = [
            (unit.unit_key, unit.is_required, unit.due_at if unit.due_at and unit.due_at < now else None)
            for unit in self.backwards
        ]
        self._unknown: dict[_Elsewhere, UnitState] = {}
        self._silent: set[tuple[Any, ...]] = set()
        self._given = {unit.unit_key: _given(unit, self._rules, learned) for unit in self.backwards}

    def required_count(self, terms: EnrolmentTerms) -> int:
        """Return how many units count for one learner: those that are required and open, but for the exempt."""
        exempt = _with_all_below(self.outline, terms.excused_unit_keys)
        return len(self.required - self.locked - exempt)

    def rows_of(self, sources: LearnerSources, terms: EnrolmentTerms) -> list[UnitRow]:
        """Return a row for each lesson and quiz of which there is anything to say, in the order of the outline."""
        exempt = _with_all_below(self.outline, terms.excused_unit_keys)
        changed, standing_of = sources.changed, sources.current_rows
        known = sources.totals.keys() | sources.attempts.keys()
        rows: list[UnitRow] = []
        is_later_engaged = False
        for key, is_required, overdue_at in self._walk:
            standing = None if changed is None or key in changed else standing_of.get(key)
            row: UnitRow | None = standing
            if standing is None or standing.state in UNOPENED:
                is_due_passed = overdue_at is not None and _was_due(overdue_at, terms)
                elsewhere = (key, key in exempt, is_later_engaged, is_due_passed, terms.is_shared)
                if standing is None and elsewhere in self._silent and key not in known:
                    continue
                row = self._row(_Elsewhere._make(elsewhere), sources, terms, standing)
            if row is None:
                continue
            rows.append(row)
            # Opening an optional unit out of turn does not mean that everything before it was passed over.
            is_later_engaged = is_later_engaged or (is_required and row.is_engaged)
        rows.reverse()
        return rows

    def _row(
        self, elsewhere: _Elsewhere, sources: LearnerSources, terms: EnrolmentTerms, standing: UnitRow | None
    ) -> UnitRow | None:
        if standing is not None:
            state = self._of_unknown(elsewhere)
            return standing if standing.state == state else standing._replace(state=state.value)
        key = elsewhere.unit_key
        mine, summary = sources.totals.get(key, NO_TOTALS), sources.attempts.get(key, attempt_summary.NONE)
        if mine is NO_TOTALS and summary is attempt_summary.NONE:
            state = self._of_unknown(elsewhere)
            if state not in SILENT:
                return _stored(terms, key, (state, False), mine, summary)
            self._silent.add(elsewhere)
            return None
        facts = self._facts(elsewhere)._replace(
            is_host_completed=mine.is_completed,
            is_opened=bool(mine.view_count or mine.access_count),
            has_time=mine is NO_TOTALS or bool(mine.view_count),
            active_ms=mine.active_ms + mine.estimated_ms,
            scroll_percent=mine.scroll_percent,
            attempts=summary.facts,
        )
        standing_now = states.unit_state(facts, self._rules), states.is_engaged(facts, self._rules)
        return _stored(terms, key, standing_now, mine, summary)

    def _of_unknown(self, elsewhere: _Elsewhere) -> UnitState:
        """Return the state of a unit of which nothing is known, worked out once for all learners like this one.

        Nobody is engaged with such a unit.
        """
        state = self._unknown.get(elsewhere)
        if state is None:
            state = self._unknown[elsewhere] = states.unit_state(self._facts(elsewhere), self._rules)
        return state

    def _facts(self, elsewhere: _Elsewhere) -> UnitFacts:
        return self._given[elsewhere.unit_key]._replace(
            is_exempt=elsewhere.is_exempt,
            is_later_engaged=elsewhere.is_later_engaged,
            is_due_passed=elsewhere.is_due_passed,
            is_shared=elsewhere.is_shared,
        )


def _was_due(overdue_at: datetime, terms: EnrolmentTerms) -> bool:
    """Return whether what is overdue was due for this learner: what was due before they came never was."""
    return terms.enrolled_at is None or terms.enrolled_at < overdue_at


def is_worth_storing(row: UnitRow) -> bool:
    """Return whether ``row`` says anything: of a unit that is locked, or that nothing is known of, there is no row."""
    return row.state != UnitState.LOCKED and (row.state != UnitState.NOT_REACHED or row.last_at is not None)


def _with_all_below(outline: Sequence[OutlineUnit], unit_keys: frozenset[str]) -> set[str]:
    found = set(unit_keys)
    for unit in outline if found else ():
        # Parents come before their children.
        if unit.parent_key in found:
            found.add(unit.unit_key)
    return found


def _given(unit: OutlineUnit, rules: TrackingSettings, learned: Mapping[str, int]) -> UnitFacts:
    return UnitFacts(
        kind=UnitKind(unit.kind),
        is_available=unit.is_available,
        is_required=unit.is_required,
        expected_seconds=unit.expected_seconds
        or learned.get(unit.unit_key)
        or rules.DEFAULT_EXPECTED_SECONDS,
    )


def _stored(
    terms: EnrolmentTerms,
    unit_key: str,
    standing: tuple[UnitState, bool],
    mine: UnitTotals,
    summary: AttemptSummary,
) -> UnitRow:
    state, is_engaged = standing
    first_at, last_at = mine.first_at, mine.last_at
    if summary is not attempt_summary.NONE:
        first_at = min((at for at in (first_at, summary.first_at) if at), default=None)
        last_at = max((at for at in (last_at, summary.last_at) if at), default=None)
    return UnitRow(
        terms.learner_id,
        terms.course_key,
        unit_key,
        state.value,
        is_engaged,
        mine.active_ms,
        mine.visible_ms,
        mine.media_ms,
        mine.estimated_ms,
        mine.view_count,
        mine.access_count,
        mine.scroll_percent,
        summary.facts.submitted_count,
        summary.first_share,
        summary.best_share,
        summary.last_share,
        summary.is_passed_first,
        summary.facts.is_passed,
        first_at,
        last_at,
    )

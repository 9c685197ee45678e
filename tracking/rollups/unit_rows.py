"""Where one learner stands with each unit of an outline, from the totals of the day rows and the attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from tracking import conf
from tracking.conf import TrackingSettings
from tracking.events import LearnerId, UnitKind
from tracking.models import OutlineUnit, State
from tracking.rollups import attempt_facts, states
from tracking.rollups.attempt_facts import Summary
from tracking.rollups.states import UnitFacts

UNOPENED = frozenset({State.SKIPPED, State.NOT_REACHED})
"""States that depend on what was done elsewhere, and on the calendar."""


class Totals(NamedTuple):
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


NO_TOTALS = Totals()


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
class Terms:
    """On what terms somebody learns."""

    learner_id: LearnerId
    course_key: str
    is_shared: bool
    is_enrolled: bool
    enrolled_at: datetime | None
    exempt_unit_keys: frozenset[str] = frozenset()
    """Units that the learner is exempt from, by the host's word or an instructor's; with all below them."""


class _Elsewhere(NamedTuple):
    """All that the state of a unit depends on of which nothing is known."""

    unit_key: str
    is_exempt: bool
    is_later_engaged: bool
    is_due_passed: bool
    is_shared: bool

    def facts(self) -> dict[str, Any]:
        """Return them as ``states.UnitFacts`` names them."""
        return {
            "is_exempt": self.is_exempt,
            "is_later_engaged": self.is_later_engaged,
            "is_due_passed": self.is_due_passed,
            "is_shared": self.is_shared,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What is known of one learner: totals and attempts by unit, and rows that still hold."""

    totals: Mapping[str, Totals]
    attempts: Mapping[str, Summary]
    standing: Mapping[str, UnitRow]
    """Rows as they are stored, for units that neither ``totals`` nor ``attempts`` need to tell of."""
    changed: AbstractSet[str] | None = None
    """The units of which something has changed; ``None`` where that may be all of them."""


class Units:
    """The lessons and quizzes of one outline, and the rows that learners have of them."""

    def __init__(self, outline: Sequence[OutlineUnit], *, now: datetime, learned: Mapping[str, int]) -> None:
        self.outline = outline
        self.backwards = [unit for unit in reversed(outline) if unit.kind != UnitKind.MODULE]
        self.locked = {unit.unit_key for unit in self.backwards if not unit.is_available}
        self.required = {unit.unit_key for unit in self.backwards if unit.is_required}
        self._now = now
        self._rules = conf.get_settings()
        self._unknown: dict[_Elsewhere, tuple[State, bool]] = {}
        self._given = {unit.unit_key: _given(unit, self._rules, learned) for unit in self.backwards}

    def rows_of(self, sources: Sources, terms: Terms) -> list[UnitRow]:
        """Return a row for each lesson and quiz of the outline, in its order."""
        exempt = _with_all_below(self.outline, terms.exempt_unit_keys)
        rows: list[UnitRow] = []
        is_later_engaged = False
        for unit in self.backwards:
            row = self._row(
                unit, sources, terms, is_exempt=unit.unit_key in exempt, is_later_engaged=is_later_engaged
            )
            rows.append(row)
            # Opening an optional unit out of turn does not mean that everything before it was passed over.
            is_later_engaged = is_later_engaged or (unit.is_required and row.is_engaged)
        rows.reverse()
        return rows

    def _row(
        self, unit: OutlineUnit, sources: Sources, terms: Terms, *, is_exempt: bool, is_later_engaged: bool
    ) -> UnitRow:
        key = unit.unit_key
        if sources.changed is not None and key not in sources.changed:
            standing = sources.standing.get(key)
            if standing is not None and standing.state not in UNOPENED:
                return standing
        else:
            standing = None
        is_due_passed = unit.due_at is not None and self._is_overdue(unit.due_at, terms)
        elsewhere = _Elsewhere(key, is_exempt, is_later_engaged, is_due_passed, terms.is_shared)
        if standing is not None:
            state, is_engaged = self._of_unknown(elsewhere)
            return standing._replace(state=state.value, is_engaged=is_engaged)
        mine, summary = sources.totals.get(key, NO_TOTALS), sources.attempts.get(key, attempt_facts.NONE)
        if mine is NO_TOTALS and summary is attempt_facts.NONE:
            state, is_engaged = self._of_unknown(elsewhere)
        else:
            facts = self._given[key]._replace(
                **elsewhere.facts(),
                is_host_completed=mine.is_completed,
                is_opened=bool(mine.view_count or mine.access_count),
                has_time=mine is NO_TOTALS or bool(mine.view_count),
                active_ms=mine.active_ms + mine.estimated_ms,
                scroll_percent=mine.scroll_percent,
                attempts=summary.facts,
            )
            state, is_engaged = states.state_of(facts, self._rules), states.is_engaged(facts, self._rules)
        return _stored(terms, key, (state, is_engaged), mine, summary)

    def _of_unknown(self, elsewhere: _Elsewhere) -> tuple[State, bool]:
        """Return the state of a unit of which nothing is known, worked out once for all learners like this one."""
        if elsewhere not in self._unknown:
            facts = self._given[elsewhere.unit_key]._replace(**elsewhere.facts())
            state = states.state_of(facts, self._rules)
            self._unknown[elsewhere] = state, states.is_engaged(facts, self._rules)
        return self._unknown[elsewhere]

    def _is_overdue(self, due_at: datetime, terms: Terms) -> bool:
        """Return whether a unit was due; what was due before somebody came was never due for them."""
        if due_at >= self._now:
            return False
        return terms.enrolled_at is None or terms.enrolled_at < due_at


def is_stored(row: UnitRow) -> bool:
    """Return whether ``row`` says anything: of a unit that is locked, or that nothing is known of, there is no row."""
    return row.state != State.LOCKED and (row.state != State.NOT_REACHED or row.last_at is not None)


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
    terms: Terms, unit_key: str, standing: tuple[State, bool], mine: Totals, summary: Summary
) -> UnitRow:
    state, is_engaged = standing
    first_at, last_at = mine.first_at, mine.last_at
    if summary is not attempt_facts.NONE:
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

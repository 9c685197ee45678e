"""Where one learner stands with each unit of an outline, from the totals of the day rows and the attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracking import conf
from tracking.conf import TrackingSettings
from tracking.events import LearnerId, UnitKind
from tracking.models import OutlineUnit, State
from tracking.rollups import attempt_facts, states
from tracking.rollups.attempt_facts import Summary
from tracking.rollups.states import UnitFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms somebody learns."""

    learner_id: LearnerId
    course_key: str
    is_shared: bool
    enrolled_at: datetime | None
    exempt_unit_keys: frozenset[str] = frozenset()
    """Units that the learner is exempt from, by the host's word or an instructor's; with all below them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """What ``models.LearnerUnit`` stores, made twenty times as fast as an instance of it."""

    learner_id: LearnerId
    course_key: str
    unit_key: str
    state: State
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


def of_learner(
    outline: Sequence[OutlineUnit],
    totals: Mapping[str, Totals],
    attempts: Mapping[str, Summary],
    *,
    terms: Terms,
    now: datetime,
) -> list[UnitRow]:
    """Return a row for each lesson and quiz of the outline, in its order."""
    rules = conf.get_settings()
    exempt = _with_all_below(outline, terms.exempt_unit_keys)
    rows: list[UnitRow] = []
    is_later_engaged = False
    for unit in reversed(outline):
        if unit.kind == UnitKind.MODULE:
            continue
        mine = totals.get(unit.unit_key, NO_TOTALS)
        summary = attempts.get(unit.unit_key, attempt_facts.NONE)
        facts = UnitFacts(
            **_given(unit, rules),
            **_done(mine, summary),
            is_exempt=unit.unit_key in exempt,
            is_later_engaged=is_later_engaged,
            is_due_passed=_is_overdue(unit, terms, now=now),
            is_shared=terms.is_shared,
        )
        rows.append(_row(unit, states.state_of(facts, rules), mine, summary, terms))
        # Opening an optional unit out of turn does not mean that everything before it was passed over.
        is_later_engaged = is_later_engaged or (unit.is_required and states.is_engaged(facts, rules))
    return rows[::-1]


def _with_all_below(outline: Sequence[OutlineUnit], unit_keys: frozenset[str]) -> set[str]:
    found = set(unit_keys)
    for unit in outline if found else ():
        # Parents come before their children.
        if unit.parent_key in found:
            found.add(unit.unit_key)
    return found


def _given(unit: OutlineUnit, rules: TrackingSettings) -> dict[str, Any]:
    return {
        "kind": UnitKind(unit.kind),
        "is_available": unit.is_available,
        "is_required": unit.is_required,
        "expected_seconds": unit.expected_seconds or rules.DEFAULT_EXPECTED_SECONDS,
    }


def _done(mine: Totals, summary: Summary) -> dict[str, Any]:
    return {
        "is_host_completed": mine.is_completed,
        "is_opened": bool(mine.view_count or mine.access_count),
        "has_time": mine is NO_TOTALS or bool(mine.view_count),
        "active_ms": mine.active_ms + mine.estimated_ms,
        "scroll_percent": mine.scroll_percent,
        "attempts": summary.facts,
    }


def _is_overdue(unit: OutlineUnit, terms: Terms, *, now: datetime) -> bool:
    """Return whether ``unit`` was due; what was due before somebody came was never due for them."""
    if unit.due_at is None or unit.due_at >= now:
        return False
    return terms.enrolled_at is None or terms.enrolled_at < unit.due_at


def _row(unit: OutlineUnit, state: State, mine: Totals, summary: Summary, terms: Terms) -> UnitRow:
    return UnitRow(
        learner_id=terms.learner_id,
        course_key=terms.course_key,
        unit_key=unit.unit_key,
        state=state,
        active_ms=mine.active_ms,
        visible_ms=mine.visible_ms,
        media_ms=mine.media_ms,
        estimated_ms=mine.estimated_ms,
        view_count=mine.view_count,
        access_count=mine.access_count,
        scroll_percent=mine.scroll_percent,
        attempt_count=summary.facts.submitted_count,
        first_share=summary.first_share,
        best_share=summary.best_share,
        last_share=summary.last_share,
        is_passed_first=summary.is_passed_first,
        is_passed=summary.facts.is_passed,
        first_at=min((at for at in (mine.first_at, summary.first_at) if at), default=None),
        last_at=max((at for at in (mine.last_at, summary.last_at) if at), default=None),
    )

"""Friction: signs that the page of a unit does not do what its readers expect.

Calculated from the stored friction events and page views of the learners who share their activity. It
says something about the page, never about a learner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tracking import events
from tracking.definitions import percentiles
from tracking.models import OutlineUnit, PageView
from tracking.reports.lesson.page_events import PageEvent

PERIOD = timedelta(days=28)
QUICK_BACK_MS = 5000
"""A page view with less active time than this, left for the unit open before it, is a quick back."""

THRASHING_PERCENTILE = 0.95
"""A page view whose changes of scroll direction exceed this percentile of the page is a thrashing scroll."""

ENOUGH_VIEWS = 20
"""The minimum number of page views before a page has a percentile of its own."""


@dataclass(frozen=True, slots=True)
class ClickedElement:
    """An element with rage clicks or dead clicks."""

    name: str
    learner_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFriction:
    """One unit over the last four weeks. Every count but ``view_count`` is of learners."""

    unit_key: str
    title: str
    kind: str
    view_count: int
    learner_count: int
    """Learners who opened it."""
    rage_count: int
    """Learners who clicked again and again on one spot."""
    dead_count: int
    """Learners who clicked on something that looks like a button and does nothing."""
    quick_back_count: int
    """Learners who went back within five seconds to the page they came from."""
    thrashing_count: int
    """Learners who scrolled up and down more than is usual for this page."""
    begun_count: int
    """Learners who began a form or quiz on the page."""
    abandoned_count: int
    """Learners who abandoned a form or quiz that they had begun."""
    elements: tuple[ClickedElement, ...]
    """Elements with rage or dead clicks, and by how many learners; most learners first."""

    @property
    def share(self) -> float | None:
        """The share of its readers with rage clicks, dead clicks or thrashing scrolls, whichever is the largest."""
        met = max(self.rage_count, self.dead_count, self.thrashing_count)
        return met / self.learner_count if self.learner_count else None


@dataclass(slots=True)
class _Pile:
    """The learners of one unit by the friction that they met."""

    views: int = 0
    readers: set[Any] = field(default_factory=set)
    rage: set[Any] = field(default_factory=set)
    dead: set[Any] = field(default_factory=set)
    quick_back: set[Any] = field(default_factory=set)
    begun: set[Any] = field(default_factory=set)
    abandoned: set[Any] = field(default_factory=set)
    turns: list[tuple[int, Any]] = field(default_factory=list)
    elements: defaultdict[str, set[Any]] = field(default_factory=lambda: defaultdict(set))


def unit_friction(
    unit: OutlineUnit, sharing: Collection[Any], details: Iterable[PageEvent], *, now: datetime
) -> UnitFriction:
    """Return the friction in one unit over the learners ``sharing``, from what its page sent. One query."""
    since = now - PERIOD
    pile = _Pile()
    _add_views(pile, _views(unit, sharing, since=since, until=now), unit.unit_key)
    _add_details(
        pile, (each for each in details if since <= each.happened_at < now and each.learner_id in sharing)
    )
    return _friction(unit, pile)


def _views(
    unit: OutlineUnit, sharing: Collection[Any], *, since: datetime, until: datetime
) -> QuerySet[PageView]:
    rows = PageView.objects.filter(
        course_key=unit.course_key, learner_id__in=sharing, opened_at__gte=since, opened_at__lt=until
    )
    of_unit = rows.filter(unit_key=unit.unit_key)
    # A quick back involves other units, so read the page views of the same visits too.
    same_visits = Q(visit_id__in=of_unit.filter(visit_id__isnull=False).values("visit_id"))
    return rows.filter(Q(unit_key=unit.unit_key) | same_visits).order_by("learner_id", "opened_at")


def _add_views(pile: _Pile, rows: QuerySet[PageView], unit_key: str) -> None:
    last: dict[Any, list[tuple[str, int]]] = defaultdict(list)
    for learner_id, opened_key, visit_id, active_ms, is_measured in rows.values_list(
        "learner_id", "unit_key", "visit_id", "active_ms", "is_measured"
    ):
        steps = last[learner_id, visit_id]
        if visit_id is not None and _is_way_back(steps, opened_key) and steps[-1][0] == unit_key:
            pile.quick_back.add(learner_id)
        if is_measured:
            steps.append((opened_key, active_ms))
        if opened_key == unit_key:
            pile.views += 1
            pile.readers.add(learner_id)


def _is_way_back(steps: Sequence[tuple[str, int]], unit_key: str) -> bool:
    """Return whether opening ``unit_key`` after ``steps`` is a quick back from the last unit to the one before."""
    if len(steps) < 2:
        return False
    before, last = steps[-2:]
    return before[0] == unit_key != last[0] and last[1] < QUICK_BACK_MS


def _add_details(pile: _Pile, details: Iterable[PageEvent]) -> None:
    turns: defaultdict[tuple[Any, Any], int] = defaultdict(int)
    for detail in details:
        payload = detail.payload
        match detail.kind:
            case events.FRICTION:
                (pile.rage if payload["kind"] == "rage" else pile.dead).add(detail.learner_id)
                pile.elements[payload.get("name") or payload["element"]].add(detail.learner_id)
            case events.FORM_STARTED:
                pile.begun.add(detail.learner_id)
            case events.FORM_ABANDONED:
                pile.abandoned.add(detail.learner_id)
            case events.PAGE_DETAILS:
                turns[detail.learner_id, detail.view_id] += payload.get("turns", 0)
    pile.turns += [(count, learner_id) for (learner_id, _), count in turns.items()]


def _friction(unit: OutlineUnit, pile: _Pile) -> UnitFriction:
    return UnitFriction(
        unit_key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        view_count=pile.views,
        learner_count=len(pile.readers),
        rage_count=len(pile.rage),
        dead_count=len(pile.dead),
        quick_back_count=len(pile.quick_back),
        thrashing_count=len(_thrashing(pile)),
        begun_count=len(pile.begun),
        abandoned_count=len(pile.abandoned & pile.begun),
        elements=tuple(
            sorted(
                (ClickedElement(name, len(who)) for name, who in pile.elements.items()),
                key=lambda clicked: (-clicked.learner_count, clicked.name),
            )
        ),
    )


def _thrashing(pile: _Pile) -> set[Any]:
    if len(pile.turns) < ENOUGH_VIEWS:
        return set()
    usual = percentiles.quantile(sorted(count for count, _ in pile.turns), THRASHING_PERCENTILE)
    return {learner_id for count, learner_id in pile.turns if count > usual}

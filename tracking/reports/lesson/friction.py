"""Where the page of a unit gets in the way of those who read it.

From the stored signs of friction and the views, over the learners who share how they work. A figure that fewer than
``MIN_GROUP_SIZE`` learners stand behind is ``None``. It is a sign about the page, never about a learner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tracking import conf, events
from tracking.definitions import percentiles
from tracking.models import OutlineUnit, PageView
from tracking.reports.lesson.page_events import PageEvent

PERIOD = timedelta(days=28)
QUICK_BACK_MS = 5000
"""A view left with less active time than this, for the unit that was open before it, was a way in vain."""

THRASHING_PERCENTILE = 0.95
"""A view with more changes of the direction of scrolling than this share of the page's own is thrashing."""

ENOUGH_VIEWS = 20
"""Views needed before a page has a percentile of its own."""


@dataclass(frozen=True, slots=True)
class ClickedElement:
    """What was clicked in rage or in vain."""

    name: str
    learner_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFriction:
    """One unit over the last four weeks. Counts are of learners, but for ``view_count``."""

    unit_key: str
    title: str
    kind: str
    view_count: int | None
    learner_count: int
    """Learners who opened it."""
    rage_count: int | None
    """Of whom: clicked again and again on one spot."""
    dead_count: int | None
    """Clicked on what looks like a button and does nothing."""
    quick_back_count: int | None
    """Went back within five seconds to where they had come from."""
    thrashing_count: int | None
    """Scrolled to and fro more than is usual for this very page."""
    begun_count: int | None
    """Began a form or quiz in it."""
    abandoned_count: int | None
    """Gave one up that they had begun."""
    elements: tuple[ClickedElement, ...]
    """What was clicked in rage or in vain, by as many learners each; the most first."""

    @property
    def share(self) -> float | None:
        """Of those who opened it: who met rage clicks, dead clicks or thrashing, whichever most of them met."""
        met = [each for each in (self.rage_count, self.dead_count, self.thrashing_count) if each is not None]
        return max(met) / self.learner_count if met and self.learner_count else None


@dataclass(slots=True)
class _Pile:
    """The learners of one unit by what they met."""

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
    """Return the friction in one unit over the learners ``sharing``, from what its page told. One query."""
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
    # The way back leads over other units, so those of the same visits are read too.
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
    """Return whether opening ``unit_key`` after ``steps`` goes back at once from the last to the one before."""
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
    fewest = conf.get_settings().MIN_GROUP_SIZE
    is_shown = len(pile.readers) >= fewest

    def shown(learners: Collection[Any]) -> int | None:
        # A few among many are hidden as well, but that there were none may be told.
        return len(learners) if is_shown and (not learners or len(learners) >= fewest) else None

    return UnitFriction(
        unit_key=unit.unit_key,
        title=unit.title,
        kind=unit.kind,
        view_count=pile.views if is_shown else None,
        learner_count=len(pile.readers) if is_shown else 0,
        rage_count=shown(pile.rage),
        dead_count=shown(pile.dead),
        quick_back_count=shown(pile.quick_back),
        thrashing_count=shown(_thrashing(pile)),
        begun_count=shown(pile.begun),
        abandoned_count=shown(pile.abandoned & pile.begun),
        elements=tuple(
            sorted(
                (ClickedElement(name, len(who)) for name, who in pile.elements.items() if len(who) >= fewest),
                key=lambda clicked: (-clicked.learner_count, clicked.name),
            )
        ),
    )


def _thrashing(pile: _Pile) -> set[Any]:
    if len(pile.turns) < ENOUGH_VIEWS:
        return set()
    usual = percentiles.quantile(sorted(count for count, _ in pile.turns), THRASHING_PERCENTILE)
    return {learner_id for count, learner_id in pile.turns if count > usual}

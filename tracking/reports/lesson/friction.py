"""Where the pages of a course get in the way of those who read them, lesson by lesson.

From the stored signs of friction and the views, over the learners who share how they work. A figure that fewer than
``MIN_GROUP_SIZE`` learners stand behind is ``None``. It is a sign about the page, never about a learner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tracking import conf, events
from tracking.definitions import percentiles
from tracking.events import Purpose
from tracking.models import Enrolment, Event, OutlineUnit, PageView
from tracking.privacy import consent
from tracking.reports.lesson import page_events
from tracking.reports.lesson.page_events import PageEvent

PERIOD = timedelta(days=28)
QUICK_BACK_MS = 5000
"""A view left with less active time than this, for the unit that was open before it, was a way in vain."""

THRASHING_PERCENTILE = 0.95
"""A view with more changes of the direction of scrolling than this share of the page's own is thrashing."""

ENOUGH_VIEWS = 20
"""Views needed before a page has a percentile of its own."""

KINDS = (events.FRICTION, events.FORM_STARTED, events.FORM_ABANDONED, events.PAGE_DETAILS)


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


def find_course_friction(course_key: str, *, now: datetime, unit_key: str = "") -> tuple[UnitFriction, ...]:
    """Return the friction in each unit of a course, or in one; that which most learners met first. Five queries."""
    enrolled = list(Enrolment.objects.filter(course_key=course_key).values_list("learner_id", flat=True))
    sharing = consent.learners_covered(enrolled, Purpose.ENGAGEMENT, course_key=course_key)
    happened = Event.objects.filter(course_key=course_key, learner_id__in=sharing, kind__in=KINDS)
    if unit_key:
        happened = happened.filter(unit_key=unit_key)
    piles: defaultdict[str, _Pile] = defaultdict(_Pile)
    _add_views(piles, _views(course_key, sharing, unit_key, since=now - PERIOD, until=now), only=unit_key)
    _add_details(piles, _details(happened.between(now - PERIOD, now)))
    units = OutlineUnit.objects.filter(course_key=course_key, unit_key__in=piles).order_by("position")
    found = [_friction(unit, piles[unit.unit_key]) for unit in units]
    return tuple(sorted(found, key=lambda each: -(each.share or 0)))


def unit_friction(
    unit: OutlineUnit, sharing: Collection[Any], details: Iterable[PageEvent], *, now: datetime
) -> UnitFriction:
    """Return the friction in one unit over the learners ``sharing``, from what its page told. One query."""
    since = now - PERIOD
    piles: defaultdict[str, _Pile] = defaultdict(_Pile)
    views = _views(unit.course_key, sharing, unit.unit_key, since=since, until=now)
    _add_views(piles, views, only=unit.unit_key)
    lately = (each for each in details if since <= each.happened_at < now and each.learner_id in sharing)
    _add_details(piles, ((unit.unit_key, each) for each in lately))
    return _friction(unit, piles[unit.unit_key])


def _views(
    course_key: str, sharing: Collection[Any], only: str, *, since: datetime, until: datetime
) -> QuerySet[PageView]:
    rows = PageView.objects.filter(
        course_key=course_key, learner_id__in=sharing, opened_at__gte=since, opened_at__lt=until
    )
    if only:
        # The way back leads over other units, so those of the same visits are read too.
        of_unit = rows.filter(unit_key=only)
        rows = rows.filter(
            Q(unit_key=only) | Q(visit_id__in=of_unit.filter(visit_id__isnull=False).values("visit_id"))
        )
    return rows.order_by("learner_id", "opened_at")


def _add_views(piles: Mapping[str, _Pile], rows: QuerySet[PageView], *, only: str) -> None:
    last: dict[Any, list[tuple[str, int]]] = defaultdict(list)
    for learner_id, unit_key, visit_id, active_ms, is_measured in rows.values_list(
        "learner_id", "unit_key", "visit_id", "active_ms", "is_measured"
    ):
        steps = last[learner_id, visit_id]
        if visit_id is not None and _is_way_back(steps, unit_key) and only in ("", steps[-1][0]):
            piles[steps[-1][0]].quick_back.add(learner_id)
        if is_measured:
            steps.append((unit_key, active_ms))
        if only in ("", unit_key):
            piles[unit_key].views += 1
            piles[unit_key].readers.add(learner_id)


def _is_way_back(steps: Sequence[tuple[str, int]], unit_key: str) -> bool:
    """Return whether opening ``unit_key`` after ``steps`` goes back at once from the last to the one before."""
    if len(steps) < 2:
        return False
    before, last = steps[-2:]
    return before[0] == unit_key != last[0] and last[1] < QUICK_BACK_MS


def _details(happened: QuerySet[Event]) -> Iterator[tuple[str, PageEvent]]:
    for unit_key, *values in happened.values_list("unit_key", *page_events.NAMES).iterator(5000):
        yield unit_key, PageEvent(*values)


def _add_details(piles: Mapping[str, _Pile], details: Iterable[tuple[str, PageEvent]]) -> None:
    turns: defaultdict[tuple[str, Any, Any], int] = defaultdict(int)
    for unit_key, detail in details:
        pile, payload = piles[unit_key], detail.payload
        match detail.kind:
            case events.FRICTION:
                (pile.rage if payload["kind"] == "rage" else pile.dead).add(detail.learner_id)
                pile.elements[payload.get("name") or payload["element"]].add(detail.learner_id)
            case events.FORM_STARTED:
                pile.begun.add(detail.learner_id)
            case events.FORM_ABANDONED:
                pile.abandoned.add(detail.learner_id)
            case events.PAGE_DETAILS:
                turns[unit_key, detail.learner_id, detail.view_id] += payload.get("turns", 0)
    for (unit_key, learner_id, _), count in turns.items():
        piles[unit_key].turns.append((count, learner_id))


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

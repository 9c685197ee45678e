"""How a lesson's page is used: where its readers stay, what they click and play, and what does not work.

Read from the newest raw events of one unit, so that the cost is bounded.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracking import events
from tracking.definitions import percentiles, times
from tracking.events import PagePart
from tracking.reports.lesson.page_events import PageEvent, PageEvents

SLICES = 20
"""The number of parts into which a video or sound is divided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionUse:
    """One section of the page: the median active seconds of its readers, and their share of the page's readers.

    ``heat`` is from 0 to 1; 1 is the section where readers stayed longest.
    """

    name: str
    learner_count: int
    reader_share: float
    median_seconds: int
    heat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureUse:
    """A named element that was clicked."""

    name: str
    learner_count: int
    click_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaUse:
    """A video or sound. ``played`` is, for each of its parts in order, the share of its learners who played it."""

    name: str
    learner_count: int
    length_seconds: int
    """The furthest point that any learner played."""
    played: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormUse:
    """A form or quiz on the page, in learners: who began it, submitted it, or abandoned it at least once."""

    name: str
    started_count: int
    submitted_count: int
    abandoned_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageProblem:
    """Something that did not work: ``rage`` and ``dead`` clicks on an element, or a script that failed."""

    kind: str
    name: str
    learner_count: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageUsage:
    """What readers did on one page from ``since`` on."""

    since: datetime
    reader_count: int
    """Learners with any recorded use of the page."""
    is_partial: bool
    """Whether there were more events than are read at once: only the newest are then used."""
    sections: tuple[SectionUse, ...]
    """In the order in which they are met."""
    features: tuple[FeatureUse, ...]
    media: tuple[MediaUse, ...]
    forms: tuple[FormUse, ...]
    troubles: tuple[PageProblem, ...]


@dataclass(slots=True)
class _Pile:
    """What is recorded under one name."""

    by_learner: defaultdict[Any, list[Any]] = field(default_factory=lambda: defaultdict(list))
    ranks: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(map(len, self.by_learner.values()))


Piles = defaultdict[Any, _Pile]


def summarise_page_events(page: PageEvents) -> PageUsage:
    """Summarise the events of one page."""
    piles: defaultdict[PagePart, Piles] = defaultdict(lambda: defaultdict(_Pile))
    readers = set()
    for detail in page.details:
        readers.add(detail.learner_id)
        _sort_in(piles, detail)
    return PageUsage(
        since=page.since,
        reader_count=len(readers),
        is_partial=page.is_partial,
        sections=_sections(piles.get(PagePart.SECTION, {}), reader_count=len(readers)),
        features=tuple(
            FeatureUse(name=name, learner_count=len(pile.by_learner), click_count=pile.count)
            for name, pile in _most_first(piles.get(PagePart.FEATURE, {}))
        ),
        media=tuple(_medium(name, pile) for name, pile in _most_first(piles.get(PagePart.MEDIUM, {}))),
        forms=tuple(_form(name, pile) for name, pile in _most_first(piles.get(PagePart.FORM, {}))),
        troubles=tuple(
            PageProblem(kind=key[0], name=key[1], learner_count=len(pile.by_learner), count=pile.count)
            for key, pile in _most_first(piles.get(PagePart.PROBLEM, {}))
        ),
    )


def _sort_in(piles: defaultdict[PagePart, Piles], detail: PageEvent) -> None:
    kind = events.find_kind(detail.kind)
    # The host may have removed the event kind since, or removed it from this page.
    if kind is None or kind.page_sum is None:
        return
    for rank, (name, value) in enumerate(kind.page_sum.entries(detail.payload)):
        pile = piles[kind.page_sum.part][name]
        pile.by_learner[detail.learner_id].append(value)
        pile.ranks.append(rank)


def _most_first(found: Mapping[Any, _Pile]) -> Sequence[tuple[Any, _Pile]]:
    return sorted(found.items(), key=lambda pair: (-len(pair[1].by_learner), pair[0]))


def _sections(found: Mapping[str, _Pile], *, reader_count: int) -> tuple[SectionUse, ...]:
    middles = {
        name: percentiles.median(sum(times) for times in pile.by_learner.values())
        for name, pile in found.items()
    }
    longest = max(middles.values(), default=0)
    # A page sends its sections in the order in which its reader reached them.
    in_order = sorted(found.items(), key=lambda pair: (statistics.mean(pair[1].ranks), pair[0]))
    return tuple(
        SectionUse(
            name=name,
            learner_count=len(pile.by_learner),
            reader_share=len(pile.by_learner) / reader_count,
            median_seconds=times.whole_seconds(middles[name]),
            heat=middles[name] / longest if longest else 0.0,
        )
        for name, pile in in_order
    )


def _medium(name: str, pile: _Pile) -> MediaUse:
    spans = {
        learner_id: [span for part in parts for span in part] for learner_id, parts in pile.by_learner.items()
    }
    length = max((end for found in spans.values() for _, end in found), default=0) or 1
    played: Counter[int] = Counter()
    for found in spans.values():
        played.update(
            {
                index
                for index in range(SLICES)
                if any(
                    start < (index + 1) * length / SLICES and end > index * length / SLICES
                    for start, end in found
                )
            }
        )
    return MediaUse(
        name=name,
        learner_count=len(spans),
        length_seconds=times.whole_seconds(length),
        played=tuple(played[index] / len(spans) for index in range(SLICES)),
    )


def _form(name: str, pile: _Pile) -> FormUse:
    outcomes = Counter(outcome for found in pile.by_learner.values() for outcome in set(found))
    return FormUse(
        name=name,
        started_count=max(outcomes["started"], outcomes["submitted"]),
        submitted_count=outcomes["submitted"],
        abandoned_count=outcomes["abandoned"],
    )

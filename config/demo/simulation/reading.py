"""What the tracker in a page sees of somebody who reads it. Times are in milliseconds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

REPORT_AFTER_MS = 100_000
"""A browser reports every 15 s; since counters are cumulative, fewer reports say the same in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The counters of a view, ``elapsed`` after it began; see ``tracking.events.PageProgress``."""

    elapsed: int
    active: int
    visible: int
    media: int
    scroll: int
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Something that was told of a view besides its counters, ``elapsed`` after it began."""

    kind: str
    elapsed: int
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One opening of one page: where, when, and what its tracker reported."""

    path: str
    opened_at: datetime
    reports: tuple[Report, ...]
    used: tuple[Used, ...] = ()

    @property
    def closed_at(self) -> datetime:
        """When the page was left."""
        return self.opened_at + timedelta(milliseconds=self.reports[-1].elapsed if self.reports else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """How somebody sits in front of a page."""

    active_seconds: float
    scroll: int = 100
    wanders: float = 0.3
    """Chance that a pause between two stretches is a long one."""
    media_share: float = 0.0
    """Of the active time, how much a video ran."""


def sit(chance: Random, path: str, at: datetime, sitting: Sitting) -> Seen:
    """Return what the tracker of the page at ``path`` sees from ``at`` on."""
    spans: list[tuple[int, int]] = []
    reports: list[Report] = []
    whole = max(1_200, round(sitting.active_seconds * 1000))
    clock = active = visible = reported = 0
    while active < whole:
        stretch = min(whole - active, round(chance.uniform(25_000, 240_000)))
        spans.append((clock, clock + stretch))
        clock, active, visible = clock + stretch, active + stretch, visible + stretch
        if active - reported >= REPORT_AFTER_MS or active == whole:
            scroll = min(sitting.scroll, round(100 * active / whole) + 10)
            media = round(active * sitting.media_share)
            reports.append(_report(clock, active, visible, media, scroll, spans))
            reported = active
        if active < whole:
            pause, in_sight = _pause(chance, sitting.wanders)
            clock, visible = clock + pause, visible + (pause if in_sight else 0)
    return Seen(path=path, opened_at=at, reports=tuple(reports))


def left_open(page: Seen, duration: timedelta) -> Seen:
    """Return ``page`` as its tracker sees it when it stays in sight for ``duration`` after its reader has gone."""
    last = page.reports[-1]
    more = round(duration.total_seconds() * 1000)
    end = replace(last, elapsed=last.elapsed + more, visible=last.visible + more)
    return replace(page, reports=(*page.reports, end))


def hidden(page: Seen, other: Seen) -> Seen:
    """Return ``page`` as its tracker sees it when the reader turns to ``other``, in a second tab, and comes back."""
    cut = round((other.opened_at - page.opened_at).total_seconds() * 1000)
    away = round((other.closed_at - other.opened_at).total_seconds() * 1000)
    reports = (
        replace(each, elapsed=each.elapsed + away, spans=tuple(_parted(each.spans, cut, away)))
        if each.elapsed > cut
        else each
        for each in page.reports
    )
    return replace(page, reports=tuple(reports))


def _parted(spans: Iterable[tuple[int, int]], cut: int, away: int) -> Iterator[tuple[int, int]]:
    for begin, end in spans:
        if begin < cut:
            yield begin, min(end, cut)
        if end > cut:
            yield max(begin, cut) + away, end + away


def _report(
    elapsed: int, active: int, visible: int, media: int, scroll: int, spans: list[tuple[int, int]]
) -> Report:
    return Report(
        elapsed=elapsed, active=active, visible=visible, media=media, scroll=scroll, spans=tuple(spans)
    )


def _pause(chance: Random, wanders: float) -> tuple[int, bool]:
    """Return how long the reader is away, and whether the page stays in sight."""
    if chance.random() < wanders:
        return round(chance.uniform(90_000, 600_000)), chance.random() < 0.4
    return round(chance.uniform(2_000, 45_000)), chance.random() < 0.6

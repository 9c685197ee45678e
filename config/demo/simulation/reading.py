"""Simulate what the tracker of a page reports about its reader. Times are in milliseconds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

REPORT_AFTER_MS = 100_000
"""A browser reports every 15 s. Counters are cumulative, so fewer reports lead to the same result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The counters of a page view, ``elapsed`` after it began; see ``tracking.events.PageProgress``."""

    elapsed: int
    active: int
    visible: int
    media: int
    scroll: int
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraEvent:
    """Another event of a page view, ``elapsed`` after it began."""

    kind: str
    elapsed: int
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewedPage:
    """One page view: path, time, and what the tracker reported."""

    path: str
    opened_at: datetime
    reports: tuple[Report, ...]
    extra_events: tuple[ExtraEvent, ...] = ()

    @property
    def closed_at(self) -> datetime:
        """The time of the last report."""
        return self.opened_at + timedelta(milliseconds=self.reports[-1].elapsed if self.reports else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPattern:
    """How a page is read."""

    active_seconds: float
    scroll: int = 100
    wanders: float = 0.3
    """Probability that a pause between two spans is a long one."""
    media_share: float = 0.0
    """Share of the active time in which a video plays."""


def view_page(rng: Random, path: str, at: datetime, pattern: ReadingPattern) -> ViewedPage:
    """Return the page view of ``path`` that begins at ``at``."""
    spans: list[tuple[int, int]] = []
    reports: list[Report] = []
    total = max(1_200, round(pattern.active_seconds * 1000))
    elapsed = active = visible = reported = 0
    while active < total:
        duration = min(total - active, round(rng.uniform(25_000, 240_000)))
        spans.append((elapsed, elapsed + duration))
        elapsed, active, visible = elapsed + duration, active + duration, visible + duration
        if active - reported >= REPORT_AFTER_MS or active == total:
            scroll = min(pattern.scroll, round(100 * active / total) + 10)
            media = round(active * pattern.media_share)
            reports.append(_report(elapsed, active, visible, media, scroll, spans))
            reported = active
        if active < total:
            pause, is_visible = _pause(rng, pattern.wanders)
            elapsed, visible = elapsed + pause, visible + (pause if is_visible else 0)
    return ViewedPage(path=path, opened_at=at, reports=tuple(reports))


def leave_open(page: ViewedPage, duration: timedelta) -> ViewedPage:
    """Return ``page`` if it stays visible for ``duration`` after its reader has left."""
    last = page.reports[-1]
    more = round(duration.total_seconds() * 1000)
    end = replace(last, elapsed=last.elapsed + more, visible=last.visible + more)
    return replace(page, reports=(*page.reports, end))


def hide_during(page: ViewedPage, other: ViewedPage) -> ViewedPage:
    """Return ``page`` if its reader views ``other`` in a second tab and comes back."""
    cut = round((other.opened_at - page.opened_at).total_seconds() * 1000)
    away = round((other.closed_at - other.opened_at).total_seconds() * 1000)
    reports = (
        replace(each, elapsed=each.elapsed + away, spans=tuple(_split_spans(each.spans, cut, away)))
        if each.elapsed > cut
        else each
        for each in page.reports
    )
    return replace(page, reports=tuple(reports))


def _split_spans(spans: Iterable[tuple[int, int]], cut: int, away: int) -> Iterator[tuple[int, int]]:
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


def _pause(rng: Random, wanders: float) -> tuple[int, bool]:
    """Return how long the reader pauses, and whether the page stays visible."""
    if rng.random() < wanders:
        return round(rng.uniform(90_000, 600_000)), rng.random() < 0.4
    return round(rng.uniform(2_000, 45_000)), rng.random() < 0.6

"""What a browser claims, held to what can be true: its clock, and the time it says was spent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tracking.events import PageProgress

TRUSTED_SKEW = timedelta(seconds=2)
"""A difference between the clocks up to this much is taken for the time the message travelled."""

LATEST_AHEAD = timedelta(seconds=60)

Spans = tuple[tuple[int, int], ...]


def correct_clock(at: datetime, *, sent_at: datetime, received_at: datetime) -> datetime:
    """Return when an event happened on the server's clock, given the sender's ``at`` and ``sent_at``.

    The sender's skew is taken off where it is over 2 s; no event is later than a minute after it was received.
    """
    skew = sent_at - received_at
    corrected = at - skew if abs(skew) > TRUSTED_SKEW else at
    return min(corrected, received_at + LATEST_AHEAD)


def clamp_progress(claim: PageProgress) -> PageProgress:
    """Return ``claim`` with active within visible, visible within elapsed, and spans that say no more than active.

    Times are in milliseconds. Claims are capped, never refused: what remains is what can be true.
    """
    return claim if _is_possible(claim) else _cut(claim)


def _is_possible(claim: PageProgress) -> bool:
    """Return whether ``claim`` is what would be left of it, as that of an honest browser is."""
    end, active = -1, 0
    for start, stop in claim.spans:
        if not end < start < stop:
            return False
        active += stop - start
        end = stop
    return active == claim.active <= claim.visible <= claim.elapsed >= claim.media and end <= claim.elapsed


def _cut(claim: PageProgress) -> PageProgress:
    visible = min(claim.visible, claim.elapsed)
    spans = _within(_merged(claim.spans), limit=min(claim.active, visible), end=claim.elapsed)
    return PageProgress(
        elapsed=claim.elapsed,
        active=sum(stop - start for start, stop in spans),
        visible=visible,
        media=min(claim.media, claim.elapsed),
        scroll=claim.scroll,
        spans=spans,
    )


def _merged(spans: Iterable[tuple[int, int]]) -> Spans:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return tuple(merged)


def _within(spans: Spans, *, limit: int, end: int) -> Spans:
    """Return the first ``limit`` milliseconds of ``spans``, none of them after ``end``."""
    kept: list[tuple[int, int]] = []
    left = limit
    for start, claimed_stop in spans:
        stop = min(claimed_stop, end, start + left)
        if start < stop:
            kept.append((start, stop))
            left -= stop - start
    return tuple(kept)

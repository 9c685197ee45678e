"""Clamp a browser's claims to what is possible: its clock, and the time that it reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tracking.events import PageProgress

TRUSTED_SKEW = timedelta(seconds=2)
"""A difference between the clocks up to this is taken for the message's travel time."""

LATEST_AHEAD = timedelta(seconds=60)
"""An event is never later than this after it was received."""

Spans = tuple[tuple[int, int], ...]


def correct_clock(at: datetime, *, sent_at: datetime, received_at: datetime) -> datetime:
    """Return when an event happened on the server's clock, given the sender's ``at`` and ``sent_at``.

    The sender's clock skew is subtracted if it exceeds ``TRUSTED_SKEW``. The result is at most ``LATEST_AHEAD`` after
    ``received_at``.
    """
    skew = sent_at - received_at
    corrected = at - skew if abs(skew) > TRUSTED_SKEW else at
    return min(corrected, received_at + LATEST_AHEAD)


def clamp_progress(claim: PageProgress) -> PageProgress:
    """Return ``claim`` with active within visible time, visible within elapsed, and spans within active time.

    Times are in milliseconds. A claim is clamped, never rejected: what remains is what can be true.
    """
    return claim if _is_possible(claim) else _clamp(claim)


def _is_possible(claim: PageProgress) -> bool:
    """Return whether clamping would leave ``claim`` as it is, which is so for every honest browser."""
    end, active = -1, 0
    for start, stop in claim.spans:
        if not end < start < stop:
            return False
        active += stop - start
        end = stop
    return active == claim.active <= claim.visible <= claim.elapsed >= claim.media and end <= claim.elapsed


def _clamp(claim: PageProgress) -> PageProgress:
    visible = min(claim.visible, claim.elapsed)
    spans = _within(_merged(claim.spans), limit_ms=min(claim.active, visible), end=claim.elapsed)
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


def _within(spans: Spans, *, limit_ms: int, end: int) -> Spans:
    """Return the first ``limit_ms`` milliseconds of ``spans``, none of them after ``end``."""
    kept: list[tuple[int, int]] = []
    left_ms = limit_ms
    for start, claimed_stop in spans:
        stop = min(claimed_stop, end, start + left_ms)
        if start < stop:
            kept.append((start, stop))
            left_ms -= stop - start
    return tuple(kept)

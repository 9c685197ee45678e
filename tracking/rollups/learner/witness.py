"""Separate time that the server witnessed from time that a browser only reports.

A browser is untrusted: anyone who can post an event can claim any time. So time counts as measured only between two
moments that the server's own clock has seen. What a browser reports after it was offline is kept apart, and a page view
whose opening was not witnessed has no time at all. ``docs/time-measurement.md`` says what that leaves to a cheater.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from tracking.rollups.learner import spans
from tracking.rollups.learner.spans import Span

ON_TIME = timedelta(minutes=2)
"""A message is on time, and an opening witnessed, if the server's clock differs from the claim by no more than this."""

MAX_SILENCE_MS = 30 * 60 * 1000
"""Time in a longer stretch without a message is not measured: the tracker sends one every 15 seconds while active."""

TRAVEL_MS = 2000
"""What a view may claim beyond the time between the arrivals, because its first message was under way."""


class Message(Protocol):
    """What must be known of a message of a page view."""

    @property
    def happened_at(self) -> datetime:
        """When it was sent according to the browser, its clock corrected."""

    @property
    def received_at(self) -> datetime:
        """When the server received it, or first refused it for reasons of its own."""


class Witnessed(NamedTuple):
    """How much of a page view's claim the server bears out. Both spans are disjoint, in epoch milliseconds."""

    measured: tuple[Span, ...]
    reported_later: tuple[Span, ...]
    max_ms: int
    """No measured time of the view, of whatever sort, can be longer than this."""


def is_on_time(message: Message) -> bool:
    """Return whether ``message`` arrived when it is said to have been sent."""
    return message.received_at - message.happened_at <= ON_TIME


def find_opening(
    opened_at: datetime, messages: Iterable[Message], served_at: Iterable[datetime]
) -> datetime | None:
    """Return when the server witnessed an opening that is said to be at ``opened_at``; ``None`` if it did not.

    ``served_at`` are the moments at which the server itself sent the page to this learner.
    """
    arrivals = [message.received_at for message in messages if is_on_time(message)]
    return min((at for at in (*arrivals, *served_at) if abs(at - opened_at) <= ON_TIME), default=None)


def split_time(
    on_time: Sequence[Span],
    claimed: Sequence[Span],
    *,
    opening_ms: int,
    arrivals_ms: Sequence[int],
    last_ms: int,
) -> Witnessed:
    """Split the active time of a page view that was opened at ``opening_ms`` on the server's clock.

    ``on_time`` are the spans that messages on time report, ``claimed`` those of all messages. ``arrivals_ms`` are the
    arrivals of messages on time, ``last_ms`` is the arrival of the last message of all.
    """
    stretches: list[Span] = []
    known_until = opening_ms
    for arrival in sorted(arrivals_ms):
        if known_until < arrival <= known_until + MAX_SILENCE_MS:
            stretches.append((known_until, arrival))
        known_until = max(known_until, arrival)
    max_ms = spans.disjoint_ms(stretches) + TRAVEL_MS
    # The browser began a little before its first message arrived, by at most ON_TIME.
    earliest = opening_ms - round(ON_TIME.total_seconds() * 1000)
    windows = spans.union(
        [(earliest, opening_ms + TRAVEL_MS), *((start, end + TRAVEL_MS) for start, end in stretches)]
    )
    measured = spans.first_ms([part for window in windows for part in spans.clip(on_time, window)], max_ms)
    claim = spans.clip(spans.union([*on_time, *claimed]), (earliest, last_ms + TRAVEL_MS))
    later = spans.subtract(claim, measured)
    left_ms = last_ms - opening_ms + TRAVEL_MS - spans.disjoint_ms(measured)
    return Witnessed(tuple(measured), tuple(spans.first_ms(later, left_ms)), max_ms)

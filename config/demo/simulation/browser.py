"""A learner's browser: turns what its pages reported into batches, and sends them to the ingest code."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from config.demo.simulation.reading import ViewedPage
from tracking import conf, lms
from tracking.capture import ingest
from tracking.capture.ingest import Sender
from tracking.events import PAGE_OPENED, PAGE_PROGRESS, EventSource, LearnerId

EVENTS_PER_BATCH = 12
"""As many as the tracker sends in one request."""

NETWORK_DELAY = timedelta(milliseconds=350)

OFFLINE = 0.02
"""Share of visits without a network: the browser stores their events and sends them later."""


class BatchRejected(Exception):
    """Raised if ingesting rejects events of a simulated browser: then the simulation is wrong."""


class Browser:
    """Sends what a learner's pages reported, as if at the time it happened."""

    def __init__(self, learner_id: LearnerId, rng: Random, *, now: datetime) -> None:
        self._learner_id = learner_id
        self._rng = rng
        self._now = now

    def send(self, pages: Iterable[ViewedPage]) -> int:
        """Send the events of ``pages``, all of one visit; return their number."""
        visited = list(pages)
        if not visited:
            return 0
        visit = str(self._uuid7(visited[0].opened_at))
        events = sorted(
            (event for page in visited for event in self._events(page, visit)), key=lambda event: event["at"]
        )
        later = timedelta(hours=self._rng.uniform(1, 40)) if self._rng.random() < OFFLINE else NETWORK_DELAY
        rest = iter(events)
        while batch := list(islice(rest, EVENTS_PER_BATCH)):
            self._post(batch, later)
        return len(events)

    def _events(self, page: ViewedPage, visit: str) -> Iterator[dict[str, Any]]:
        head = {"view": str(self._uuid7(page.opened_at)), "visit": visit, "path": page.path}
        yield self._event(head, PAGE_OPENED, page.opened_at, 0, {})
        for number, report in enumerate(page.reports, start=1):
            at = page.opened_at + timedelta(milliseconds=report.elapsed)
            yield self._event(head, PAGE_PROGRESS, at, number, asdict(report))
        # Draw the ids of extra events apart: with or without them, the rest of the simulation stays the same.
        rng = Random(head["view"])  # noqa: S311  # a simulation needs no secure randomness
        for number, extra in enumerate(page.extra_events, start=len(page.reports) + 1):
            at = page.opened_at + timedelta(milliseconds=extra.elapsed)
            event_id = _uuid7(at, rng)
            yield {
                **head, "id": str(event_id), "t": extra.kind, "at": _ms(at), "n": number, "p": dict(extra.payload)
            }  # fmt: skip

    def _event(
        self, head: dict[str, str], kind: str, at: datetime, number: int, payload: dict[str, Any]
    ) -> dict[str, Any]:
        return {**head, "id": str(self._uuid7(at)), "t": kind, "at": _ms(at), "n": number, "p": payload}

    def _post(self, batch: list[dict[str, Any]], later: timedelta) -> None:
        received_at = min(_moment(batch[-1]["at"]) + later, self._now)
        body = json.dumps({"v": 1, "sent_at": _ms(received_at - NETWORK_DELAY), "events": batch}).encode()
        sender = Sender(
            learner_id=self._learner_id,
            received_at=received_at,
            source=EventSource.SIMULATED,
            find_unit=lms.get_adapter().unit_of_path,
            oldest_days=conf.get_settings().MAX_EVENT_AGE_DAYS,
        )
        receipt = ingest.ingest_batch(body, sender)
        if receipt.rejected:
            codes = ", ".join(sorted({rejection.code.value for rejection in receipt.rejected}))
            raise BatchRejected(
                f"The event endpoint rejected {len(receipt.rejected)} of {len(batch)} events from "
                f"{batch[0]['path']} ({codes})."
            )

    def _uuid7(self, at: datetime) -> UUID:
        """Return a UUIDv7 that is drawn from the seed, unlike that of ``tracking.capture.uuid7``."""
        return _uuid7(at, self._rng)


def _uuid7(at: datetime, rng: Random) -> UUID:
    drawn = rng.getrandbits(74)
    return UUID(int=_ms(at) << 80 | 0x7 << 76 | (drawn >> 62) << 64 | 0b10 << 62 | (drawn & ((1 << 62) - 1)))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)

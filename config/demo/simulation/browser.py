"""A learner's browser: what its pages saw, as the messages that the intake takes."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from config.demo.simulation.reading import Seen
from tracking import conf, lms
from tracking.capture import ingest
from tracking.capture.ingest import Sender
from tracking.events import PAGE_OPENED, PAGE_PROGRESS, EventSource, LearnerId

EVENTS_A_MESSAGE = 12
"""As many as the tracker sends at once."""

ON_ITS_WAY = timedelta(milliseconds=350)

OFFLINE = 0.02
"""Share of visits without a network: the browser keeps their events and sends them with the next page."""


class MessageRefused(Exception):
    """Raised where the intake refused what a simulated browser sent: then the simulation is wrong."""


class Browser:
    """Sends what a learner's pages saw in the moment in which it was seen."""

    def __init__(self, learner_id: LearnerId, chance: Random, *, now: datetime) -> None:
        self._learner_id = learner_id
        self._chance = chance
        self._now = now

    def send(self, pages: Iterable[Seen]) -> int:
        """Send everything that ``pages`` saw in one visit; return how many events that were."""
        seen = list(pages)
        if not seen:
            return 0
        visit = str(self._uuid7(seen[0].opened_at))
        events = sorted(
            (event for page in seen for event in self._events(page, visit)), key=lambda event: event["at"]
        )
        later = (
            timedelta(hours=self._chance.uniform(1, 40)) if self._chance.random() < OFFLINE else ON_ITS_WAY
        )
        rest = iter(events)
        while batch := list(islice(rest, EVENTS_A_MESSAGE)):
            self._post(batch, later)
        return len(events)

    def _events(self, page: Seen, visit: str) -> Iterator[dict[str, Any]]:
        head = {"view": str(self._uuid7(page.opened_at)), "visit": visit, "path": page.path}
        yield self._event(head, PAGE_OPENED, page.opened_at, 0, {})
        for number, report in enumerate(page.reports, start=1):
            at = page.opened_at + timedelta(milliseconds=report.elapsed)
            yield self._event(head, PAGE_PROGRESS, at, number, asdict(report))
        # Told besides, so their ids are drawn apart: whatever else happens stays the same without them.
        chance = Random(head["view"])  # noqa: S311  # chance of a simulation
        for number, used in enumerate(page.used, start=len(page.reports) + 1):
            at = page.opened_at + timedelta(milliseconds=used.elapsed)
            event_id = _uuid7(at, chance)
            yield {
                **head, "id": str(event_id), "t": used.kind, "at": _ms(at), "n": number, "p": dict(used.payload)
            }  # fmt: skip

    def _event(
        self, head: dict[str, str], kind: str, at: datetime, number: int, payload: dict[str, Any]
    ) -> dict[str, Any]:
        return {**head, "id": str(self._uuid7(at)), "t": kind, "at": _ms(at), "n": number, "p": payload}

    def _post(self, batch: list[dict[str, Any]], later: timedelta) -> None:
        received_at = min(_moment(batch[-1]["at"]) + later, self._now)
        body = json.dumps({"v": 1, "sent_at": _ms(received_at - ON_ITS_WAY), "events": batch}).encode()
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
            raise MessageRefused(
                f"The event endpoint rejected {len(receipt.rejected)} of {len(batch)} events from "
                f"{batch[0]['path']} ({codes})."
            )

    def _uuid7(self, at: datetime) -> UUID:
        """Return a UUID of version 7 that is drawn from the seed, unlike ``tracking.capture.uuid7``."""
        return _uuid7(at, self._chance)


def _uuid7(at: datetime, chance: Random) -> UUID:
    drawn = chance.getrandbits(74)
    return UUID(int=_ms(at) << 80 | 0x7 << 76 | (drawn >> 62) << 64 | 0b10 << 62 | (drawn & ((1 << 62) - 1)))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)

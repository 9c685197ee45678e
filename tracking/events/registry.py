"""What an event kind is, and the register of all kinds: everything that is said by kind is derived from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from msgspec import Struct

from tracking.events.purposes import PURPOSES_WITH_ROLLUPS, Purpose
from tracking.exceptions import UnknownEventKind


class EmptyPayload(Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of a kind that says everything by its name."""


class EventSender(StrEnum):
    """Who may send an event of a kind."""

    BROWSER = "browser"
    """The learner: through the tracker, with an ingest token, or through the API about themselves."""
    HOST = "host"
    """Code of the host, through ``hooks`` or a backfill."""
    API = "api"
    """A client of the API with the permission ``tracking.add_event``."""
    IMPORT = "import"
    """A row of a foreign event log."""


ANY_SENDER = frozenset(EventSender)


class PagePart(StrEnum):
    """A list on the lesson page in which a kind is summed."""

    SECTION = "section"
    FEATURE = "feature"
    MEDIUM = "medium"
    FORM = "form"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSum:
    """How the lesson page sums a kind: the list, and the entries of it that a payload adds to.

    An entry is its name in the list and a value. FORM takes ``started``, ``submitted`` or ``abandoned``; MEDIUM the
    spans that were played; SECTION active milliseconds; of the others, each entry counts once. The name of a PROBLEM
    is what went wrong and where.
    """

    part: PagePart
    entries: Callable[[Mapping[str, Any]], Iterable[tuple[Any, Any]]]


# By identity: comparing would translate the texts, and the endpoint looks its decoder up by the kinds.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventKind:
    """One kind of event, with everything that is particular to it."""

    name: str
    payload: type[Struct]
    purpose: Purpose
    """What a learner consents to by letting it be recorded."""
    senders: frozenset[EventSender]
    label: str | Promise
    """Its name in lists that operators read."""
    description: str | Promise
    """What the learner did, as the page of their own data has it."""
    page_sum: PageSum | None
    """``None`` for a kind that the lesson page does not sum."""

    @property
    def is_detail(self) -> bool:
        """Whether it says how a page was used, so that the lesson page reads it."""
        return self.page_sum is not None


_kinds: dict[str, EventKind] = {}


def register(  # noqa: PLR0913  Each is one part of the kind, and only the name is required.
    name: str,
    *,
    payload: type[Struct] = EmptyPayload,
    purpose: Purpose = Purpose.ENGAGEMENT,
    senders: Collection[EventSender] | None = None,
    label: str | Promise | None = None,
    description: str | Promise | None = None,
    page_sum: PageSum | None = None,
) -> EventKind:
    """Register ``name`` as an event kind that may be ingested, and return it; a later call replaces an earlier one.

    A kind without ``label`` or ``description`` is shown by its name. Without ``senders``, anybody may send it, except
    that browsers send nothing that is part of the course record: learners could record what they have achieved.
    """
    kind = EventKind(
        name=name,
        payload=payload,
        purpose=purpose,
        senders=_default_senders(purpose) if senders is None else frozenset(senders),
        # A lazy text must not be asked whether it is empty: no language is known yet.
        label=name if label is None else label,
        description=name if description is None else description,
        page_sum=page_sum,
    )
    _kinds[name] = kind
    return kind


def _default_senders(purpose: Purpose) -> frozenset[EventSender]:
    return ANY_SENDER - {EventSender.BROWSER} if purpose is Purpose.RECORD else ANY_SENDER


def unregister(name: str) -> None:
    """Remove the kind ``name``; stored events of it stay. Raises ``UnknownEventKind`` if it is not registered."""
    del _kinds[get_kind(name).name]


def find_kind(name: str) -> EventKind | None:
    """Return the kind called ``name``, or ``None`` if it is not registered."""
    return _kinds.get(name)


def get_kind(name: str) -> EventKind:
    """Return the kind called ``name``. Raises ``UnknownEventKind`` if it is not registered."""
    kind = find_kind(name)
    if kind is None:
        raise UnknownEventKind(f"{name!r} is not an event kind. Register it with tracking.events.register().")
    return kind


def all_kinds() -> list[EventKind]:
    """Return every registered kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def kinds_from_sender(sender: EventSender) -> list[EventKind]:
    """Return the kinds that ``sender`` may send, by name."""
    return [kind for kind in all_kinds() if sender in kind.senders]


def kinds_for_purposes(purposes: Collection[Purpose]) -> list[str]:
    """Return the names of the kinds that serve one of ``purposes``."""
    return [kind.name for kind in all_kinds() if kind.purpose in purposes]


def kinds_without_rollup() -> list[str]:
    """Return the names of the kinds that no rollup counts."""
    return kinds_for_purposes(set(Purpose) - PURPOSES_WITH_ROLLUPS)


def is_detail(name: str) -> bool:
    """Return whether the lesson page reads events of the kind called ``name``."""
    kind = find_kind(name)
    return kind is not None and kind.is_detail

"""The vocabulary of events: which kinds exist, what each carries, and the purpose a learner consents to for it.

A kind's payload is a ``msgspec.Struct``; its constraints are the limits that the intake enforces. A host adds a kind of
its own with ``register``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Any, Literal, TypeAlias

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from msgspec import Meta, Struct

from tracking.exceptions import UnknownEventKind

PAGE_OPENED = "page.opened"
PAGE_PROGRESS = "page.progress"
UNIT_ACCESSED = "unit.accessed"
UNIT_COMPLETED = "unit.completed"
PAGE_DETAILS = "page.details"
FEATURE_CLICKED = "feature.clicked"
MEDIA_PLAYED = "media.played"
FORM_STARTED = "form.started"
FORM_SUBMITTED = "form.submitted"
FORM_ABANDONED = "form.abandoned"
SCRIPT_FAILED = "script.failed"
FRICTION = "friction.detected"

PAGE_KINDS = frozenset({PAGE_OPENED, PAGE_PROGRESS})
"""The kinds that views are made of."""

MAX_VIEW_MS = 24 * 3600 * 1000
"""A view lasts 24 hours at the most, in milliseconds."""

MAX_SPANS = 200
MAX_SECTIONS = 35
MAX_MEDIA_PARTS = 50

LearnerId: TypeAlias = Any
"""A primary key of ``AUTH_USER_MODEL``: the host decides whether it is a number, a string or a UUID."""

Milliseconds = Annotated[int, Meta(ge=0, le=MAX_VIEW_MS)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
ShortName = Annotated[str, Meta(min_length=1, max_length=80)]
"""What the host calls something, or its place among those alike; never what it says."""


class Purpose(TextChoices):
    """What a learner consents to, each apart from the others."""

    RECORD = "record", _("Your course record: attempts and completion")
    ENGAGEMENT = "engagement", _("How you work through the course: time, scrolling and clicks")
    NUDGES = "nudges", _("Messages about what to review")
    COMPARISON = "comparison", _("Comparison with the class")


PURPOSES_WITH_ROLLUPS = frozenset({Purpose.RECORD, Purpose.ENGAGEMENT})
"""The purposes whose events the rollups count. A host may register kinds that serve another."""


class ConsentRequirement(IntEnum):
    """What has to happen before a purpose may be served; the greater, the stricter."""

    NOTICE = 1
    """Learners are told, and it holds until they object."""
    ASK = 2
    """It waits for a yes."""
    OFF = 3
    """It is not done at all."""


class EventSource(TextChoices):
    """Who told us about an event."""

    BROWSER = "browser", _("the learner's browser")
    SERVER = "server", _("the learning platform")
    IMPORTED = "imported", _("an imported event log")
    SIMULATED = "simulated", _("a simulation")


class UnitKind(TextChoices):
    """What a unit of an outline is."""

    MODULE = "module", _("module")
    LESSON = "lesson", _("lesson")
    QUIZ = "quiz", _("quiz")
    OTHER = "other", _("other")


class EmptyPayload(Struct, frozen=True, forbid_unknown_fields=True):
    """The payload of a kind that says everything by its name."""


class PageProgress(Struct, frozen=True, forbid_unknown_fields=True):
    """The counters of one view since it began: cumulative, so that a lost or repeated message changes nothing.

    All times are in milliseconds. ``spans`` are the active stretches as half-open offsets from the view's start.
    """

    elapsed: Milliseconds
    active: Milliseconds = 0
    visible: Milliseconds = 0
    media: Milliseconds = 0
    scroll: Percent = 0
    spans: Annotated[tuple[tuple[Milliseconds, Milliseconds], ...], Meta(max_length=MAX_SPANS)] = ()


class UnitAccessed(Struct, frozen=True, forbid_unknown_fields=True):
    """An access known only by its day or moment, with no time behind it: what most foreign logs hold."""

    count: Count = 1


class FeatureClicked(Struct, frozen=True, forbid_unknown_fields=True):
    """A click on an element that the host named with ``data-track``."""

    name: ShortName


class PageDetails(Struct, frozen=True, forbid_unknown_fields=True):
    """What happened in a view since this was last told; the events of a view add up.

    ``sections`` are active milliseconds by section of the page, ``turns`` changes of the direction of scrolling.
    """

    sections: Annotated[tuple[tuple[ShortName, Milliseconds], ...], Meta(max_length=MAX_SECTIONS)] = ()
    turns: Annotated[int, Meta(ge=0, le=1000)] = 0


class MediaPlayed(Struct, frozen=True, forbid_unknown_fields=True):
    """Which parts of a video or sound were played, in milliseconds of the medium: what was seen, not how long."""

    name: ShortName
    spans: Annotated[
        tuple[tuple[Milliseconds, Milliseconds], ...], Meta(min_length=1, max_length=MAX_MEDIA_PARTS)
    ]


class FormUsed(Struct, frozen=True, forbid_unknown_fields=True):
    """A form that was begun, handed in, or given up; a quiz where the host marks it with ``data-track-quiz``."""

    name: ShortName
    is_quiz: bool = False


class ScriptFailed(Struct, frozen=True, forbid_unknown_fields=True):
    """An uncaught error of a script: its class, and where in a script of this site. Its message may quote the page."""

    name: ShortName
    path: Annotated[str, Meta(max_length=200)] = ""
    line: Annotated[int, Meta(ge=0, le=10_000_000)] = 0


class Friction(Struct, frozen=True, forbid_unknown_fields=True):
    """A sign that a page does not do what its reader expects.

    ``rage``: four clicks within 30 px, at most 1 s apart. ``dead``: a button that did nothing for 2.5 s.
    """

    kind: Literal["rage", "dead"]
    element: Annotated[str, Meta(min_length=1, max_length=40)]
    """The tag, such as ``button``."""
    name: Annotated[str, Meta(max_length=80)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """One kind of event: its name, the payload it carries and the purpose that permits it."""

    name: str
    payload: type[Struct]
    purpose: Purpose


_kinds: dict[str, EventKind] = {}


def register(
    name: str, *, payload: type[Struct] = EmptyPayload, purpose: Purpose = Purpose.ENGAGEMENT
) -> EventKind:
    """Make ``name`` a kind of event that the intake accepts, and return it; a later call replaces an earlier one."""
    kind = EventKind(name=name, payload=payload, purpose=purpose)
    _kinds[name] = kind
    return kind


def find_kind(name: str) -> EventKind | None:
    """Return the kind called ``name``, or ``None`` where nobody registered it."""
    return _kinds.get(name)


def get_kind(name: str) -> EventKind:
    """Return the kind called ``name``. Raises ``UnknownEventKind`` where nobody registered it."""
    kind = find_kind(name)
    if kind is None:
        raise UnknownEventKind(f"{name!r} is not an event kind. Register it with tracking.events.register().")
    return kind


def all_kinds() -> list[EventKind]:
    """Return every registered kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def kinds_for_purposes(purposes: Collection[Purpose]) -> list[str]:
    """Return the names of the kinds that serve one of ``purposes``."""
    return [kind.name for kind in all_kinds() if kind.purpose in purposes]


def kinds_without_rollup() -> list[str]:
    """Return the names of the kinds that no roll-up counts."""
    return kinds_for_purposes(set(Purpose) - PURPOSES_WITH_ROLLUPS)


register(PAGE_OPENED)
register(PAGE_PROGRESS, payload=PageProgress)
register(UNIT_ACCESSED, payload=UnitAccessed)
register(UNIT_COMPLETED, purpose=Purpose.RECORD)
register(FEATURE_CLICKED, payload=FeatureClicked)
register(PAGE_DETAILS, payload=PageDetails)
register(MEDIA_PLAYED, payload=MediaPlayed)
register(FORM_STARTED, payload=FormUsed)
register(FORM_SUBMITTED, payload=FormUsed)
register(FORM_ABANDONED, payload=FormUsed)
register(SCRIPT_FAILED, payload=ScriptFailed)
register(FRICTION, payload=Friction)

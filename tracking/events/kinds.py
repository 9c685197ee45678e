"""Every kind of event, its payload, and the one value that holds all else about it. A constant is the kind's name.

The constraints of a payload are the limits that the endpoint enforces.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from msgspec import Meta, Struct

from tracking.events.purposes import Purpose
from tracking.events.registry import ANY_SENDER, EventSender, PagePart, PageSum, register

MAX_VIEW_MS = 24 * 3600 * 1000
"""A view lasts 24 hours at the most, in milliseconds."""

MAX_SPANS = 200
MAX_SECTIONS = 35
MAX_MEDIA_PARTS = 50

Milliseconds = Annotated[int, Meta(ge=0, le=MAX_VIEW_MS)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
ShortName = Annotated[str, Meta(min_length=1, max_length=80)]
"""What the host calls something, or its place among those alike; never what it says."""

PAGE_OPENED = register(
    "page.opened",
    label=_("page opened"),
    description=_("opened a lesson or quiz"),
).name


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


PAGE_PROGRESS = register(
    "page.progress",
    payload=PageProgress,
    # It sums up one page view, and a row of a log names none.
    senders=ANY_SENDER - {EventSender.IMPORT},
    label=_("page progress"),
    description=_("how long it has been active so far, and how far it was scrolled"),
).name


class PageDetails(Struct, frozen=True, forbid_unknown_fields=True):
    """What happened in a page view since the last report; the events of a page view add up.

    ``sections`` are active milliseconds by section of the page, ``turns`` changes of the direction of scrolling.
    """

    sections: Annotated[tuple[tuple[ShortName, Milliseconds], ...], Meta(max_length=MAX_SECTIONS)] = ()
    turns: Annotated[int, Meta(ge=0, le=1000)] = 0


PAGE_DETAILS = register(
    "page.details",
    payload=PageDetails,
    label=_("page details"),
    description=_("which parts of the page were used"),
    page_sum=PageSum(part=PagePart.SECTION, entries=lambda payload: payload.get("sections", ())),
).name


class UnitAccessed(Struct, frozen=True, forbid_unknown_fields=True):
    """An access known only by its day or moment, with no time behind it: what most foreign logs hold."""

    count: Count = 1


UNIT_ACCESSED = register(
    "unit.accessed",
    payload=UnitAccessed,
    # It carries a count, so a browser could claim a million of them at once.
    senders=ANY_SENDER - {EventSender.BROWSER},
    label=_("unit accessed"),
    description=_("opened, according to another log"),
).name

UNIT_COMPLETED = register(
    "unit.completed",
    purpose=Purpose.RECORD,
    label=_("unit completed"),
    description=_("completed a lesson"),
).name


class FeatureClicked(Struct, frozen=True, forbid_unknown_fields=True):
    """A click on an element that the host named with ``data-track``."""

    name: ShortName


FEATURE_CLICKED = register(
    "feature.clicked",
    payload=FeatureClicked,
    label=_("feature clicked"),
    description=_("clicked an element that the course has named"),
    page_sum=PageSum(part=PagePart.FEATURE, entries=lambda payload: [(payload["name"], 1)]),
).name


class MediaPlayed(Struct, frozen=True, forbid_unknown_fields=True):
    """Which parts of a video or sound were played, in milliseconds of the medium: what was seen, not how long."""

    name: ShortName
    spans: Annotated[
        tuple[tuple[Milliseconds, Milliseconds], ...], Meta(min_length=1, max_length=MAX_MEDIA_PARTS)
    ]


MEDIA_PLAYED = register(
    "media.played",
    payload=MediaPlayed,
    label=_("media played"),
    description=_("played parts of a video or audio"),
    page_sum=PageSum(part=PagePart.MEDIUM, entries=lambda payload: [(payload["name"], payload["spans"])]),
).name


class FormUsed(Struct, frozen=True, forbid_unknown_fields=True):
    """A form that was started, submitted or abandoned; a quiz if the host marks it with ``data-track-quiz``."""

    name: ShortName
    is_quiz: bool = False


FORM_STARTED = register(
    "form.started",
    payload=FormUsed,
    label=_("form started"),
    description=_("started a form or quiz"),
    page_sum=PageSum(part=PagePart.FORM, entries=lambda payload: [(payload["name"], "started")]),
).name

FORM_SUBMITTED = register(
    "form.submitted",
    payload=FormUsed,
    label=_("form submitted"),
    description=_("submitted a form or quiz"),
    page_sum=PageSum(part=PagePart.FORM, entries=lambda payload: [(payload["name"], "submitted")]),
).name

FORM_ABANDONED = register(
    "form.abandoned",
    payload=FormUsed,
    label=_("form abandoned"),
    description=_("left a form or quiz without submitting it"),
    page_sum=PageSum(part=PagePart.FORM, entries=lambda payload: [(payload["name"], "abandoned")]),
).name


class ScriptFailed(Struct, frozen=True, forbid_unknown_fields=True):
    """An uncaught error of a script: its class, and where in a script of this site. Its message may quote the page."""

    name: ShortName
    path: Annotated[str, Meta(max_length=200)] = ""
    line: Annotated[int, Meta(ge=0, le=10_000_000)] = 0


def _script_problem(payload: Mapping[str, Any]) -> tuple[str, str]:
    place = payload.get("path", "")
    where = f"{place}:{payload['line']}" if payload.get("line") else place
    return "script", " ".join(filter(None, (payload["name"], where)))


SCRIPT_FAILED = register(
    "script.failed",
    payload=ScriptFailed,
    label=_("script error"),
    description=_("something on the page failed"),
    page_sum=PageSum(part=PagePart.PROBLEM, entries=lambda payload: [(_script_problem(payload), 1)]),
).name


class Friction(Struct, frozen=True, forbid_unknown_fields=True):
    """A sign that a page does not do what its reader expects.

    ``rage``: four clicks within 30 px, at most 1 s apart. ``dead``: a button that did nothing for 2.5 s.
    """

    kind: Literal["rage", "dead"]
    element: Annotated[str, Meta(min_length=1, max_length=40)]
    """The tag, such as ``button``."""
    name: Annotated[str, Meta(max_length=80)] = ""


FRICTION = register(
    "friction.detected",
    payload=Friction,
    label=_("friction detected"),
    description=_("clicked where nothing happened"),
    page_sum=PageSum(
        part=PagePart.PROBLEM,
        entries=lambda payload: [((payload["kind"], payload.get("name") or payload["element"]), 1)],
    ),
).name

PAGE_KINDS = frozenset({PAGE_OPENED, PAGE_PROGRESS})
"""The kinds that views are made of."""

"""The payload of each kind of event; its constraints are the limits that the intake enforces."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

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

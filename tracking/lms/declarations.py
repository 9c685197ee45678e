"""What a host writes in its adapter: where courses, units, learners and attempts are found, as paths or callables.

A path names attributes from a row on, joined by ``__`` or ``.`` as in ``"module__course"``; what is callable on the way
is called. A callable gets the row. Either may end at a row, whose key is then used, or at a plain value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal, TypeAlias

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tracking.events import UnitKind

Entry: TypeAlias = str | Callable[[Any], Any] | None
"""A path, a callable that gets the row, or nothing."""

KeyEntry: TypeAlias = str | tuple[str, ...] | Callable[[Any], object]
"""How a row's key is made: one path, several whose values are joined by ``/``, or a callable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page of which a callable in the view map says the unit.

    Where a browser tells only a path, ``request`` and ``response`` are ``None``.
    """

    view_name: str
    path: str
    args: tuple[object, ...]
    kwargs: Mapping[str, Any]
    request: HttpRequest | None = None
    response: HttpResponseBase | None = None


class Lookup:
    """Finds a row by the keyword arguments of a URL: ``Lookup(course_slug="slug")`` reads kwarg to field.

    For a host whose URL names a course or unit otherwise than by its key.
    """

    def __init__(self, **fields: str) -> None:
        self.fields: Mapping[str, str] = fields

    def __repr__(self) -> str:
        return f"Lookup({', '.join(f'{kwarg}={path!r}' for kwarg, path in self.fields.items())})"


Source: TypeAlias = str | tuple[str, ...] | Lookup | Callable[[Page], object] | None
"""One kwarg, several for a key of several parts, a ``Lookup``, or a callable that returns a key, a row or ``None``."""


@dataclass(frozen=True)
class Unit:
    """Which unit a view shows.

    Without ``course``, the course is read from the unit's row, at the price of a cached query.
    """

    node: str = ""
    """Label of the ``Node`` model that the unit is a row of; empty where ``unit`` gives the whole key."""
    _: KW_ONLY
    unit: Source
    course: Source = None


@dataclass(frozen=True)
class Node:
    """One model whose rows are units of a course's outline."""

    model: str
    """``"app.Model"``."""
    _: KW_ONLY
    course: Entry = ""
    """Path of fields from a row to its course, which may be many-to-many. With ``rows``, any path or callable does."""
    kind: UnitKind | str | Callable[[Any], Any] = UnitKind.OTHER
    key: KeyEntry = "pk"
    prefix: str | None = None
    """Put before the key so that lesson 3 and quiz 3 differ: unless given, the kind, else the model's name.
    ``""`` for the bare key."""
    title: Entry = str
    parent: Entry = None
    """The unit that this one is part of: a row of a node's model. Without one, the unit is at the top of the course."""
    order: Sequence[str | Callable[[Any], Any]] = ()
    """Place among siblings of whatever model; ``"-field"`` turns it round. The model's own ordering unless given, and
    where it has none, after the others: node by node as they stand in ``nodes``."""
    filter: Mapping[str, Any] = field(default_factory=dict)
    """Field look-ups that a row must meet to be part of the outline at all."""
    rows: Callable[[Any], Iterable[Any]] | None = None
    """Gets the course and returns the rows, where no field look-up finds them; they need not be model instances.

    Attempts at them, and pages that name them alone, need ``course`` besides."""
    expected_seconds: Entry = None
    """Seconds that the unit should take, as a number or a ``timedelta``."""
    due_at: Entry = None
    """A ``datetime``, or a ``date`` on which it is due by the end of the day."""
    is_available: Entry = None
    is_required: Entry = None
    url: Entry = "get_absolute_url"
    skills: Entry = None
    """Names of skills: a list, a related manager, or one name."""


@dataclass(frozen=True)
class EnrolmentFields:
    """The model whose rows put learners into courses."""

    model: str
    _: KW_ONLY
    course: str
    learner: str
    group_key: Entry = None
    group_title: Entry = None
    enrolled_at: Entry = None
    filter: Mapping[str, Any] = field(default_factory=dict)
    """Field look-ups that a row must meet to count, such as ``{"is_active": True}``."""


@dataclass(frozen=True)
class Structure:
    """Where the host keeps its courses, their outlines, and who learns and teaches them."""

    course: str
    """``"app.Course"``."""
    _: KW_ONLY
    nodes: Sequence[Node] = ()
    key: KeyEntry = "pk"
    title: Entry = str
    starts_at: Entry = None
    """A ``datetime``, or the ``date`` of the first day."""
    ends_at: Entry = None
    """A ``datetime``, or the ``date`` of the last day."""
    time_zone: Entry = None
    """An IANA name, such as ``"Europe/Paris"``; the site's ``TIME_ZONE`` unless given."""
    is_simulated: Entry = None
    learners: str | EnrolmentFields | Callable[[Any], Iterable[Any]] | None = None
    """Path from a course to users, an ``EnrolmentFields``, or a callable that returns a course's users or ``EnrolmentRecord``."""
    instructors: str | Callable[[Any, Any], bool] | None = None
    """Path from a course to users, the name of a course's method that gets the user, a permission such as
    ``"courses.change_course"``, or a callable that gets the user and the course."""
    filter: Mapping[str, Any] = field(default_factory=dict)
    """Field look-ups that a course must meet to be tracked."""


@dataclass(frozen=True, kw_only=True)
class AnswerFields:
    """The answers of an attempt: rows related to it, or what a callable makes of it."""

    relation: str | Callable[[Any], Iterable[Any]]
    """Path from the attempt to its answers, or a callable that gets the attempt. All else is read from an answer."""
    question: Entry
    is_correct: Entry = None
    points: Entry = None
    max_points: Entry = None
    chosen: Entry = None
    """Keys of the options chosen. Never name a field of free text here."""
    lessons: Entry = None
    """The lessons that the question draws on: rows of a node's model, or whole unit keys."""
    skills: Entry = None
    """Names of what the question is about: a list, a related manager, or one name. None: those of its quiz."""


@dataclass(frozen=True, kw_only=True)
class AttemptFields:
    """How an attempt is read from a row of the host."""

    learner: Entry
    """The user, several users where a group hands in together, or a primary key."""
    unit: Entry
    """A row of a node's model, or a key: then ``node`` names the model."""
    course: Entry = None
    """The course or its key; read from the unit's row unless given."""
    node: str = ""
    started_at: Entry = None
    submitted_at: Entry = None
    is_submitted: Entry = None
    """For hosts that keep whether, but not when: until true the attempt counts as in progress."""
    score: Entry = None
    max_score: Entry | float = None
    """A path, a callable, or one number for all."""
    is_passed: Entry = None
    answers: AnswerFields | None = None
    on_delete: Literal["keep", "forget"] = "keep"
    """``"keep"``: what was submitted stays on record when the host deletes its row, as some do in the request that
    scored it. ``"forget"``: it goes too. An attempt in progress always goes."""


@dataclass(frozen=True, kw_only=True)
class CompletionFields:
    """How the host's own word that a learner has completed a unit is read from a row."""

    learner: Entry
    unit: Entry
    course: Entry = None
    node: str = ""
    completed_at: Entry = None
    is_completed: Entry = None
    """For rows that exist before they are complete: until true they say nothing."""


@dataclass(frozen=True, kw_only=True)
class AccessFields:
    """How an opening of a unit that the host logged itself is read from a row, once, by ``tracking_backfill``."""

    learner: Entry
    unit: Entry
    accessed_at: Entry
    course: Entry = None
    node: str = ""
    count: Entry | int = 1
    """How often, where one row stands for several openings."""

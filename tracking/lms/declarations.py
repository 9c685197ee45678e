"""The declarations of an adapter: where to find courses, units, learners and attempts, as paths or callables.

A path is a chain of attribute names that starts at a row, joined by ``__`` or ``.``, such as ``"module__course"``.
Callables along the path are called. A callable entry receives the row. Both may return a row, whose key is then used,
or a plain value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal, TypeAlias

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tracking.events import UnitKind

Entry: TypeAlias = str | Callable[[Any], Any] | None
"""A path, a callable that receives the row, or nothing."""

KeyEntry: TypeAlias = str | tuple[str, ...] | Callable[[Any], object]
"""How to build a row's key: one path, several paths whose values are joined by ``/``, or a callable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page that a callable in the view map receives, to return its unit.

    ``request`` and ``response`` are ``None`` if only the path is known.
    """

    view_name: str
    path: str
    args: tuple[object, ...]
    kwargs: Mapping[str, Any]
    request: HttpRequest | None = None
    response: HttpResponseBase | None = None


class Lookup:
    """Finds a row by the kwargs of a URL: ``Lookup(course_slug="slug")`` maps the kwarg to the field.

    Use it if the URL identifies a course or unit by something other than its key.
    """

    def __init__(self, **fields: str) -> None:
        self.fields: Mapping[str, str] = fields

    def __repr__(self) -> str:
        return f"Lookup({', '.join(f'{kwarg}={path!r}' for kwarg, path in self.fields.items())})"


Source: TypeAlias = str | tuple[str, ...] | Lookup | Callable[[Page], object] | None
"""One kwarg, several for a key of several parts, a ``Lookup``, or a callable that returns a key, a row or ``None``."""


@dataclass(frozen=True)
class Unit:
    """The unit that a view shows.

    Without ``course``, the course is read from the unit's row, which costs a cached query.
    """

    node: str = ""
    """Label of the ``Node`` model that has the unit's row; empty if ``unit`` gives the whole key."""
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
    """Path of fields from a row to its course; may be many-to-many. With ``rows``, any path or callable works."""
    kind: UnitKind | str | Callable[[Any], Any] = UnitKind.OTHER
    key: KeyEntry = "pk"
    prefix: str | None = None
    """Prefix of the key, so that lesson 3 and quiz 3 differ. ``""`` gives the bare key.

    Default: the kind, or the model's name if the kind varies or is "other"."""
    title: Entry = str
    parent: Entry = None
    """The unit that contains this one: a row of a node's model. Without one, the unit is at the top of the course."""
    order: Sequence[str | Callable[[Any], Any]] = ()
    """Order among siblings of any model; ``"-field"`` is descending. Default: the ordering of the model.

    Units of models without an ordering come last, in the order of ``nodes``."""
    filter: Mapping[str, Any] = field(default_factory=dict)
    """Field lookups that a row must match to be part of the outline."""
    rows: Callable[[Any], Iterable[Any]] | None = None
    """Receives the course and returns its rows, if no field lookup can find them. They need not be model instances.

    Attempts at these units, and pages whose URL names only the unit, also need ``course``."""
    expected_seconds: Entry = None
    """The expected time of the unit, as seconds or a ``timedelta``."""
    due_at: Entry = None
    """A ``datetime``, or a ``date`` if the unit is due by the end of that day."""
    is_available: Entry = None
    is_required: Entry = None
    url: Entry = "get_absolute_url"
    skills: Entry = None
    """Names of skills: a list, a related manager, or one name."""


@dataclass(frozen=True)
class EnrolmentFields:
    """The model whose rows enrol learners in courses."""

    model: str
    _: KW_ONLY
    course: str
    learner: str
    group_key: Entry = None
    group_title: Entry = None
    enrolled_at: Entry = None
    due_at: Entry = None
    """The learner's own due dates, such as extensions: a mapping from unit keys to dates or datetimes."""
    filter: Mapping[str, Any] = field(default_factory=dict)
    """Field lookups that a row must match to count, such as ``{"is_active": True}``."""


@dataclass(frozen=True)
class Structure:
    """Where the host keeps its courses, their outlines, learners and instructors."""

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
    """An IANA name, such as ``"Europe/Paris"``. Default: the site's ``TIME_ZONE``."""
    is_simulated: Entry = None
    learners: str | EnrolmentFields | Callable[[Any], Iterable[Any]] | None = None
    """Path from a course to users, an ``EnrolmentFields``, or a callable that receives the course and returns users or
    ``EnrolmentRecord`` values."""
    instructors: str | Callable[[Any, Any], bool] | None = None
    """Path from a course to users, the name of a method of the course that receives the user, a permission such as
    ``"courses.change_course"``, or a callable that receives the user and the course."""
    filter: Mapping[str, Any] = field(default_factory=dict)
    """Field lookups that a course must match to be tracked."""


@dataclass(frozen=True, kw_only=True)
class AnswerFields:
    """The answers of an attempt: rows related to it, or the values that a callable returns for it."""

    relation: str | Callable[[Any], Iterable[Any]]
    """Path from the attempt to its answers, or a callable that receives the attempt.

    All other entries are read from an answer."""
    question: Entry
    is_correct: Entry = None
    points: Entry = None
    max_points: Entry = None
    chosen: Entry = None
    """Keys of the options chosen. Never name a field of free text here: it would be stored as it is."""
    lessons: Entry = None
    """The lessons that the question is about: rows of a node's model, or whole unit keys."""
    skills: Entry = None
    """Names of the skills that the question tests: a list, a related manager, or one name. Default: the quiz's."""


@dataclass(frozen=True, kw_only=True)
class AttemptFields:
    """How to read an attempt from a row of the host."""

    learner: Entry
    """The user, several users if a group submits together, or a primary key."""
    unit: Entry
    """A row of a node's model, or a key. For a key without its prefix, name the model in ``node``."""
    course: Entry = None
    """The course or its key. Default: the course of the unit's row."""
    node: str = ""
    started_at: Entry = None
    submitted_at: Entry = None
    is_submitted: Entry = None
    """For hosts that store whether an attempt was submitted, but not when. Until true, the attempt is in progress."""
    score: Entry = None
    max_score: Entry | float = None
    """A path, a callable, or one number for all attempts."""
    is_passed: Entry = None
    answers: AnswerFields | None = None
    on_delete: Literal["keep", "forget"] = "keep"
    """What to do if the host deletes the row, as some do in the request that graded it.

    ``"keep"`` keeps a submitted attempt, ``"forget"`` deletes it. An attempt in progress is always deleted."""


@dataclass(frozen=True, kw_only=True)
class CompletionFields:
    """How to read from a row that, according to the host, a learner has completed a unit."""

    learner: Entry
    unit: Entry
    course: Entry = None
    node: str = ""
    completed_at: Entry = None
    is_completed: Entry = None
    """For rows that exist before the unit is completed. Until it is true, the row is ignored."""


@dataclass(frozen=True, kw_only=True)
class AccessFields:
    """How ``tracking_backfill`` reads an access that the host logged itself from a row."""

    learner: Entry
    unit: Entry
    accessed_at: Entry
    course: Entry = None
    node: str = ""
    count: Entry | int = 1
    """The number of accesses in the row, if one row covers several."""

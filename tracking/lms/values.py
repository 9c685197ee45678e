"""What the host reports, as frozen values: outlines, enrolments, attempts, completions and accesses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracking.events import UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRef:
    """The two opaque keys that identify one unit."""

    course_key: str
    unit_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineNode:
    """One unit of an outline as the host describes it now. Nodes are in the order in which learners meet them."""

    key: str
    kind: UnitKind
    title: str
    parent_key: str = ""
    url: str = ""
    expected_seconds: int | None = None
    due_at: datetime | None = None
    is_available: bool = True
    """Whether learners can open it now. Units that they cannot open are in no denominator."""
    is_required: bool = True
    """Whether the unit counts. Optional units are never *skipped* and are in no denominator."""
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The ordered tree of one course: parents come before their children."""

    course_key: str
    title: str
    nodes: tuple[OutlineNode, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    time_zone: str = ""
    """An IANA name; empty means the site's ``TIME_ZONE``."""
    is_simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentRecord:
    """One learner of a course, by the primary key of ``AUTH_USER_MODEL``."""

    learner_id: Any
    group_key: str = ""
    group_title: str = ""
    enrolled_at: datetime | None = None
    excused_unit_keys: tuple[str, ...] = ()
    """Units from which the host excuses this learner, with everything below them."""
    due_at: Mapping[str, datetime] = field(default_factory=dict)
    """The learner's own due dates, such as extensions, by unit key. They replace those of the outline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecord:
    """One answered question. ``is_correct`` is ``None`` until graded; ``chosen`` contains option keys, never text."""

    question_key: str
    is_correct: bool | None
    points: float | None = None
    max_points: float | None = None
    chosen: tuple[str, ...] = ()
    lesson_keys: tuple[str, ...] = ()
    """Unit keys of the lessons that the question is about."""
    skills: tuple[str, ...] = ()
    """Skills that the question tests. If empty, those of its quiz apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """One attempt as the host knows it now. Recording it again with the same source corrects the stored one.

    If ``answers`` is ``None``, the stored answers stay as they are.
    """

    source_label: str
    source_key: str
    learner_id: Any
    unit: UnitRef
    started_at: datetime
    submitted_at: datetime | None = None
    score: float | None = None
    max_score: float | None = None
    is_passed: bool | None = None
    answers: tuple[AnswerRecord, ...] | None = field(default=None)
    is_undated: bool = False
    """Whether the host does not say when: then the moments are those of reading, and those of the first one stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionRecord:
    """A completion of a unit by a learner, according to the host."""

    learner_id: Any
    unit: UnitRef
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRecord:
    """Accesses of a learner to a unit according to the host: ``count`` times on that day, for an unknown time."""

    learner_id: Any
    unit: UnitRef
    accessed_at: datetime
    count: int = 1

"""What the host tells us, as frozen values: outlines, enrolments, and which unit a page or an attempt belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracking.events import UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRef:
    """The address of one unit: two opaque keys."""

    course_key: str
    unit_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineNode:
    """One unit of an outline as the host describes it now; the order of nodes is the order a learner meets them."""

    key: str
    kind: UnitKind
    title: str
    parent_key: str = ""
    url: str = ""
    expected_seconds: int | None = None
    due_at: datetime | None = None
    is_available: bool = True
    """Whether learners can open it now. What they cannot open is out of every denominator."""
    is_required: bool = True
    """Whether passing it over means anything. Optional units are never *skipped*."""
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
    """Units that the host exempts this learner from, with all below them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecord:
    """One answered question; ``is_correct`` is ``None`` until graded, ``chosen`` holds option keys, never text."""

    question_key: str
    is_correct: bool | None
    points: float | None = None
    max_points: float | None = None
    chosen: tuple[str, ...] = ()
    lesson_keys: tuple[str, ...] = ()
    """Unit keys of the lessons that the question draws on."""
    skills: tuple[str, ...] = ()
    """What the question is about; those of its quiz where it names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """One attempt as the host knows it now. Recording it again with the same source corrects what was stored.

    ``answers`` of ``None`` leaves the stored answers as they are.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionRecord:
    """The host's own word that a learner has completed a unit."""

    learner_id: Any
    unit: UnitRef
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRecord:
    """The host's own word that a learner opened a unit, ``count`` times on that day; no time is known of it."""

    learner_id: Any
    unit: UnitRef
    accessed_at: datetime
    count: int = 1

"""What a reader makes of a log: entries ready to be stored, and for every other row why it is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from tracking.lms.values import AnswerRecord

ATTEMPT = "attempt"
"""The kind of a row that tells of an attempt at a quiz; every other kind is one of ``tracking.events``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One record of a log as it was written. ``line`` is where it starts, from 1."""

    line: int
    text: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptPart:
    """What a row says of an attempt beside who, where and when."""

    source: str
    key: str
    started_at: datetime
    score: float | None = None
    max_score: float | None = None
    is_passed: bool | None = None
    answers: tuple[AnswerRecord, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One event or attempt of a log. The learner is still the log's own name, and the keys are not yet looked up.

    ``row_count`` says how many rows of the log it sums up; ``other_lines`` are those besides ``line``.
    """

    id: UUID
    line: int
    text: str
    learner: str
    course_key: str
    unit_key: str
    kind: str
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    view_id: UUID | None = None
    attempt: AttemptPart | None = None
    row_count: int = 1
    other_lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A row that cannot be used: the stable code, and a sentence for whoever mends the file."""

    line: int
    text: str
    code: str
    detail: str
    row_count: int = 1
    other_lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilteredRow:
    """A row that the map does not ask for. It is counted, and is no error."""

    row_count: int = 1


Item: TypeAlias = LogEntry | RejectedRow | FilteredRow

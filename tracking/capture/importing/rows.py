"""What a reader makes of a log: entries ready to store, and for every other row the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from tracking.lms.values import AnswerRecord

ATTEMPT = "attempt"
"""The kind of a row that describes an attempt at a quiz. Every other kind is one of ``tracking.events``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One record of a log as written. ``line`` is where it starts, counted from 1."""

    line: int
    text: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptPart:
    """The fields of a row that only an attempt has."""

    source: str
    key: str
    started_at: datetime
    score: float | None = None
    max_score: float | None = None
    is_passed: bool | None = None
    answers: tuple[AnswerRecord, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One event or attempt of a log. The learner is still the log's own name, and the keys are not looked up yet.

    ``row_count`` is the number of rows of the log that it combines; ``other_lines`` are their lines except ``line``.
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
    """A row that cannot be used, with the stable code and a sentence for the person who fixes the file."""

    line: int
    text: str
    code: str
    detail: str
    row_count: int = 1
    other_lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilteredRow:
    """A row that the map filters out. It is counted, and is not an error."""

    row_count: int = 1


Item: TypeAlias = LogEntry | RejectedRow | FilteredRow

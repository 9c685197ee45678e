"""Everything the rules look at, as plain values: one learner in one course, or the class as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tracking.events import UnitKind
from tracking.models import State


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedQuiz:
    """The attempts of a learner at one quiz, oldest first, as shares from 0 to 1."""

    shares: tuple[float, ...] = ()
    failed_at: tuple[datetime, ...] = ()
    missed: tuple[tuple[str, ...], ...] = ()
    """Of the last submitted attempt: for each question missed, the unit keys of the lessons it draws on."""
    asked: tuple[tuple[str, ...], ...] = ()
    """The same for every question asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSituation:
    """One lesson or quiz as one learner has it, beside the class's time for it."""

    key: str
    kind: UnitKind
    position: int
    state: State
    is_required: bool = True
    active_ms: int = 0
    class_p90_ms: int | None = None
    class_timed_count: int = 0
    tried: TriedQuiz | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A unit that an instructor asked the learner to go back to."""

    action_id: int
    unit_key: str
    assigned_at: datetime
    words: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerSituation:
    """One learner in one course."""

    units: tuple[UnitSituation, ...]
    reviews: tuple[Review, ...] = ()
    """Those that were not taken back."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    enrolled_at: datetime | None = None
    last_at: datetime | None = None
    is_finished: bool = False
    shares_engagement: bool = True
    """Whether the learner lets views be recorded. From the silence of one who does not, nothing follows."""

    def is_running(self, now: datetime) -> bool:
        """Return whether the course has begun, has not ended, and the learner is not through with it."""
        return self.is_open(now) and not self.is_finished

    def is_open(self, now: datetime) -> bool:
        """Return whether the course has begun and has not ended."""
        has_begun = self.starts_at is None or self.starts_at <= now
        has_ended = self.ends_at is not None and self.ends_at <= now
        return has_begun and not has_ended


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOfClass:
    """One lesson or quiz over a class; see ``models.UnitSummary`` for what is counted."""

    key: str
    kind: UnitKind
    learner_count: int
    reached_count: int
    skipped_count: int
    attempted_count: int
    first_passed_count: int
    answered_count: int
    correct_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSituation:
    """A class over its whole outline."""

    units: tuple[UnitOfClass, ...] = field(default_factory=tuple)

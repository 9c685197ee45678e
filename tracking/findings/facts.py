"""Everything the rules look at, as plain values: one learner in one course, or the class as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tracking.definitions import states
from tracking.definitions.next_step import NextStep, find_next_step
from tracking.events import UnitKind
from tracking.models import UnitState


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptedQuiz:
    """The submitted attempts of a learner at one quiz, oldest first, as shares from 0 to 1."""

    attempt_ids: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()
    failed_at: tuple[datetime, ...] = ()
    missed_lesson_keys: tuple[tuple[str, ...], ...] = ()
    """Of the last attempt: for each question missed, the unit keys of the lessons it draws on."""
    missed_question_keys: tuple[str, ...] = ()
    """The keys of those questions."""
    asked_lesson_keys: tuple[tuple[str, ...], ...] = ()
    """The unit keys of lessons for every question asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFactsOfLearner:
    """One lesson or quiz as one learner has it, with the class's time for comparison."""

    key: str
    kind: UnitKind
    position: int
    state: UnitState
    is_required: bool = True
    due_at: datetime | None = None
    expected_seconds: int | None = None
    class_median_seconds: int | None = None
    """What is expected where the host says nothing: as long as the class needs."""
    active_ms: int = 0
    spent_ms: int = 0
    """By which it is judged whether a lesson was skimmed (``definitions.times.spent_ms``)."""
    first_at: datetime | None = None
    last_at: datetime | None = None
    class_p90_ms: int | None = None
    class_timed_count: int = 0
    attempted: AttemptedQuiz | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillFacts:
    """What one learner has shown of one skill; see ``models.LearnerSkill``."""

    key: str
    unit_key: str
    answered_count: int
    correct_count: int
    share: float
    """How likely the next answer is to be right, by the better of the measures for this course."""
    longest_run_count: int
    first_at: datetime
    last_at: datetime
    review_due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFacts:
    """How likely the learner is not to finish, from 0 to 1, and whether that is enough to say so."""

    score: float
    is_at_risk: bool
    day: int
    components: tuple[tuple[str, float], ...] = ()
    """What makes it up: names and points, the most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedReview:
    """A unit that an instructor asked the learner to go back to."""

    action_id: int
    unit_key: str
    assigned_at: datetime
    text: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerFacts:
    """One learner in one course."""

    units: tuple[UnitFactsOfLearner, ...]
    """Excused and locked units do not count; they are here so that they can be named."""
    skills: tuple[SkillFacts, ...] = ()
    risk: RiskFacts | None = None
    reviews: tuple[AssignedReview, ...] = ()
    """Those that were not undone."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    enrolled_at: datetime | None = None
    last_at: datetime | None = None
    active_day_count: int = 0
    """Days with any sign of the learner, of the last ``STALLED_DAYS``."""
    is_finished: bool = False
    shares_engagement: bool = True
    """Whether the learner lets views be recorded. No finding follows from the silence of a learner who does not."""

    def is_running(self, now: datetime) -> bool:
        """Return whether the course has begun, has not ended, and the learner is not through with it."""
        return self.is_open(now) and not self.is_finished

    def is_open(self, now: datetime) -> bool:
        """Return whether the course has begun and has not ended."""
        has_begun = self.starts_at is None or self.starts_at <= now
        has_ended = self.ends_at is not None and self.ends_at <= now
        return has_begun and not has_ended

    def open_units(self) -> tuple[UnitFactsOfLearner, ...]:
        """Return the units that findings may be about: neither locked nor excused."""
        return tuple(unit for unit in self.units if unit.state not in states.NOT_COUNTED)

    def has_unit_to_begin(self) -> bool:
        """Return whether there is a required unit that the learner has not begun."""
        return any(each.is_required and each.state in states.NOT_BEGUN for each in self.open_units())

    def next_step(self, now: datetime) -> NextStep | None:
        """Return what comes next for the learner."""
        missed = {
            unit.key: {key for keys in unit.attempted.missed_lesson_keys for key in keys}
            for unit in self.units
            if unit.attempted is not None
        }
        return find_next_step(
            self.units, missed_lessons=missed, is_read_known=self.shares_engagement, now=now
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassUnitFacts:
    """One lesson or quiz over a class; see ``models.UnitStats`` for what is counted."""

    key: str
    kind: UnitKind
    learner_count: int
    reached_count: int
    skipped_count: int
    first_decided_count: int
    first_passed_count: int
    answered_count: int
    correct_count: int
    answering_learner_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLinkCounts:
    """One question and one lesson that it draws on, over the first attempts of a class: four counts of learners."""

    quiz_key: str
    question_key: str
    lesson_key: str
    missed_count: int
    missed_not_covered_count: int
    """Of those who missed the question: who had not covered the lesson."""
    right_count: int
    right_not_covered_count: int
    """The same of those who did not miss it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFacts:
    """A class over its whole outline."""

    units: tuple[ClassUnitFacts, ...] = field(default_factory=tuple)
    links: tuple[QuestionLinkCounts, ...] = ()

"""Read the answers of a course in the one order from which everything is learned.

They are ordered by submission; answers of the same moment by the host's row, then by question. A late or corrected
attempt gets the position that this order gives it, whenever it became known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracking.events import LearnerId
from tracking.models import Answer, Attempt, OutlineUnit
from tracking.models.keys import KEY_LENGTH

HALF = 0.5
"""If only a score is known and no pass mark, the whole attempt counts as right from this share on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """One graded answer, or a whole attempt if no single answers are known: then ``question_key`` is empty.

    ``skills`` are those of the question, else of the lessons that it draws on, else of its quiz, else the quiz itself.
    """

    learner_id: LearnerId
    attempt_id: int
    unit_key: str
    question_key: str
    skills: tuple[str, ...]
    is_right: bool
    chosen: tuple[str, ...]
    at: datetime
    lesson_keys: tuple[str, ...] = ()

    @property
    def item(self) -> str:
        """A key of the question that is unique in the course."""
        return f"{self.unit_key}\t{self.question_key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _AttemptRow:
    """The fields of an attempt that answers need."""

    pk: int
    learner_id: LearnerId
    unit_key: str
    at: datetime
    is_right: bool | None


def read_answers(course_key: str, learner_ids: Sequence[Any] | None = None) -> Iterator[GivenAnswer]:
    """Yield the answers of a course in their order, of all learners or of some. Three queries."""
    attempts = Attempt.objects.submitted().filter(course_key=course_key)
    if learner_ids is not None:
        attempts = attempts.filter(learner_id__in=learner_ids)
    skills = dict(OutlineUnit.objects.filter(course_key=course_key).values_list("unit_key", "skills"))
    graded: defaultdict[int, list[Any]] = defaultdict(list)
    for row in Answer.objects.filter(attempt__in=attempts, is_correct__isnull=False).values_list(
        "attempt_id", "question_key", "is_correct", "skills", "lesson_keys", "chosen"
    ):
        graded[row[0]].append(row[1:])
    for attempt in _attempts(attempts):
        yield from _given(attempt, graded.get(attempt.pk, ()), skills)


def _attempts(attempts: Any) -> Iterator[_AttemptRow]:
    rows = attempts.order_by("submitted_at", "source_label", "source_key", "learner_id").values_list(
        "pk", "learner_id", "unit_key", "submitted_at", "is_passed", "score", "max_score"
    )
    for pk, learner_id, unit_key, at, is_passed, score, max_score in rows:
        is_right = is_passed
        if is_right is None and score is not None and max_score:
            is_right = score / max_score >= HALF
        yield _AttemptRow(pk=pk, learner_id=learner_id, unit_key=unit_key, at=at, is_right=is_right)


def _given(
    attempt: _AttemptRow, graded: Sequence[Any], skills: Mapping[str, Sequence[str]]
) -> Iterator[GivenAnswer]:
    common: dict[str, Any] = {
        "learner_id": attempt.learner_id,
        "attempt_id": attempt.pk,
        "unit_key": attempt.unit_key,
        "at": attempt.at,
    }
    if not graded and attempt.is_right is not None:
        whole = _skills(attempt.unit_key, (), (), skills)
        yield GivenAnswer(**common, question_key="", skills=whole, is_right=attempt.is_right, chosen=())
    for question_key, is_right, own_skills, lesson_keys, chosen in sorted(graded, key=lambda row: row[0]):
        yield GivenAnswer(
            **common,
            question_key=question_key,
            skills=_skills(attempt.unit_key, own_skills, lesson_keys, skills),
            is_right=is_right,
            chosen=tuple(map(str, chosen)),
            lesson_keys=tuple(map(str, lesson_keys)),
        )


def _skills(
    unit_key: str, own_skills: Sequence[str], lesson_keys: Sequence[str], skills: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    lessons = [skill for key in lesson_keys for skill in skills.get(key, ())]
    named = own_skills or lessons or skills.get(unit_key) or (unit_key,)
    return tuple(dict.fromkeys(str(skill)[:KEY_LENGTH] for skill in named if skill)) or (unit_key,)

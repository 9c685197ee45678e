"""Row maps: read an attempt, a completion or an access from a row of the host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from django.db.models import Model
from django.utils import timezone

from tracking.events import LearnerId
from tracking.lms import datetimes, paths, prefetching
from tracking.lms.declarations import AccessFields, AnswerFields, AttemptFields, CompletionFields, Entry
from tracking.lms.structure import CourseRows, find_model
from tracking.lms.values import AccessRecord, AnswerRecord, AttemptRecord, CompletionRecord, UnitRef

E = TypeVar("E", AttemptFields, CompletionFields, AccessFields)

IsEnrolled: TypeAlias = Callable[[LearnerId, str], bool]
"""Says whether a learner is enrolled in the course of a key."""


class RowMap(Generic[E]):
    """The entries of a map, found by the model of a row. A row of a subclass matches the entry of its parent."""

    def __init__(self, entries: Mapping[str, E]) -> None:
        self._entries: Mapping[str, E] = entries

    def items(self) -> Iterator[tuple[type[Model], str, E]]:
        """Yield the model, label and entry of each mapped model."""
        for label, entry in self._entries.items():
            yield find_model(label), label, entry

    def find(self, row: object) -> tuple[str, E] | None:
        """Return the label and entry for ``row``, or ``None`` if the map does not contain its model."""
        found = ((label, entry) for model, label, entry in self.items() if isinstance(row, model))
        return next(found, None)


def read_attempts(
    label: str,
    entry: AttemptFields,
    row: Model,
    *,
    courses: CourseRows | None,
    is_enrolled: IsEnrolled,
    has_answers: bool,
) -> list[AttemptRecord]:
    """Return the attempt in ``row``, once for each of its learners; none if learner, unit or course is missing.

    A quiz of several courses counts in the one that the learner is enrolled in (``is_enrolled``).

    If ``has_answers`` is false, the answers are not read, because they must not be stored yet.
    """
    units = _units_of(row, entry, courses)
    if not units:
        return []
    answers = tuple(_read_answers(row, entry.answers, courses)) if entry.answers and has_answers else None
    submitted_at = _submitted_at(row, entry)
    score = _score(row, entry)
    started_at = _moment(row, entry.started_at) or submitted_at or timezone.now()
    return [
        AttemptRecord(
            source_label=label,
            source_key=str(row.pk),
            learner_id=learner_id,
            unit=_unit_for(learner_id, units, is_enrolled),
            # A host may store a start after the submission. An attempt must never start after it was submitted.
            started_at=min(started_at, submitted_at or started_at),
            submitted_at=submitted_at,
            score=score,
            max_score=_max_score(row, entry.max_score),
            is_passed=_is_passed(row, entry, score),
            answers=answers,
            is_undated=_is_undated(row, entry),
        )
        for learner_id in learner_ids(row, entry.learner)
    ]


def read_completions(
    entry: CompletionFields, row: Model, *, courses: CourseRows | None, is_enrolled: IsEnrolled
) -> list[CompletionRecord]:
    """Return the completions in ``row``, one for each learner; none until the unit is completed."""
    units = _units_of(row, entry, courses)
    if not units or (entry.is_completed is not None and not paths.read_path(row, entry.is_completed)):
        return []
    completed_at = _moment(row, entry.completed_at) or timezone.now()
    return [
        CompletionRecord(
            learner_id=learner_id, unit=_unit_for(learner_id, units, is_enrolled), completed_at=completed_at
        )
        for learner_id in learner_ids(row, entry.learner)
    ]


def read_accesses(
    entry: AccessFields, row: Model, *, courses: CourseRows | None, is_enrolled: IsEnrolled
) -> list[AccessRecord]:
    """Return the accesses in ``row``, one for each learner; none if the time or the count is missing."""
    units, accessed_at = _units_of(row, entry, courses), _moment(row, entry.accessed_at)
    count = entry.count if isinstance(entry.count, int) else int(paths.read_path(row, entry.count) or 0)
    if not units or accessed_at is None or count < 1:
        return []
    return [
        AccessRecord(
            learner_id=learner_id,
            unit=_unit_for(learner_id, units, is_enrolled),
            accessed_at=accessed_at,
            count=count,
        )
        for learner_id in learner_ids(row, entry.learner)
    ]


def learner_ids(row: Model, entry: Entry) -> list[LearnerId]:
    """Return the primary keys of the users that ``entry`` names on ``row``."""
    if isinstance(entry, str) and _is_single(type(row), entry):
        learner_id = paths.read_id(row, entry)
        return [] if learner_id is None else [learner_id]
    return [paths.pk_or_value(user) for user in paths.read_many(row, entry)]


def _is_single(model: type[Model], path: str) -> bool:
    """Return whether ``path`` contains no to-many relation."""
    current: Any = model
    for name in paths.split_path(path):
        field = paths.find_field(current, name) if current is not None else None
        if field is not None and (field.one_to_many or field.many_to_many):
            return False
        current = field.related_model if field is not None and field.is_relation else None
    return True


def _units_of(
    row: Model, entry: AttemptFields | CompletionFields | AccessFields, courses: CourseRows | None
) -> list[UnitRef]:
    """Return the unit that a row is about, in each of its courses."""
    unit, course = paths.read_path(row, entry.unit), paths.read_path(row, entry.course)
    unit_key = _unit_key(unit, entry.node, courses)
    course_key = _course_key(course, courses)
    course_keys = [course_key] if course_key else []
    if course_key is None and entry.course is None and courses is not None and isinstance(unit, Model):
        # The map does not name the course, so read it from the unit.
        course_keys = courses.course_keys_of(unit)
    return [UnitRef(course_key=key, unit_key=unit_key) for key in course_keys if unit_key and key]


def _unit_for(learner_id: LearnerId, units: Sequence[UnitRef], is_enrolled: IsEnrolled) -> UnitRef:
    if len(units) == 1:
        return units[0]
    return next((unit for unit in units if is_enrolled(learner_id, unit.course_key)), units[0])


def _unit_key(unit: Any, node: str, courses: CourseRows | None) -> str | None:
    if unit is None:
        return None
    if isinstance(unit, Model):
        return courses.unit_key_of(unit) if courses is not None else None
    return courses.units_of(node).keys.from_values([unit]) if node and courses is not None else str(unit)


def _course_key(course: Any, courses: CourseRows | None) -> str | None:
    if course is None or courses is None:
        return None if course is None else str(course)
    return courses.keys.of(course) if isinstance(course, Model) else courses.keys.from_values([course])


def _submitted_at(row: Model, entry: AttemptFields) -> Any:
    if entry.is_submitted is not None and not paths.read_path(row, entry.is_submitted):
        return None
    submitted_at = _moment(row, entry.submitted_at)
    # The host says that it was submitted, but not when: the moment of reading it is the best that is known.
    return timezone.now() if submitted_at is None and entry.is_submitted is not None else submitted_at


def _read_answers(row: Model, entry: AnswerFields, courses: CourseRows | None) -> Iterable[AnswerRecord]:
    answers = {
        _text(paths.read_path(each, entry.question)): each
        for each in prefetching.attempt_answers(row, entry, courses)
    }
    for question_key, answer in answers.items():
        yield AnswerRecord(
            question_key=question_key,
            is_correct=_bool_or_none(paths.read_path(answer, entry.is_correct)),
            points=_number(paths.read_path(answer, entry.points)),
            max_points=_number(paths.read_path(answer, entry.max_points)),
            chosen=tuple(_text(option) for option in paths.read_many(answer, entry.chosen)),
            lesson_keys=tuple(_lesson_keys(answer, entry.lessons, courses)),
            skills=tuple(str(skill) for skill in paths.read_many(answer, entry.skills)),
        )


def _lesson_keys(answer: object, entry: Entry, courses: CourseRows | None) -> Iterator[str]:
    for lesson in paths.read_many(answer, entry):
        key = _unit_key(lesson, "", courses)
        if key is not None:
            yield key


def _moment(row: Model, entry: Entry) -> Any:
    return datetimes.day_start_or_moment(paths.read_path(row, entry), within=datetimes.time_zone(""))


def _is_undated(row: Model, entry: AttemptFields) -> bool:
    if _moment(row, entry.submitted_at) is not None:
        return False
    return entry.is_submitted is not None or _moment(row, entry.started_at) is None


def _score(row: Model, entry: AttemptFields) -> float | None:
    score = _number(paths.read_path(row, entry.score))
    # Out of 0 points there is nothing to be graded: a survey is done once it is submitted.
    return 0.0 if score is None and _is_without_points(row, entry.max_score) else score


def _is_without_points(row: Model, entry: Entry | float) -> bool:
    value = entry if isinstance(entry, int | float) else paths.read_path(row, entry)
    return value is not None and value != "" and float(value) == 0


def _is_passed(row: Model, entry: AttemptFields, score: float | None) -> bool | None:
    is_passed = _bool_or_none(paths.read_path(row, entry.is_passed))
    # Most hosts store "not passed" from the start. Where a score is declared and missing, it is no result yet.
    is_ungraded = entry.score is not None and score is None
    return None if is_ungraded and not is_passed else is_passed


def _max_score(row: Model, entry: Entry | float) -> float | None:
    value = entry if isinstance(entry, int | float) else paths.read_path(row, entry)
    # A maximum of 0 counts as unknown, because no share can be calculated from it.
    return _number(value) or None


def _number(value: Any) -> float | None:
    return None if value is None or value == "" else float(value)


def _bool_or_none(value: Any) -> bool | None:
    return None if value is None else bool(value)


def _text(value: Any) -> str:
    return str(paths.pk_or_value(value))

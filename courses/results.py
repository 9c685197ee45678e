"""What a learner is told about an attempt that was handed in."""

from collections.abc import Iterator
from dataclasses import dataclass

from courses import attempts
from courses.models import Answer, Attempt, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """One question of an attempt, as its result page shows it."""

    question: Question
    answer: Answer
    given: tuple[str, ...]
    """What the learner answered, in words."""
    notes: tuple[str, ...]
    """What the author says to who chose these options."""
    right: tuple[str, ...]
    """What would have been right, in words; empty while that is not to be known."""
    explanation: str
    """Why; empty while that is not to be known."""


def read(attempt: Attempt) -> Iterator[QuestionResult]:
    """Yield the results of ``attempt`` in the order of its questions.

    What is right stays hidden until ``attempts.reveals_answers``, so that a next attempt is still worth something.
    """
    is_open = attempts.reveals_answers(attempt)
    answers = attempt.answers.select_related("question__lesson__module__course")
    for answer in answers.prefetch_related("question__options").order_by("question__position"):
        chosen = [option for option in answer.question.options.all() if option.key in answer.chosen]
        yield QuestionResult(
            question=answer.question,
            answer=answer,
            given=tuple(option.text for option in chosen) or _written(answer),
            notes=tuple(option.feedback for option in chosen if option.feedback),
            right=_right(answer.question) if is_open else (),
            explanation=answer.question.feedback if is_open else "",
        )


def _written(answer: Answer) -> tuple[str, ...]:
    unit = answer.question.number_unit
    words = f"{answer.plain_number} {unit}".strip() if answer.number is not None else answer.text
    return (words,) if words else ()


def _right(question: Question) -> tuple[str, ...]:
    match question.kind:
        case Question.Kind.NUMERIC:
            return (f"{question.plain_number} {question.number_unit}".strip(),)
        case Question.Kind.SHORT_TEXT:
            return (question.accepted[0],)
        case _:
            return tuple(option.text for option in question.options.all() if option.is_correct)

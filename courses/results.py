"""Read the result of a submitted attempt, as its learner may see it."""

from collections.abc import Iterator
from dataclasses import dataclass

from courses import attempts
from courses.models import Answer, Attempt, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """One question of an attempt, as the result page shows it."""

    question: Question
    answer: Answer
    given: tuple[str, ...]
    """The learner's answer as text."""
    notes: tuple[str, ...]
    """The author's feedback on the chosen options."""
    right: tuple[str, ...]
    """The right answer as text; empty while it is hidden."""
    explanation: str
    """Why it is right; empty while it is hidden."""


def read(attempt: Attempt) -> Iterator[QuestionResult]:
    """Yield the results of ``attempt`` in the order of its questions.

    The right answers stay hidden until ``attempts.reveals_answers``: otherwise the next attempt would test nothing.
    """
    is_revealed = attempts.reveals_answers(attempt)
    answers = attempt.answers.select_related("question__lesson__module__course")
    for answer in answers.prefetch_related("question__options").order_by("question__position"):
        chosen = [option for option in answer.question.options.all() if option.key in answer.chosen]
        yield QuestionResult(
            question=answer.question,
            answer=answer,
            given=tuple(option.text for option in chosen) or _typed_answer(answer),
            notes=tuple(option.feedback for option in chosen if option.feedback),
            right=_right(answer.question) if is_revealed else (),
            explanation=answer.question.feedback if is_revealed else "",
        )


def _typed_answer(answer: Answer) -> tuple[str, ...]:
    unit = answer.question.number_unit
    text = f"{answer.plain_number} {unit}".strip() if answer.number is not None else answer.text
    return (text,) if text else ()


def _right(question: Question) -> tuple[str, ...]:
    match question.kind:
        case Question.Kind.NUMERIC:
            return (f"{question.plain_number} {question.number_unit}".strip(),)
        case Question.Kind.SHORT_TEXT:
            return (question.accepted[0],)
        case _:
            return tuple(option.text for option in question.options.all() if option.is_correct)

"""Answer a question: rightly, or with a typical mistake."""

import math
from collections.abc import Mapping
from decimal import Decimal
from random import Random

from courses.attempts import Response
from courses.models import Option, Question

GUESS_PROBABILITY: Mapping[str, float] = {
    Question.Kind.TRUE_FALSE: 0.45,
    Question.Kind.SINGLE: 0.15,
    Question.Kind.MULTIPLE: 0.03,
}
"""The probability of a right guess, by kind of question."""

WRONG_FACTORS = (Decimal("0.5"), Decimal(2), Decimal(10), Decimal("0.1"), Decimal("1.2"))
VAGUE = ("not sure", "I forgot", "something with memory", "no idea")


def probability_of_right(question: Question, *, logit: float) -> float:
    """Return the probability of a right answer if the learner's knowledge exceeds the difficulty by ``logit``.

    A three-parameter logistic model: the guess probability is the lower bound.
    """
    known = 1 / (1 + math.exp(-logit))
    guessed = GUESS_PROBABILITY.get(question.kind, 0.0)
    return known + (1 - known) * guessed


def respond(rng: Random, question: Question, *, is_right: bool) -> Response:
    """Return a right or a wrong answer to ``question``."""
    match question.kind:
        case Question.Kind.NUMERIC:
            right = question.number or Decimal(0)
            return Response(
                question=question, number=right if is_right else _wrong_number(rng, question, right)
            )
        case Question.Kind.SHORT_TEXT:
            text = question.accepted[0] if is_right else rng.choice(VAGUE)
            return Response(question=question, text=text)
        case _:
            return Response(question=question, chosen=_chosen(rng, question, is_right=is_right))


def _wrong_number(rng: Random, question: Question, right: Decimal) -> Decimal:
    number = (right * rng.choice(WRONG_FACTORS)).quantize(Decimal("0.01"))
    return number if abs(number - right) > question.tolerance else right + question.tolerance + 1


def _chosen(rng: Random, question: Question, *, is_right: bool) -> tuple[str, ...]:
    options = list(question.options.all())
    right = tuple(option.key for option in options if option.is_correct)
    if is_right:
        return right
    wrong = [option for option in options if not option.is_correct]
    if question.kind != Question.Kind.MULTIPLE:
        return (_draw_wrong_option(rng, wrong),)
    if wrong and rng.random() < 0.5:
        return (*right, _draw_wrong_option(rng, wrong))
    return right[1:] or (_draw_wrong_option(rng, wrong),)


def _draw_wrong_option(rng: Random, wrong: list[Option]) -> str:
    """Return one wrong option. The first is the most likely, so that a misconception shows."""
    return rng.choices(wrong, weights=[3 / (place + 1) for place in range(len(wrong))])[0].key

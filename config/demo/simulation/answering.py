"""What somebody answers to a question: right, or wrong in one of the ways in which people are."""

import math
from collections.abc import Mapping
from decimal import Decimal
from random import Random

from courses.attempts import Response
from courses.models import Option, Question

GUESSED: Mapping[str, float] = {
    Question.Kind.TRUE_FALSE: 0.45,
    Question.Kind.SINGLE: 0.15,
    Question.Kind.MULTIPLE: 0.03,
}
"""The chance to be right without knowing, by kind of question."""

SLIPS = (Decimal("0.5"), Decimal(2), Decimal(10), Decimal("0.1"), Decimal("1.2"))
VAGUE = ("not sure", "I forgot", "something with memory", "no idea")


def chance_of_right(question: Question, *, logit: float) -> float:
    """Return how likely somebody is right whose knowledge exceeds the question by ``logit``."""
    known = 1 / (1 + math.exp(-logit))
    guessed = GUESSED.get(question.kind, 0.0)
    return known + (1 - known) * guessed


def respond(chance: Random, question: Question, *, is_right: bool) -> Response:
    """Return an answer to ``question`` that is right or is not."""
    match question.kind:
        case Question.Kind.NUMERIC:
            right = question.number or Decimal(0)
            return Response(question=question, number=right if is_right else _slip(chance, question, right))
        case Question.Kind.SHORT_TEXT:
            words = question.accepted[0] if is_right else chance.choice(VAGUE)
            return Response(question=question, text=words)
        case _:
            return Response(question=question, chosen=_chosen(chance, question, is_right=is_right))


def _slip(chance: Random, question: Question, right: Decimal) -> Decimal:
    slip = (right * chance.choice(SLIPS)).quantize(Decimal("0.01"))
    return slip if abs(slip - right) > question.tolerance else right + question.tolerance + 1


def _chosen(chance: Random, question: Question, *, is_right: bool) -> tuple[str, ...]:
    options = list(question.options.all())
    right = tuple(option.key for option in options if option.is_correct)
    if is_right:
        return right
    wrong = [option for option in options if not option.is_correct]
    if question.kind != Question.Kind.MULTIPLE:
        return (_tempting(chance, wrong),)
    if wrong and chance.random() < 0.5:
        return (*right, _tempting(chance, wrong))
    return right[1:] or (_tempting(chance, wrong),)


def _tempting(chance: Random, wrong: list[Option]) -> str:
    """Return one wrong option; the first of them tempts most."""
    return chance.choices(wrong, weights=[3 / (place + 1) for place in range(len(wrong))])[0].key

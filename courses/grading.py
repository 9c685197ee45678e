"""Grade answers. Pure: no database."""

import re
import unicodedata
from collections.abc import Iterable, Set
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
_SURROUNDING = re.compile(r"^[\s.,;:!?\"'()\u2018-\u201d]+|[\s.,;:!?\"'()\u2018-\u201d]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The grade of one answer."""

    is_correct: bool
    """Whether the answer is entirely right."""
    points: Decimal
    """The points earned, with two decimals, from 0 to the points of the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The result of an attempt."""

    score: Decimal
    max_score: Decimal
    passed: bool


def grade_choice(chosen: Set[str], *, correct: Set[str], points: int) -> Grade:
    """Grade a choice by option keys: each wrong option cancels a right one.

    So choosing every option earns nothing, and a question with one right option is all or nothing.
    """
    if not correct:
        return _all_or_nothing(not chosen, points)
    balance = max(0, len(chosen & correct) - len(chosen - correct))
    share = Decimal(balance) / len(correct)
    earned = (share * points).quantize(_CENT, rounding=ROUND_HALF_UP)
    return Grade(is_correct=chosen == correct, points=earned)


def grade_number(number: Decimal | None, *, right: Decimal, tolerance: Decimal, points: int) -> Grade:
    """Grade a number: right if it is at most ``tolerance`` away from ``right``."""
    return _all_or_nothing(number is not None and abs(number - right) <= tolerance, points)


def grade_text(text: str, *, accepted: Iterable[str], points: int) -> Grade:
    """Grade a short text, ignoring case, spaces and surrounding punctuation."""
    normal = _normalise(text)
    return _all_or_nothing(bool(normal) and normal in {_normalise(answer) for answer in accepted}, points)


def total(grades: Iterable[Grade], *, max_score: int, pass_mark: int) -> Total:
    """Add up the grades of an attempt. ``pass_mark`` is the lowest percentage of ``max_score`` that passes."""
    score = sum((grade.points for grade in grades), Decimal("0.00"))
    return Total(score=score, max_score=Decimal(max_score), passed=score * 100 >= pass_mark * max_score)


def _all_or_nothing(is_correct: bool, points: int) -> Grade:  # noqa: FBT001
    return Grade(is_correct=is_correct, points=Decimal(points if is_correct else 0).quantize(_CENT))


def _normalise(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _SURROUNDING.sub("", re.sub(r"\s+", " ", folded))

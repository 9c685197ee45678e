"""How answers are graded; pure, so that it can be tested without a database."""

import re
import unicodedata
from collections.abc import Iterable, Set
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
_MARKS_AROUND = re.compile(r"^[\s.,;:!?\"'()\u2018-\u201d]+|[\s.,;:!?\"'()\u2018-\u201d]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What one answer is worth."""

    is_correct: bool
    """Whether the answer is entirely right."""
    points: Decimal
    """The points earned, two decimals, between none and those of the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What an attempt is worth."""

    score: Decimal
    max_score: Decimal
    passed: bool


def grade_choice(chosen: Set[str], *, correct: Set[str], points: int) -> Grade:
    """Grade a choice by option keys: each right one counts, each wrong one takes a right one back.

    So guessing everything earns nothing, and a choice of one option is all or nothing.
    """
    if not correct:
        return _all_or_nothing(not chosen, points)
    balance = max(0, len(chosen & correct) - len(chosen - correct))
    share = Decimal(balance) / len(correct)
    earned = (share * points).quantize(_CENT, rounding=ROUND_HALF_UP)
    return Grade(is_correct=chosen == correct, points=earned)


def grade_number(number: Decimal | None, *, right: Decimal, tolerance: Decimal, points: int) -> Grade:
    """Grade a number: right if it lies within ``tolerance`` of ``right``, ends included."""
    return _all_or_nothing(number is not None and abs(number - right) <= tolerance, points)


def grade_words(words: str, *, accepted: Iterable[str], points: int) -> Grade:
    """Grade a few words: right if they equal an accepted answer but for case, spaces and marks around them."""
    given = _plain(words)
    return _all_or_nothing(bool(given) and given in {_plain(answer) for answer in accepted}, points)


def total(grades: Iterable[Grade], *, max_score: int, pass_mark: int) -> Total:
    """Add the grades of an attempt up; ``pass_mark`` is a percentage of ``max_score``, itself enough to pass."""
    score = sum((grade.points for grade in grades), Decimal("0.00"))
    return Total(score=score, max_score=Decimal(max_score), passed=score * 100 >= pass_mark * max_score)


def _all_or_nothing(is_correct: bool, points: int) -> Grade:  # noqa: FBT001
    return Grade(is_correct=is_correct, points=Decimal(points if is_correct else 0).quantize(_CENT))


def _plain(words: str) -> str:
    folded = unicodedata.normalize("NFKC", words).casefold()
    return _MARKS_AROUND.sub("", re.sub(r"\s+", " ", folded))

"""Every share that is shown of a class: what it counts, of what, and how many people must be behind it.

Pages, API, CSV files and findings call ``Share.of``; the SQL views are written by ``Share.sql``. A share is from 0 to 1
and not rounded; text says it in whole per cent (``whole_percent``), a CSV file to four decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from tracking.conf import TrackingSettings
from tracking.definitions.minimums import Minimum
from tracking.events import UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One count in relation to another, over the columns of a row."""

    name: str
    meaning: str
    numerator: str
    denominator: tuple[str, ...]
    """Columns that are added up."""
    people: tuple[str, ...] = ()
    """Columns that, added up, are the people behind it; by default those of the denominator."""
    minimum: Minimum = Minimum.GROUP
    only_if: str = ""
    """A column that is 0 where the figure does not exist."""
    views: tuple[str, ...] = ()
    """The SQL views that have it, among their last columns and in the order of the definitions."""

    def whole_of(self, row: Any) -> int:
        """Return the denominator in ``row``."""
        return _sum(row, self.denominator)

    def people_of(self, row: Any) -> int:
        """Return how many people are behind it in ``row``."""
        return _sum(row, self.people or self.denominator)

    def of(self, row: Any) -> float | None:
        """Return it for ``row``, for a reader who may see each person in it; ``None`` if it relates to nothing."""
        whole = self.whole_of(row)
        if not whole or (self.only_if and not getattr(row, self.only_if)):
            return None
        return float(getattr(row, self.numerator) / whole)

    def of_group(self, row: Any, rules: TrackingSettings | None = None) -> float | None:
        """Return it for ``row``; ``None``, too, if too few people are behind it to say something about a class."""
        return self.of(row) if self.people_of(row) >= self.minimum.people(rules) else None

    def together(self, rows: Sequence[Any]) -> float | None:
        """Return it over several rows."""
        whole = self.count_together(rows)
        return sum(getattr(row, self.numerator) for row in rows) / whole if whole else None

    def count_together(self, rows: Iterable[Any]) -> int:
        """Return the denominator to show next to ``together``."""
        return sum(map(self.whole_of, rows))

    def people_sql(self, prefix: str = "") -> str:
        """Return the SQL expression of how many people are behind it, over columns with ``prefix``."""
        return _sql_sum(self.people or self.denominator, prefix)

    def sql(self, prefix: str = "") -> str:
        """Return the SQL expression that ``of_group`` is, over columns with ``prefix``; for the settings in force."""
        whole, people = _sql_sum(self.denominator, prefix), self.people_sql(prefix)
        exists = f" AND {prefix}{self.only_if} > 0" if self.only_if else ""
        return (
            f"CASE WHEN {people} >= {self.minimum.people()} AND {whole} > 0{exists}"
            f" THEN {prefix}{self.numerator} * 1.0 / {whole} END"
        )


class Share(Ratio):
    """A part of a whole, from 0 to 1."""

    __slots__ = ()


REACHED = Share(
    name="reached_share",
    meaning=(
        "Opened it at all or attempted it, of the learners who count. A module is reached with any of its required,"
        " available units, and if it has none, with anything in it."
    ),
    numerator="reached_count",
    denominator=("learner_count",),
    views=("unit_stats", "module_stats"),
)
COMPLETED = Share(
    name="completed_share",
    meaning="Completed it, of the learners who count.",
    numerator="completed_count",
    denominator=("learner_count",),
    views=("unit_stats",),
)
MODULE_COMPLETED = Share(
    name="completed_share",
    meaning="Completed all its required, available units at any depth, of the learners who count.",
    numerator="completed_count",
    denominator=("learner_count",),
    only_if="unit_count",
    views=("module_stats",),
)
SKIPPED = Share(
    name="skipped_share",
    meaning=(
        "Skipped it, of the learners who should have finished it by now: those who reached it and those who skipped it."
    ),
    numerator="skipped_count",
    denominator=("reached_count", "skipped_count"),
    views=("unit_stats", "module_stats"),
)
PASSED_FIRST = Share(
    name="first_passed_share",
    meaning="Passed the first attempt they submitted, of the learners whose first attempt was passed or failed.",
    numerator="first_passed_count",
    denominator=("first_decided_count",),
    views=("unit_stats",),
)
PASSED = Share(
    name="passed_share",
    meaning="Passed any attempt, of the learners with an attempt that was passed or failed.",
    numerator="passed_count",
    denominator=("decided_count",),
)
FIRST_ANSWERS_RIGHT = Share(
    name="first_correct_share",
    meaning="Right answers about a lesson, of all answers about it in the first attempt of each learner at a quiz.",
    numerator="correct_count",
    denominator=("answered_count",),
    people=("answering_learner_count",),
)
QUESTION_FIRST_RIGHT = Share(
    name="first_correct_share",
    meaning="Answered the question right the first time, of the learners who answered it.",
    numerator="first_correct_count",
    denominator=("learner_count",),
    views=("questions",),
)
QUESTION_RIGHT = Share(
    name="correct_share",
    meaning="Right answers to the question, of all answers to it in all attempts.",
    numerator="correct_count",
    denominator=("answer_count",),
    people=("learner_count",),
)
ATTEMPTS_TO_SUCCESS = Ratio(
    name="mean_attempts_to_success",
    meaning="Attempts until the question was answered right, per learner who answered it right at some time.",
    numerator="attempts_to_success_count",
    denominator=("succeeded_count",),
)
WEEKLY_ACTIVE = Share(
    name="learner_share",
    meaning="Learners with any trace in the week other than an attempt, of those enrolled.",
    numerator="learner_count",
    denominator=("enrolled_count",),
)
MISSED_NOT_COVERED = Share(
    name="missed_not_covered_share",
    meaning="Had not covered the lesson, of the learners who missed the question about it.",
    numerator="missed_not_covered_count",
    denominator=("missed_count",),
)
RIGHT_NOT_COVERED = Share(
    name="right_not_covered_share",
    meaning="Had not covered the lesson, of the learners who answered the question about it right.",
    numerator="right_not_covered_count",
    denominator=("right_count",),
)


def first_try(kind: str) -> Share:
    """Return what *first try* means for a unit: of a quiz, attempts passed; of a lesson, answers about it right."""
    return PASSED_FIRST if kind == UnitKind.QUIZ else FIRST_ANSWERS_RIGHT


def whole_percent(share: float) -> int:
    """Return a share in whole per cent, half of one rounded up."""
    return floor(share * 100 + 0.5)


def _sum(row: Any, columns: Iterable[str]) -> int:
    return sum(getattr(row, column) for column in columns)


def _sql_sum(columns: tuple[str, ...], prefix: str) -> str:
    terms = " + ".join(f"{prefix}{column}" for column in columns)
    return f"({terms})" if len(columns) > 1 else terms

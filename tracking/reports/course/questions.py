"""The figures of the questions of a course over its class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tracking.definitions import shares, times
from tracking.models import Calibration, QuestionStats


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionStats:
    """One option of a question, in first answers."""

    key: str
    right_count: int
    """How often it was chosen in a correct answer."""
    wrong_count: int
    wrong_share: float | None
    """The share of wrong first answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionReport:
    """One question over the class. A figure of nothing is ``None``."""

    unit_key: str
    question_key: str
    learner_count: int
    """Learners who answered it."""
    first_correct_count: int
    """The share of them who were right in the first attempt."""
    first_correct_share: float | None
    difficulty: float | None
    """On the logit scale, beyond that of its skills: 0 is average, 1 hard, -1 easy."""
    discrimination: float | None
    """Correlation, over the first attempts of ``discrimination_count`` learners, between being right here and the share
    right in the other questions; ``None`` below ``MIN_CLASS_SIZE`` learners. Below 0.2 the question says little about
    ability, below 0 its key may be wrong."""
    discrimination_count: int
    answer_count: int
    """All answers in all attempts."""
    correct_share: float | None
    """Of those."""
    succeeded_count: int
    mean_attempts_to_success: float | None
    """Of the learners who were right in some attempt."""
    gained_count: int
    """Answers that went from wrong to right from one attempt to the next, over all learners."""
    unchanged_count: int
    lost_count: int
    options: tuple[OptionStats, ...]
    """The most chosen in wrong answers first; empty if the host does not send the options."""
    lesson_keys: tuple[str, ...]
    """The lessons that it draws on."""


def course_question_stats(course_key: str) -> dict[str, tuple[QuestionReport, ...]]:
    """Return the figures of every question by the key of its quiz, the hardest first; two queries."""
    return _figures(course_key)


def quiz_question_stats(course_key: str, unit_key: str) -> tuple[QuestionReport, ...]:
    """Return the figures of the questions of one quiz, the hardest first; two queries."""
    return _figures(course_key, unit_key=unit_key).get(unit_key, ())


def _figures(course_key: str, **narrowed: str) -> dict[str, tuple[QuestionReport, ...]]:
    difficulties: Mapping[str, float] = (
        Calibration.objects.filter(course_key=course_key).values_list("items", flat=True).first() or {}
    )
    by_unit: defaultdict[str, list[QuestionReport]] = defaultdict(list)
    for row in QuestionStats.objects.filter(course_key=course_key, **narrowed):
        difficulty = difficulties.get(f"{row.unit_key}\t{row.question_key}")
        by_unit[row.unit_key].append(_of_row(row, difficulty))
    return {key: tuple(sorted(figures, key=_easiness)) for key, figures in by_unit.items()}


def _of_row(row: QuestionStats, difficulty: float | None) -> QuestionReport:
    return QuestionReport(
        unit_key=row.unit_key,
        question_key=row.question_key,
        learner_count=row.learner_count,
        first_correct_count=row.first_correct_count,
        first_correct_share=shares.QUESTION_FIRST_RIGHT.of(row),
        difficulty=difficulty,
        discrimination=times.DISCRIMINATION.of(row),
        discrimination_count=row.discrimination_count,
        answer_count=row.answer_count,
        correct_share=shares.QUESTION_RIGHT.of(row),
        succeeded_count=row.succeeded_count,
        mean_attempts_to_success=shares.ATTEMPTS_TO_SUCCESS.of(row),
        gained_count=row.gained_count,
        unchanged_count=row.unchanged_count,
        lost_count=row.lost_count,
        options=_options(row),
        lesson_keys=tuple(row.lesson_keys),
    )


def _options(row: QuestionStats) -> tuple[OptionStats, ...]:
    wrong_count = row.learner_count - row.first_correct_count
    options = [
        OptionStats(
            key=key,
            right_count=right,
            wrong_count=wrong,
            wrong_share=wrong / wrong_count if wrong_count else None,
        )
        for key, (right, wrong) in row.options.items()
    ]
    return tuple(sorted(options, key=lambda option: (-option.wrong_count, option.key)))


def _easiness(item: QuestionReport) -> tuple[bool, float, str]:
    share = item.first_correct_share
    return share is None, share or 0.0, item.question_key

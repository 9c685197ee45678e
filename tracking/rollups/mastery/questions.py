"""The questions of one course over its class, and the calibration that learners are measured against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tracking.models import Calibration, Enrolment, QuestionStats
from tracking.rollups.engine.row_sync import sync_rows
from tracking.rollups.mastery import answers, calibration, question_stats
from tracking.rollups.mastery.answers import GivenAnswer
from tracking.rollups.mastery.calibration import CalibrationAnswer

RECALIBRATION_PERIOD = timedelta(days=1)
"""A calibration holds so long, whatever was corrected meanwhile, unless ``RECALIBRATION_GROWTH`` ends it before."""
RECALIBRATION_GROWTH = 0.1
"""A course is calibrated again when its answers are so much more, or fewer: each answer costs a constant on average."""


def set_question_stats(course_key: str, *, now: datetime) -> list[Any]:
    """Set the question rows of one course; return the learners who have to be measured again.

    Those are all with answers where the course was calibrated anew, and else nobody. The caller holds the lock on the
    outline row of the course.
    """
    given = list(answers.read_answers(course_key))
    enrolled = set(Enrolment.objects.filter(course_key=course_key).values_list("learner_id", flat=True))
    sync_rows(
        QuestionStats,
        stored=QuestionStats.objects.filter(course_key=course_key),
        wanted=question_stats.question_stats_rows(
            course_key, (each for each in given if each.learner_id in enrolled)
        ),
        key=["unit_key", "question_key"],
    )
    known = Calibration.objects.filter(course_key=course_key).first()
    if not _is_due(known, len(given), now=now) or not _calibrate(course_key, known, given, now=now):
        return []
    return sorted({each.learner_id for each in given}, key=str)


def _is_due(known: Calibration | None, answer_count: int, *, now: datetime) -> bool:
    if known is None:
        return answer_count > 0
    has_grown = abs(answer_count - known.answer_count) > RECALIBRATION_GROWTH * known.answer_count
    return known.is_stale or has_grown or now - known.calibrated_at >= RECALIBRATION_PERIOD


def _calibrate(
    course_key: str, known: Calibration | None, given: Sequence[GivenAnswer], *, now: datetime
) -> bool:
    """Store what ``given`` say; return whether learners are measured by anything else than before."""
    fit = calibration.fit_calibration(
        [
            CalibrationAnswer(
                learner=each.learner_id, item=each.item, skills=each.skills, is_right=each.is_right
            )
            for each in given
        ]
    )
    flag_auc, observed_flag_auc = fit.flags.areas()
    measure = {
        "items": _rounded(fit.bank.items),
        "skills": _rounded(fit.bank.skills),
        "weights": [round(weight, 6) for weight in fit.bank.weights],
        "uses_observed_share": fit.uses_observed_share,
    }
    Calibration.objects.update_or_create(
        course_key=course_key,
        defaults={
            **measure,
            "calibrated_at": now,
            "learner_count": fit.learner_count,
            "answer_count": fit.answer_count,
            "auc": fit.auc,
            "compared_learner_count": len(fit.flags.outcomes),
            "flag_auc": flag_auc,
            "observed_flag_auc": observed_flag_auc,
            "is_stale": False,
        },
    )
    # A learner's skills may have changed with the outline, and not the measure: then their own mark says so.
    return known is None or any(getattr(known, name) != value for name, value in measure.items())


def _rounded(difficulties: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 4) for key, value in difficulties.items()}

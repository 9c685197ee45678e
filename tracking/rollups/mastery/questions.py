"""Set the question rows of one course, and the calibration with which learners are measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tracking.events import Purpose
from tracking.models import Calibration, QuestionStats
from tracking.privacy import consent, groups
from tracking.rollups.engine.row_sync import sync_rows
from tracking.rollups.mastery import answers, calibration, question_stats
from tracking.rollups.mastery.answers import GivenAnswer
from tracking.rollups.mastery.calibration import CalibrationAnswer

RECALIBRATION_PERIOD = timedelta(days=1)
"""A calibration is valid for this long, despite corrections, unless ``RECALIBRATION_GROWTH`` ends it before."""
RECALIBRATION_GROWTH = 0.1
"""A course is calibrated again if its answers grow or shrink by this share.

That makes the cost per answer constant on average.
"""


def set_question_stats(course_key: str, *, now: datetime) -> list[Any]:
    """Set the question rows of one course; return the learners whose mastery must be recomputed.

    These are all learners with answers if the course was calibrated again, else none. The caller holds the lock on the
    outline row of the course.
    """
    given = list(answers.read_answers(course_key))
    answering = {each.learner_id for each in given}
    sharing = consent.learners_covered(answering, Purpose.ENGAGEMENT, course_key=course_key)
    shared = [each for each in given if each.learner_id in sharing]
    included = groups.learners_in_figures(course_key)
    sync_rows(
        QuestionStats,
        stored=QuestionStats.objects.filter(course_key=course_key),
        wanted=question_stats.question_stats_rows(
            course_key, (each for each in shared if each.learner_id in included)
        ),
        key=["unit_key", "question_key"],
    )
    known = Calibration.objects.filter(course_key=course_key).first()
    if not _is_due(known, len(shared), now=now) or not _calibrate(course_key, known, shared, now=now):
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
    """Store the calibration of ``given``; return whether learners are measured differently than before."""
    fit = calibration.fit_calibration(
        [
            CalibrationAnswer(
                learner=each.learner_id, item=each.item, skills=each.skills, is_right=each.is_right
            )
            for each in given
        ]
    )
    flag_auc, observed_flag_auc = fit.flags.areas()
    parameters = {
        "items": _rounded(fit.bank.items),
        "skills": _rounded(fit.bank.skills),
        "weights": [round(weight, 6) for weight in fit.bank.weights],
        "uses_observed_share": fit.uses_observed_share,
    }
    Calibration.objects.update_or_create(
        course_key=course_key,
        defaults={
            **parameters,
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
    # If the outline changed a learner's skills but not the calibration, the learner has a pending change of their own.
    return known is None or any(getattr(known, name) != value for name, value in parameters.items())


def _rounded(difficulties: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 4) for key, value in difficulties.items()}

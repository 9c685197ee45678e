"""Train the risk model on a site's own finished courses, and measure how well it predicts who does not finish."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from tracking.models import RiskModel
from tracking.risk import assessment, regression
from tracking.risk import score as risk_score
from tracking.risk.assessment import FinishedLearner
from tracking.rollups.mastery import accuracy

DAYS = (7, 14, 28, 42, 56, 84, 112, 140, 168)
"""Days of a course that get their own weights; any other day uses the weights of the last of these before it."""
MIN_FINISHED_LEARNERS = 30
"""A day is trained only if at least this many learners finished, and as many did not."""
FOLDS = 5


class NotEnoughData(Exception):
    """The finished courses have too few learners to train on."""


class NotMeasured(Exception):
    """The accuracy of the trained model is unknown, or no better than that of the score without training."""


def train_model(*, now: datetime) -> RiskModel:
    """Train on every finished course, measure by cross-validation, and store the model disabled.

    With several courses, each is predicted from the others. With only one, each fifth of its learners is predicted
    from the rest. Raises ``NotEnoughData`` if no day has enough learners.
    """
    weights: dict[str, list[float]] = {}
    measured: list[dict[str, float | int | None]] = []
    course_keys: set[str] = set()
    learner_count = 0
    for day, outcomes in _trainable_days(now=now):
        weights[str(day)] = regression.fit_regression(
            [each.facts for each in outcomes], [each.is_lost for each in outcomes]
        )
        measured.append(_measure(day, outcomes))
        course_keys |= {each.course_key for each in outcomes}
        learner_count = max(learner_count, len(outcomes))
    if not weights:
        raise NotEnoughData(
            f"No finished course has {MIN_FINISHED_LEARNERS} learners who finished and "
            f"{MIN_FINISHED_LEARNERS} who did not. Courses need an end date, and required "
            "lessons or quizzes."
        )
    return RiskModel.objects.create(
        trained_at=now,
        course_keys=sorted(course_keys),
        learner_count=learner_count,
        weights=weights,
        accuracy=measured,
    )


@transaction.atomic
def enable_model(model: RiskModel) -> None:
    """Enable ``model`` and disable any other. Raises ``NotMeasured`` if it does not beat the score on average."""
    measured = [each for each in model.accuracy if each["auc"] is not None and each["score_auc"] is not None]
    if not measured:
        raise NotMeasured(
            "The accuracy of this model is unknown. Train again when more courses have finished."
        )
    gain = sum(each["auc"] - each["score_auc"] for each in measured) / len(measured)
    if gain <= 0:
        raise NotMeasured(
            f"The score without training is better by {-gain:.3f} on average. Keep using the score."
        )
    disable_models()
    model.is_enabled = True
    model.save(update_fields=["is_enabled"])


def disable_models() -> int:
    """Disable every enabled model; return how many there were."""
    return RiskModel.objects.filter(is_enabled=True).update(is_enabled=False)


def _trainable_days(*, now: datetime) -> Iterator[tuple[int, list[FinishedLearner]]]:
    for day in DAYS:
        outcomes = assessment.outcomes_on_day(day, now=now)
        lost_count = sum(each.is_lost for each in outcomes)
        if min(lost_count, len(outcomes) - lost_count) >= MIN_FINISHED_LEARNERS:
            yield day, outcomes


def _measure(day: int, outcomes: Sequence[FinishedLearner]) -> dict[str, float | int | None]:
    several = len({each.course_key for each in outcomes}) > 1
    fold_of: Callable[[FinishedLearner], object] = (lambda each: each.course_key) if several else _fold
    folds = [fold_of(each) for each in outcomes]
    chances = [0.0] * len(outcomes)
    for fold in dict.fromkeys(folds):
        rest = [each for each, own in zip(outcomes, folds, strict=True) if own != fold]
        weights = regression.fit_regression([each.facts for each in rest], [each.is_lost for each in rest])
        for index, own in enumerate(folds):
            if own == fold:
                chances[index] = regression.predict_risk(weights, outcomes[index].facts)
    is_lost = [each.is_lost for each in outcomes]
    scores = [score.score if (score := risk_score.risk_score(each.facts)) else 0.0 for each in outcomes]
    return {
        "day": day,
        "n": len(outcomes),
        "lost": sum(is_lost),
        "auc": accuracy.roc_auc(is_lost, chances),
        "score_auc": accuracy.roc_auc(is_lost, scores),
    }


def _fold(each: FinishedLearner) -> int:
    # crc32, not hash(): Python salts hash() per process, so that the measured accuracy would change on every run.
    return zlib.crc32(str(each.facts.learner).encode()) % FOLDS

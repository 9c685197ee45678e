"""Learning from a site's own finished courses who does not finish, and how well that is told beforehand."""

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
"""Days of a course for each of which there are weights; between them those of the day before hold."""
MIN_FINISHED_LEARNERS = 30
"""Learners who finished and who did not, each, without whom a day is not learned."""
PARTS = 5


class NotEnoughData(Exception):
    """The finished courses have too few learners to learn from."""


class NotMeasured(Exception):
    """There is no trained model whose accuracy is known, or it is worse than the score that needs no training."""


def train_model(*, now: datetime) -> RiskModel:
    """Learn from every finished course, measure on what was left out, and store it, switched off.

    With several courses each is told by what the others taught, with one alone a fifth of its learners by the rest.
    """
    weights: dict[str, list[float]] = {}
    measured: list[dict[str, float | int | None]] = []
    course_keys: set[str] = set()
    learner_count = 0
    for day, outcomes in _learnable(now=now):
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
    """Switch ``model`` on, and any other off. Raises ``NotMeasured`` where it does not beat the score on average."""
    told = [each for each in model.accuracy if each["auc"] is not None and each["score_auc"] is not None]
    if not told:
        raise NotMeasured(
            "The accuracy of this model is unknown. Train again when more courses have finished."
        )
    gain = sum(each["auc"] - each["score_auc"] for each in told) / len(told)
    if gain <= 0:
        raise NotMeasured(
            f"The score without training is better by {-gain:.3f} on average. Keep using the score."
        )
    disable_models()
    model.is_enabled = True
    model.save(update_fields=["is_enabled"])


def disable_models() -> int:
    """Switch off what is on; return how many that were."""
    return RiskModel.objects.filter(is_enabled=True).update(is_enabled=False)


def _learnable(*, now: datetime) -> Iterator[tuple[int, list[FinishedLearner]]]:
    for day in DAYS:
        outcomes = assessment.outcomes_on_day(day, now=now)
        lost_count = sum(each.is_lost for each in outcomes)
        if min(lost_count, len(outcomes) - lost_count) >= MIN_FINISHED_LEARNERS:
            yield day, outcomes


def _measure(day: int, outcomes: Sequence[FinishedLearner]) -> dict[str, float | int | None]:
    several = len({each.course_key for each in outcomes}) > 1
    part_of: Callable[[FinishedLearner], object] = (lambda each: each.course_key) if several else _part
    parts = [part_of(each) for each in outcomes]
    chances = [0.0] * len(outcomes)
    for part in dict.fromkeys(parts):
        rest = [each for each, own in zip(outcomes, parts, strict=True) if own != part]
        weights = regression.fit_regression([each.facts for each in rest], [each.is_lost for each in rest])
        for place, own in enumerate(parts):
            if own == part:
                chances[place] = regression.predict_risk(weights, outcomes[place].facts)
    is_lost = [each.is_lost for each in outcomes]
    scores = [score.score if (score := risk_score.risk_score(each.facts)) else 0.0 for each in outcomes]
    return {
        "day": day,
        "n": len(outcomes),
        "lost": sum(is_lost),
        "auc": accuracy.roc_auc(is_lost, chances),
        "score_auc": accuracy.roc_auc(is_lost, scores),
    }


def _part(each: FinishedLearner) -> int:
    return zlib.crc32(str(each.facts.learner).encode()) % PARTS

"""Assess each learner's risk of not finishing every hour, with its components and an adjustable threshold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from tracking import conf
from tracking.definitions import learners
from tracking.events import LearnerId
from tracking.models import (
    CourseOutline,
    Enrolment,
    LearnerCourse,
    LearnerRisk,
    PendingChange,
    RiskModel,
    RiskThreshold,
    RollupStage,
)
from tracking.risk import feature_queries, regression
from tracking.risk import score as risk_score
from tracking.risk.features import RiskFeatures
from tracking.risk.score import RiskScore, ScoreComponent
from tracking.rollups.engine.row_sync import sync_rows
from tracking.rollups.mastery import accuracy
from tracking.storage.host_cache import cache

STEPS = tuple(step / 20 for step in range(2, 20))
"""Thresholds whose effects are shown, from 0.1 to 0.95."""
PAST_COURSES = 20
"""Effects are measured on this many finished courses, the last to end: reading one costs a few queries."""
PAST_CACHED_FOR = timedelta(hours=1)
"""How long measured effects are cached: finished courses rarely change, and risks are assessed every hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedRisk:
    """The risk of one learner from 0 to 1, whether it reaches the threshold, and its components."""

    learner_id: LearnerId
    day: int
    """Days of the course so far."""
    risk: float
    """The probability from the trained model if one is enabled, else the score."""
    is_at_risk: bool
    score: float
    components: tuple[ScoreComponent, ...]
    """Components of the score, the largest first."""
    probability: float | None
    assessed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdEffect:
    """The effect of a threshold: how many it flags now, and how accurate it was in finished courses on the same day."""

    threshold: float
    flagged_count: int
    past_flagged_count: int
    precision: float | None
    """Of those flagged in the past, the share that did not finish; ``None`` for fewer than ``MIN_GROUP_SIZE``."""
    recall: float | None
    """Of those who did not finish, the share that was flagged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedLearner:
    """One learner of a finished course: the features on a day, and whether they did not finish (``is_lost``)."""

    course_key: str
    facts: RiskFeatures
    is_lost: bool


def course_risks(course_key: str) -> tuple[AssessedRisk, ...]:
    """Return the risks of a running course as last assessed, the highest first. Two queries.

    Learners are left out before their ``RISK_FIRST_DAY``, after they finish, and if nothing is known about them.
    """
    threshold = find_threshold(course_key)
    risks = [_risk(row, threshold) for row in LearnerRisk.objects.filter(course_key=course_key)]
    return tuple(sorted(risks, key=lambda risk: (-risk.risk, str(risk.learner_id))))


def learner_risks(course_key: str, learner_ids: Sequence[Any]) -> dict[Any, AssessedRisk]:
    """Return the risks of ``learner_ids`` as last assessed, by learner. Two queries."""
    threshold = find_threshold(course_key)
    rows = LearnerRisk.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    return {row.learner_id: _risk(row, threshold) for row in rows}


def find_threshold(course_key: str) -> float:
    """Return the risk from which a learner of this course is at risk: the course's own, else ``RISK_THRESHOLD``."""
    own = RiskThreshold.objects.filter(course_key=course_key).values_list("threshold", flat=True).first()
    return conf.get_settings().RISK_THRESHOLD if own is None else own


def set_risk_threshold(course_key: str, threshold: float | None, *, by: Any, now: datetime) -> None:
    """Set the threshold of a course, or with ``None`` go back to ``RISK_THRESHOLD``.

    Findings follow with the next rollup.
    """
    with transaction.atomic():
        if threshold is None:
            RiskThreshold.objects.filter(course_key=course_key).delete()
        else:
            RiskThreshold.objects.update_or_create(
                course_key=course_key, defaults={"threshold": threshold, "changed_by": by, "changed_at": now}
            )
        _mark_findings(course_key, LearnerRisk.objects.filter(course_key=course_key))


def find_effects(
    course_key: str,
    *,
    now: datetime,
    thresholds: Sequence[float] = STEPS,
    risks: Sequence[AssessedRisk] | None = None,
) -> tuple[ThresholdEffect, ...]:
    """Return the effect of each of ``thresholds`` on ``risks`` (default: all risks of the course).

    Accuracy comes from the site's last ``PAST_COURSES`` finished courses, on the same day of each. It is cached for
    ``PAST_CACHED_FOR``, without any learner's identity.
    """
    risks = course_risks(course_key) if risks is None else risks
    past = _past(max((risk.day for risk in risks), default=0), now=now, excluding=course_key)
    return tuple(_effect(threshold, [risk.risk for risk in risks], past) for threshold in thresholds)


def outcomes_on_day(
    day: int, *, now: datetime, excluding: str = "", limit: int | None = None
) -> list[FinishedLearner]:
    """Return the learners on ``day`` of each finished course that lasted longer, and whether they finished.

    ``limit`` restricts this to the courses that ended last.
    """
    outcomes: list[FinishedLearner] = []
    for outline in sorted(
        _finished_courses(now=now, excluding=excluding)[:limit], key=lambda outline: outline.course_key
    ):
        start = feature_queries.course_start(outline)
        at = start.at + timedelta(days=day) if start else None
        if start is None or at is None or (outline.ends_at and at >= outline.ends_at):
            continue
        finished = _finished_learners(outline.course_key)
        outcomes += [
            FinishedLearner(course_key=outline.course_key, facts=facts, is_lost=facts.learner not in finished)
            for facts in feature_queries.read_risk_features(outline, start, at=at)
        ]
    return outcomes


def assess_running(*, now: datetime) -> int:
    """Assess every learner of each running course; return how many. Safe to run twice and in parallel.

    Each course is its own transaction.
    """
    running = CourseOutline.objects.filter(
        Q(starts_at__isnull=True) | Q(starts_at__lte=now), Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    )
    # Once a course is over, no one can be at risk in it; a stored risk would only keep personal data without a use.
    LearnerRisk.objects.exclude(course_key__in=running.values("course_key")).delete()
    return sum(
        assess_course(course_key, now=now) for course_key in running.values_list("course_key", flat=True)
    )


@transaction.atomic
def assess_course(course_key: str, *, now: datetime) -> int:
    """Set the risks of one course and return their number. Locks the outline.

    Learners whose risk changed are marked as changed, so that their findings follow.
    """
    outline = CourseOutline.objects.select_for_update().get(course_key=course_key)
    start = feature_queries.course_start(outline)
    stored = LearnerRisk.objects.filter(course_key=course_key)
    rows = list(_rows(outline, start, now=now)) if start else []
    before = {row.learner_id: (row.score, row.probability) for row in list(stored)}
    sync_rows(LearnerRisk, stored=stored, wanted=rows, key=["learner_id"])
    after = {row.learner_id: (row.score, row.probability) for row in rows}
    changed = [each for each in before.keys() | after.keys() if before.get(each) != after.get(each)]
    _mark_findings(course_key, LearnerRisk.objects.filter(course_key=course_key, learner_id__in=changed))
    return len(rows)


def enabled_model() -> RiskModel | None:
    """Return the enabled trained model, if any."""
    return RiskModel.objects.filter(is_enabled=True).first()


def _past(day: int, *, now: datetime, excluding: str) -> list[tuple[float, bool]]:
    if not day:
        return []
    model = enabled_model()
    keys = [outline.course_key for outline in _finished_courses(now=now, excluding=excluding)[:PAST_COURSES]]
    # The key names the model and the courses: enabling a model or a course that ends must not show old figures.
    digest = hashlib.sha256(repr((day, model and model.pk, keys)).encode()).hexdigest()
    cache_key = f"tracking:risk-past:{digest}"
    past: list[tuple[float, bool]] | None = cache.get(cache_key)
    if past is None:
        past = [
            (risk, outcome.is_lost)
            for outcome in outcomes_on_day(day, now=now, excluding=excluding, limit=PAST_COURSES)
            if (risk := _risk_of(outcome.facts, model)) is not None
        ]
        cache.set(cache_key, past, PAST_CACHED_FOR.total_seconds())
    return past


def _finished_courses(*, now: datetime, excluding: str) -> QuerySet[CourseOutline]:
    finished = CourseOutline.objects.filter(ends_at__lte=now).exclude(course_key=excluding)
    return finished.order_by("-ends_at", "course_key")


def _rows(
    outline: CourseOutline, start: feature_queries.CourseStart, *, now: datetime
) -> Iterable[LearnerRisk]:
    first_day = conf.get_settings().RISK_FIRST_DAY
    if start.days_to(now) < first_day:
        return
    finished, model = _finished_learners(outline.course_key), enabled_model()
    for facts in feature_queries.read_risk_features(outline, start, at=now):
        score = risk_score.risk_score(facts)
        if score is not None and facts.enrolled_days >= first_day and facts.learner not in finished:
            yield LearnerRisk(
                learner_id=facts.learner,
                course_key=outline.course_key,
                day=facts.day,
                score=score.score,
                components=[[part.name, part.points, part.value] for part in score.components],
                probability=_probability(facts, model),
                assessed_at=now,
            )


def _finished_learners(course_key: str) -> set[Any]:
    rows = LearnerCourse.objects.filter(course_key=course_key).values_list(
        "learner_id", "required_count", "completed_count"
    )
    return {
        learner_id for learner_id, required, completed in rows if learners.is_finished(completed, required)
    }


def _probability(facts: RiskFeatures, model: RiskModel | None) -> float | None:
    """Return the probability by the weights of the last trained day up to this one; ``None`` before the first."""
    if model is None:
        return None
    trained = [int(day) for day in model.weights if int(day) <= facts.day]
    if not trained:
        return None
    return round(regression.predict_risk(model.weights[str(max(trained))], facts), 4)


def _risk_of(facts: RiskFeatures, model: RiskModel | None) -> float | None:
    probability = _probability(facts, model)
    score: RiskScore | None = risk_score.risk_score(facts)
    return probability if probability is not None else score.score if score else None


def _risk(row: LearnerRisk, threshold: float) -> AssessedRisk:
    risk = learners.risk(row.probability, row.score)
    return AssessedRisk(
        learner_id=row.learner_id,
        day=row.day,
        risk=risk,
        is_at_risk=risk >= threshold,
        score=row.score,
        components=tuple(
            ScoreComponent(name=name, points=points, value=value) for name, points, value in row.components
        ),
        probability=row.probability,
        assessed_at=row.assessed_at,
    )


def _effect(threshold: float, risks: Sequence[float], past: Sequence[tuple[float, bool]]) -> ThresholdEffect:
    flags = [risk >= threshold for risk, _ in past]
    precision, recall = accuracy.precision_and_recall([is_lost for _, is_lost in past], flags)
    # Below the minimum group size, a share would reveal how single learners of past courses ended.
    is_enough = sum(flags) >= conf.get_settings().MIN_GROUP_SIZE
    return ThresholdEffect(
        threshold=threshold,
        flagged_count=sum(risk >= threshold for risk in risks),
        past_flagged_count=sum(flags),
        precision=precision if is_enough else None,
        recall=recall if is_enough else None,
    )


def _mark_findings(course_key: str, rows: Any) -> None:
    enrolled = Enrolment.objects.filter(course_key=course_key, learner_id__in=rows.values("learner_id"))
    PendingChange.objects.bulk_create(
        PendingChange(stage=RollupStage.FINDINGS, course_key=course_key, learner_id=learner_id)
        for learner_id in enrolled.order_by("learner_id").values_list("learner_id", flat=True)
    )

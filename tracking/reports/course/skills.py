"""What learners have mastered and what is due for review, for pages, the API and the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracking import conf
from tracking.conf import TrackingSettings
from tracking.definitions import skills
from tracking.events import LearnerId
from tracking.models import Calibration, LearnerSkill, OutlineUnit
from tracking.privacy import groups


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationQuality:
    """How reliable the mastery measure is in a course. Areas under the curve are ``None`` if all outcomes were alike.

    All were measured on held-out learners: ``auc`` over single answers, the other two over the flag.
    """

    calibrated_at: datetime | None = None
    answer_count: int = 0
    learner_count: int = 0
    auc: float | None = None
    compared_learner_count: int = 0
    flag_auc: float | None = None
    observed_flag_auc: float | None = None
    uses_observed_share: bool = True
    """Whether flags use the plain share right, because the measure is not known to be better here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerSkillReport:
    """One learner in one skill: ``correct_count`` of ``answered_count``, and figures from both. Shares: 0 to 1."""

    learner_id: LearnerId
    skill_key: str
    title: str
    """The skill's name, or the title of the quiz that is used as a skill."""
    unit_key: str
    """The quiz of the last answer."""
    answered_count: int
    correct_count: int
    share: float
    """The probability that the next answer is right, by the better measure for this course."""
    expected_share: float
    observed_share: float
    current_run_count: int
    longest_run_count: int
    is_weak: bool
    """Below ``LOW_MASTERY_SHARE`` after ``MASTERY_MIN_ANSWERS`` answers."""
    is_wheel_spinning: bool
    """``WHEEL_SPINNING_ANSWERS`` answers in more than one attempt, never ``WHEEL_SPINNING_RUN`` right in a row."""
    is_review_due: bool
    """Mastered before, not weak, and due for review."""
    first_at: datetime
    last_at: datetime
    half_life_days: float | None
    review_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSkill:
    """One skill over the enrolled learners who share their activity and answered in it."""

    skill_key: str
    title: str
    unit_key: str
    learner_count: int
    measured_count: int
    """Learners with at least ``MASTERY_MIN_ANSWERS`` answers."""
    weak_count: int
    """Of ``measured_count``."""
    wheel_spinning_count: int
    """Of ``learner_count``."""
    answered_count: int
    correct_count: int
    """Of ``answered_count``."""
    mean_share: float


def find_calibration_quality(course_key: str) -> CalibrationQuality:
    """Return how reliable the mastery measure is in a course. One query."""
    row = Calibration.objects.defer("items", "skills", "weights").filter(course_key=course_key).first()
    if row is None:
        return CalibrationQuality()
    return CalibrationQuality(
        calibrated_at=row.calibrated_at,
        answer_count=row.answer_count,
        learner_count=row.learner_count,
        auc=row.auc,
        compared_learner_count=row.compared_learner_count,
        flag_auc=row.flag_auc,
        observed_flag_auc=row.observed_flag_auc,
        uses_observed_share=row.uses_observed_share,
    )


def learner_skills(
    course_key: str, learner_id: LearnerId, *, now: datetime
) -> tuple[LearnerSkillReport, ...]:
    """Return a learner's mastery of each skill of a course in which they have answers, weakest first."""
    return skills_by_learner(course_key, [learner_id], now=now).get(learner_id, ())


def skills_by_learner(
    course_key: str, learner_ids: Sequence[Any], *, now: datetime
) -> dict[Any, tuple[LearnerSkillReport, ...]]:
    """Return the same for many learners, by learner. A learner without answers is left out. Three queries."""
    rows = LearnerSkill.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    return _by_learner(course_key, rows, now=now)


def class_skills(course_key: str, *, now: datetime) -> tuple[ClassSkill, ...]:
    """Return each skill of a course over its class, the one with the most weak learners first. Five queries."""
    included = groups.learners_in_figures(course_key)
    rows = LearnerSkill.objects.filter(course_key=course_key, learner_id__in=included)
    by_skill: defaultdict[str, list[LearnerSkillReport]] = defaultdict(list)
    for standings in _by_learner(course_key, rows, now=now).values():
        for standing in standings:
            by_skill[standing.skill_key].append(standing)
    found = [_of_class(standings, conf.get_settings()) for standings in by_skill.values()]
    return tuple(sorted(found, key=lambda skill: (-skill.weak_count, skill.title.casefold())))


def _by_learner(
    course_key: str, rows: Iterable[LearnerSkill], *, now: datetime
) -> dict[Any, tuple[LearnerSkillReport, ...]]:
    rules, trust = conf.get_settings(), find_calibration_quality(course_key)
    titles = dict(OutlineUnit.objects.filter(course_key=course_key).values_list("unit_key", "title"))
    by_learner: defaultdict[Any, list[LearnerSkillReport]] = defaultdict(list)
    for row in rows:
        by_learner[row.learner_id].append(_standing(row, trust, rules, titles, now=now))
    return {
        learner_id: tuple(sorted(mine, key=lambda each: (each.share, each.skill_key)))
        for learner_id, mine in by_learner.items()
    }


def _standing(
    row: LearnerSkill,
    trust: CalibrationQuality,
    rules: TrackingSettings,
    titles: Mapping[str, str],
    *,
    now: datetime,
) -> LearnerSkillReport:
    share = skills.mastery_share(
        expected_share=row.expected_share,
        observed_share=row.observed_share,
        uses_observed_share=trust.uses_observed_share,
    )
    return LearnerSkillReport(
        learner_id=row.learner_id,
        skill_key=row.skill_key,
        title=titles.get(row.skill_key, row.skill_key),
        unit_key=row.unit_key,
        answered_count=row.answered_count,
        correct_count=row.correct_count,
        share=share,
        expected_share=row.expected_share,
        observed_share=row.observed_share,
        current_run_count=row.current_run_count,
        longest_run_count=row.longest_run_count,
        is_weak=skills.is_weak(row, share, rules),
        is_wheel_spinning=skills.is_wheel_spinning(row, rules),
        is_review_due=skills.is_review_due(row, share, rules, now=now),
        first_at=row.first_at,
        last_at=row.last_at,
        half_life_days=row.half_life_days,
        review_due_at=row.review_due_at,
    )


def _of_class(standings: Sequence[LearnerSkillReport], rules: TrackingSettings) -> ClassSkill:
    measured = [each for each in standings if skills.is_measured(each, rules)]
    latest = max(standings, key=lambda each: (each.last_at, each.unit_key))
    return ClassSkill(
        skill_key=latest.skill_key,
        title=latest.title,
        unit_key=latest.unit_key,
        learner_count=len(standings),
        measured_count=len(measured),
        weak_count=sum(each.is_weak for each in measured),
        wheel_spinning_count=sum(each.is_wheel_spinning for each in standings),
        answered_count=sum(each.answered_count for each in standings),
        correct_count=sum(each.correct_count for each in standings),
        mean_share=sum(each.share for each in standings) / len(standings),
    )

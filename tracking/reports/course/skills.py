"""What learners can do and what they are due to go over again: pages, API and rules ask here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracking import conf, disclosure
from tracking.conf import TrackingSettings
from tracking.definitions import skills
from tracking.events import LearnerId
from tracking.models import Calibration, Enrolment, LearnerSkill, OutlineUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationQuality:
    """How far the measure of mastery can be trusted in a course. Areas are ``None`` where nothing could be told apart.

    All were measured on learners that were not learned from: ``auc`` of single answers, the other two of the flag.
    """

    calibrated_at: datetime | None = None
    answer_count: int | None = 0
    """``None`` of fewer than ``MIN_GROUP_SIZE`` learners."""
    learner_count: int = 0
    auc: float | None = None
    compared_learner_count: int = 0
    flag_auc: float | None = None
    observed_flag_auc: float | None = None
    uses_observed_share: bool = True
    """Whether flags go by the plain share right, because the measure is not known to be better here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerSkillReport:
    """One learner in one skill: ``correct_count`` of ``answered_count``, and what follows. Shares are from 0 to 1."""

    learner_id: LearnerId
    skill_key: str
    title: str
    """The skill's name, or the title of the quiz that stands for it."""
    unit_key: str
    """The quiz that the last answer was given in."""
    answered_count: int
    correct_count: int
    share: float
    """How likely the next answer is to be right, by the better of the measures for this course."""
    expected_share: float
    observed_share: float
    current_run_count: int
    longest_run_count: int
    is_weak: bool
    """Under ``LOW_MASTERY_SHARE`` after ``MASTERY_MIN_ANSWERS`` answers."""
    is_wheel_spinning: bool
    """``WHEEL_SPINNING_ANSWERS`` answers over more than one sitting, and never ``WHEEL_SPINNING_RUN`` right in a row."""
    is_review_due: bool
    """Once known, not weak, and due to be gone over again."""
    first_at: datetime
    last_at: datetime
    half_life_days: float | None
    review_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSkill:
    """One skill over the enrolled learners with answers in it; figures about too few are ``None``."""

    skill_key: str
    title: str
    unit_key: str
    learner_count: int
    measured_count: int
    """Learners with at least ``MASTERY_MIN_ANSWERS`` answers."""
    weak_count: int | None
    """Of ``measured_count``."""
    wheel_spinning_count: int | None
    """Of ``learner_count``."""
    answered_count: int | None
    correct_count: int | None
    """Of ``answered_count``."""
    mean_share: float | None


def find_calibration_quality(course_key: str) -> CalibrationQuality:
    """Return how far the measure can be trusted in a course; one query."""
    row = Calibration.objects.defer("items", "skills", "weights").filter(course_key=course_key).first()
    if row is None:
        return CalibrationQuality()
    is_small = disclosure.is_small(row.learner_count)
    return CalibrationQuality(
        calibrated_at=row.calibrated_at,
        answer_count=None if is_small else row.answer_count,
        learner_count=row.learner_count,
        auc=None if is_small else row.auc,
        compared_learner_count=row.compared_learner_count,
        flag_auc=row.flag_auc,
        observed_flag_auc=row.observed_flag_auc,
        uses_observed_share=row.uses_observed_share,
    )


def learner_skills(
    course_key: str, learner_id: LearnerId, *, now: datetime
) -> tuple[LearnerSkillReport, ...]:
    """Return how a learner stands in each skill of a course that they have answers in, the weakest first."""
    return skills_by_learner(course_key, [learner_id], now=now).get(learner_id, ())


def skills_by_learner(
    course_key: str, learner_ids: Sequence[Any], *, now: datetime
) -> dict[Any, tuple[LearnerSkillReport, ...]]:
    """Return the same for many learners, by learner; three queries. Who has no answers is not in it."""
    rows = LearnerSkill.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    return _by_learner(course_key, rows, now=now)


def class_skills(course_key: str, *, now: datetime) -> tuple[ClassSkill, ...]:
    """Return each skill of a course over its class, the one most are weak in first; four queries."""
    enrolled = Enrolment.objects.filter(course_key=course_key).values("learner_id")
    rows = LearnerSkill.objects.filter(course_key=course_key, learner_id__in=enrolled)
    by_skill: defaultdict[str, list[LearnerSkillReport]] = defaultdict(list)
    for standings in _by_learner(course_key, rows, now=now).values():
        for standing in standings:
            by_skill[standing.skill_key].append(standing)
    found = [_of_class(standings, conf.get_settings()) for standings in by_skill.values()]
    return tuple(sorted(found, key=lambda skill: (-(skill.weak_count or 0), skill.title.casefold())))


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
    is_shown = len(standings) >= rules.MIN_GROUP_SIZE
    latest = max(standings, key=lambda each: (each.last_at, each.unit_key))
    return ClassSkill(
        skill_key=latest.skill_key,
        title=latest.title,
        unit_key=latest.unit_key,
        learner_count=len(standings),
        measured_count=len(measured),
        weak_count=sum(each.is_weak for each in measured) if len(measured) >= rules.MIN_GROUP_SIZE else None,
        wheel_spinning_count=sum(each.is_wheel_spinning for each in standings) if is_shown else None,
        answered_count=sum(each.answered_count for each in standings) if is_shown else None,
        correct_count=sum(each.correct_count for each in standings) if is_shown else None,
        mean_share=sum(each.share for each in standings) / len(standings) if is_shown else None,
    )

"""What each learner can do: every answer of theirs, gone through in order against what the course's calibration says.

A learner's rows follow from their own answers and the calibration alone. So learners are rolled up in any order and in
parallel, and a late or corrected attempt costs going through the answers of one learner again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, tzinfo
from typing import Any

from tracking import conf
from tracking.models import Calibration, LearnerSkill
from tracking.rollups import answers, mastery, skill_runs, spacing
from tracking.rollups.answers import GivenAnswer
from tracking.rollups.mastery import Bank, Learner
from tracking.rollups.row_sets import set_rows
from tracking.rollups.spacing import Review


def fold(course_key: str, learner_ids: Sequence[Any], *, zone: tzinfo) -> None:
    """Set the skill rows of learners in one course. The caller holds the lock on them, and took it before."""
    bank = bank_of(Calibration.objects.filter(course_key=course_key).first())
    by_learner: defaultdict[Any, list[GivenAnswer]] = defaultdict(list)
    for given in answers.read(course_key, learner_ids):
        by_learner[given.learner_id].append(given)
    recall = conf.get_settings().REVIEW_RECALL_SHARE
    rows = [row for mine in by_learner.values() for row in of_learner(mine, bank, zone=zone, recall=recall)]
    for row in rows:
        row.course_key = course_key
    stored = LearnerSkill.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    set_rows(LearnerSkill, stored=stored, wanted=rows, key=["learner_id", "skill_key"])


def bank_of(calibration: Calibration | None) -> Bank:
    """Return what is known of a course; the measure as it comes where nothing is."""
    if calibration is None:
        return Bank()
    return Bank(
        items=calibration.items,
        skills=calibration.skills,
        weights=list(calibration.weights) or list(mastery.FIRST_WEIGHTS),
    )


def of_learner(
    given: Sequence[GivenAnswer], bank: Bank, *, zone: tzinfo, recall: float
) -> list[LearnerSkill]:
    """Return a row for each skill that one learner's answers, in their order, show."""
    learner = Learner()
    by_skill: defaultdict[str, list[GivenAnswer]] = defaultdict(list)
    for each in given:
        mastery.follow(bank, learner, each.item, each.skills, is_right=each.is_right)
        for skill in each.skills:
            by_skill[skill].append(each)
    return [
        _row(skill, mine, mastery.expect(bank, learner, (skill,)), zone=zone, recall=recall)
        for skill, mine in by_skill.items()
    ]


def _row(
    skill: str, given: Sequence[GivenAnswer], expected: float, *, zone: tzinfo, recall: float
) -> LearnerSkill:
    outcomes = [each.is_right for each in given]
    plan = spacing.plan(_reviews(given, zone), recall=recall)
    last = given[-1]
    return LearnerSkill(
        learner_id=last.learner_id,
        skill_key=skill,
        unit_key=last.unit_key,
        answered_count=len(given),
        correct_count=sum(outcomes),
        expected_share=round(expected, 6),
        plain_share=sum(outcomes) / len(outcomes),
        last_run_count=skill_runs.last(outcomes),
        longest_run_count=skill_runs.longest(outcomes),
        first_at=given[0].at,
        last_at=last.at,
        half_life_days=plan.half_life_days if plan else None,
        review_due_at=plan.due_at if plan else None,
    )


def _reviews(given: Iterable[GivenAnswer], zone: tzinfo) -> list[Review]:
    by_day: dict[date, list[GivenAnswer]] = {}
    for each in given:
        by_day.setdefault(each.at.astimezone(zone).date(), []).append(each)
    return [
        Review(at=day[-1].at, share=sum(each.is_right for each in day) / len(day)) for day in by_day.values()
    ]

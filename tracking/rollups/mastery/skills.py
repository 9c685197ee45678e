"""Set the skill rows of each learner: all their answers, processed in order with the course's calibration.

A learner's rows depend only on their own answers and the calibration. So learners are rolled up in any order and in
parallel, and a late or corrected attempt costs only one learner's answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, tzinfo
from typing import Any

from tracking import conf
from tracking.models import Calibration, LearnerSkill
from tracking.rollups.engine.row_sync import sync_rows
from tracking.rollups.mastery import answer_runs, answers, model, spacing
from tracking.rollups.mastery.answers import GivenAnswer
from tracking.rollups.mastery.model import ItemBank, LearnerAbility
from tracking.rollups.mastery.spacing import PracticeDay


def set_skill_rows(course_key: str, learner_ids: Sequence[Any], *, zone: tzinfo) -> None:
    """Set the skill rows of learners in one course.

    The caller holds the lock on them, taken before their answers are read.
    """
    bank = find_item_bank(Calibration.objects.filter(course_key=course_key).first())
    by_learner: defaultdict[Any, list[GivenAnswer]] = defaultdict(list)
    for given in answers.read_answers(course_key, learner_ids):
        by_learner[given.learner_id].append(given)
    recall = conf.get_settings().REVIEW_RECALL_SHARE
    rows = [
        row
        for mine in by_learner.values()
        for row in learner_skill_rows(mine, bank, zone=zone, recall=recall)
    ]
    for row in rows:
        row.course_key = course_key
    stored = LearnerSkill.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    sync_rows(LearnerSkill, stored=stored, wanted=rows, key=["learner_id", "skill_key"])


def find_item_bank(calibration: Calibration | None) -> ItemBank:
    """Return the calibrated item bank of a course, or the initial one if there is no calibration."""
    if calibration is None:
        return ItemBank()
    return ItemBank(
        items=calibration.items,
        skills=calibration.skills,
        weights=list(calibration.weights) or list(model.FIRST_WEIGHTS),
    )


def learner_skill_rows(
    given: Sequence[GivenAnswer], bank: ItemBank, *, zone: tzinfo, recall: float
) -> list[LearnerSkill]:
    """Return a row for each skill in one learner's answers, which are in their order."""
    learner = LearnerAbility()
    by_skill: defaultdict[str, list[GivenAnswer]] = defaultdict(list)
    for each in given:
        model.update_learner(bank, learner, each.item, each.skills, is_right=each.is_right)
        for skill in each.skills:
            by_skill[skill].append(each)
    return [
        _row(skill, mine, model.predict_answer(bank, learner, (skill,)), zone=zone, recall=recall)
        for skill, mine in by_skill.items()
    ]


def _row(
    skill: str, given: Sequence[GivenAnswer], expected: float, *, zone: tzinfo, recall: float
) -> LearnerSkill:
    outcomes = [each.is_right for each in given]
    plan = spacing.plan_review(_reviews(given, zone), recall=recall)
    last = given[-1]
    return LearnerSkill(
        learner_id=last.learner_id,
        skill_key=skill,
        unit_key=last.unit_key,
        answered_count=len(given),
        correct_count=sum(outcomes),
        expected_share=round(expected, 6),
        observed_share=sum(outcomes) / len(outcomes),
        current_run_count=answer_runs.current_run(outcomes),
        longest_run_count=answer_runs.longest(outcomes),
        first_at=given[0].at,
        last_at=last.at,
        half_life_days=plan.half_life_days if plan else None,
        review_due_at=plan.due_at if plan else None,
    )


def _reviews(given: Iterable[GivenAnswer], zone: tzinfo) -> list[PracticeDay]:
    by_day: dict[date, list[GivenAnswer]] = {}
    for each in given:
        by_day.setdefault(each.at.astimezone(zone).date(), []).append(each)
    return [
        PracticeDay(at=day[-1].at, share=sum(each.is_right for each in day) / len(day))
        for day in by_day.values()
    ]

"""What is said of one learner in one skill."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tracking.conf import TrackingSettings


class SkillRecord(Protocol):
    """What a learner has shown of a skill, as ``models.LearnerSkill`` and the facts of findings have it."""

    @property
    def answered_count(self) -> int: ...
    @property
    def longest_run_count(self) -> int: ...
    @property
    def first_at(self) -> datetime: ...
    @property
    def last_at(self) -> datetime: ...
    @property
    def review_due_at(self) -> datetime | None: ...


def mastery_share(*, expected_share: float, observed_share: float, uses_observed_share: bool) -> float:
    """Return how likely the next answer is to be right, by the better of the two measures for a course."""
    return observed_share if uses_observed_share else expected_share


def is_measured(skill: SkillRecord, rules: TrackingSettings) -> bool:
    """Return whether there are enough answers to call a skill weak or not."""
    return skill.answered_count >= rules.MASTERY_MIN_ANSWERS


def is_weak(skill: SkillRecord, share: float, rules: TrackingSettings) -> bool:
    """Return whether a learner is weak in a skill, where ``share`` is the ``mastery_share``."""
    return is_measured(skill, rules) and share < rules.LOW_MASTERY_SHARE


def is_wheel_spinning(skill: SkillRecord, rules: TrackingSettings) -> bool:
    """Return whether there are many answers over more than one moment, without enough right ones in a row."""
    # All answers of one attempt have one moment, however many questions it had.
    return (
        skill.answered_count >= rules.WHEEL_SPINNING_ANSWERS
        and skill.longest_run_count < rules.WHEEL_SPINNING_RUN
        and skill.first_at < skill.last_at
    )


def is_review_due(skill: SkillRecord, share: float, rules: TrackingSettings, *, now: datetime) -> bool:
    """Return whether a skill was known, is not weak now, and is due for a review."""
    return skill.review_due_at is not None and skill.review_due_at <= now and share >= rules.LOW_MASTERY_SHARE

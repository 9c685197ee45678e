"""The rules, by what they look at. Each is one value; everything that is said by reason is derived from them.

No rule is about completed, locked or excused units; ``detection`` asks none about a course that is not running.
"""

from __future__ import annotations

from collections.abc import Mapping

from tracking.definitions import reasons
from tracking.findings.rules import activity, classes, lessons, missed, quizzes, reviews, risk, skills
from tracking.findings.rules.rule import ClassRule, LearnerRule, Rule

ABOUT_LEARNERS: tuple[LearnerRule, ...] = (
    *missed.RULES,
    *quizzes.RULES,
    *skills.RULES,
    *lessons.RULES,
    *activity.RULES,
    *risk.RULES,
    *reviews.RULES,
)
ABOUT_CLASSES: tuple[ClassRule, ...] = classes.RULES

BY_REASON: Mapping[str, Rule] = {rule.reason: rule for rule in (*ABOUT_LEARNERS, *ABOUT_CLASSES)}

REQUESTED = frozenset(rule.reason for rule in ABOUT_LEARNERS if rule.is_requested)
"""Reasons for which an instructor asks."""

for _rule in BY_REASON.values():
    reasons.declare_reason(_rule)

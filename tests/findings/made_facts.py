"""What a rule looks at, made up: units, quizzes and skills of a learner, and what the rules find in them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tracking.conf import TrackingSettings
from tracking.events import UnitKind
from tracking.findings import detection
from tracking.findings.facts import AttemptedQuiz, LearnerFacts, SkillFacts, UnitFactsOfLearner
from tracking.models import UnitState

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
RULES = TrackingSettings()


def lesson(key="a", state=UnitState.COMPLETED, **fields):
    return UnitFactsOfLearner(key=key, kind=UnitKind.LESSON, position=1, state=state, **fields)


def quiz(state=UnitState.FAILED, **tried):
    return UnitFactsOfLearner(
        key="q", kind=UnitKind.QUIZ, position=9, state=state, attempted=AttemptedQuiz(**tried)
    )


def learner(*units, **fields):
    return LearnerFacts(units=units, **{"last_at": NOW - timedelta(days=1), **fields})


def skill(**fields):
    usual: dict[str, Any] = {
        "key": "loops",
        "unit_key": "q",
        "answered_count": 12,
        "correct_count": 4,
        "share": 0.3,
        "longest_run_count": 2,
        "first_at": NOW - timedelta(days=9),
        "last_at": NOW - timedelta(days=2),
    }
    return SkillFacts(**(usual | fields))


def found(situation, rules=RULES):
    areas = detection.find_for_learner(situation, rules, now=NOW)
    return [(area.unit_key, area.reason) for area in areas]


MISSED_ONE = {
    "attempt_ids": (7,),
    "shares": (0.5,),
    "failed_at": (NOW,),
    "missed_lesson_keys": (("a",),),
    "missed_question_keys": ("1",),
    "asked_lesson_keys": (("a",), ("b",)),
}

"""What the rules of one family say: skills, time, absence, risk, reviews."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.findings.made_facts import MISSED_ONE, NOW, RULES, found, learner, lesson, quiz, skill
from tracking.events import UnitKind
from tracking.findings.facts import AssignedReview, AttemptedQuiz, LearnerFacts, RiskFacts, UnitFactsOfLearner
from tracking.models import UnitState


@pytest.mark.parametrize(
    ("fields", "areas"),
    [
        ({}, [("q", "wheel_spinning")]),
        ({"answered_count": 9}, [("q", "low_mastery")]),
        ({"longest_run_count": 3}, [("q", "low_mastery")]),
        ({"first_at": NOW - timedelta(days=2)}, [("q", "low_mastery")]),
        ({"answered_count": 4}, []),
        ({"longest_run_count": 3, "share": 0.5}, []),
        ({"unit_key": "passed"}, []),
        ({"unit_key": "locked"}, []),
    ],
)
def test_a_skill_is_low_or_tried_in_vain_only_where_its_quiz_is_not_passed(fields, areas):
    units = (
        replace(quiz(UnitState.IN_PROGRESS), attempted=None),
        replace(quiz(UnitState.COMPLETED), key="passed", attempted=None),
        replace(quiz(UnitState.LOCKED), key="locked", attempted=None),
    )
    assert found(learner(*units, skills=(skill(**fields),))) == areas


def test_what_is_due_for_a_review_is_shown_a_few_at_a_time_the_longest_due_first():
    due = [
        skill(key=f"s{days}", unit_key=f"q{days}", share=0.8, review_due_at=NOW - timedelta(days=days))
        for days in (1, 5, 3)
    ]
    not_yet = skill(key="s", unit_key="q0", share=0.8, review_due_at=NOW + timedelta(hours=1))
    units = [replace(quiz(UnitState.COMPLETED), key=f"q{days}", attempted=None) for days in (0, 1, 3, 5)]
    assert found(learner(*units, lesson(state=UnitState.IN_PROGRESS), skills=(*due, not_yet))) == [
        ("q3", "review_due"),
        ("q5", "review_due"),
    ]


@pytest.mark.parametrize(
    ("active_ms", "n", "reason"),
    [
        (101, 20, "missed_long_time"),
        (100, 20, "missed_questions"),
        (300_001, 19, "missed_long_time"),
        (300_000, 19, "missed_questions"),
    ],
)
def test_a_lesson_was_fought_with_where_it_took_more_than_the_class_or_three_times_what_it_should(
    active_ms, n, reason
):
    read = lesson(active_ms=active_ms, class_p90_ms=100, class_timed_count=n, expected_seconds=100)
    assert found(learner(read, quiz(**MISSED_ONE)))[0] == ("a", reason)


READ_LONG_AGO = lesson(first_at=NOW - timedelta(days=14))
NOT_BEGUN = lesson(key="b", state=UnitState.NOT_REACHED)
STALLED: dict[str, Any] = {
    "last_at": NOW - timedelta(days=1),
    "active_day_count": 3,
    "units": (READ_LONG_AGO, NOT_BEGUN),
}


@pytest.mark.parametrize(
    ("fields", "areas"),
    [
        ({}, [("b", "stalled")]),
        ({"active_day_count": 2}, []),
        (
            {"units": (READ_LONG_AGO, replace(NOT_BEGUN, state=UnitState.BOUNCED, first_at=NOW))},
            [("b", "stalled")],
        ),
        ({"units": (lesson(first_at=NOW - timedelta(days=13)), NOT_BEGUN)}, []),
        ({"units": (READ_LONG_AGO,)}, []),
        ({"units": (READ_LONG_AGO, lesson(key="b", state=UnitState.LOCKED))}, []),
        (
            {"units": (READ_LONG_AGO, replace(NOT_BEGUN, due_at=NOW + timedelta(days=8)))},
            [],
        ),
        (
            {"units": (READ_LONG_AGO, replace(NOT_BEGUN, due_at=NOW + timedelta(days=6)))},
            [("b", "stalled")],
        ),
    ],
)
def test_one_who_comes_and_begins_nothing_new_has_stalled_if_there_is_something_and_it_is_time(fields, areas):
    assert found(LearnerFacts(**(STALLED | fields))) == areas


def test_who_is_ahead_of_the_dates_may_stay_away():
    later = lesson(key="b", state=UnitState.NOT_REACHED, due_at=NOW + timedelta(days=8))
    assert found(learner(lesson(), later, last_at=NOW - timedelta(days=20))) == []
    soon = replace(later, due_at=NOW + timedelta(days=7))
    assert found(learner(lesson(), soon, last_at=NOW - timedelta(days=20))) == [("", "inactive")]


@pytest.mark.parametrize(
    ("is_at_risk", "days_away", "areas"),
    [(True, 1, ["at_risk"]), (False, 1, []), (True, 9, ["inactive"])],
)
def test_a_risk_is_told_where_nothing_plainer_says_it(is_at_risk, days_away, areas):
    risk = RiskFacts(score=0.7, is_at_risk=is_at_risk, day=30, components=(("absence", 0.4),))
    situation = learner(lesson(), last_at=NOW - timedelta(days=days_away), risk=risk)
    assert [reason for _, reason in found(situation)] == areas


@pytest.mark.parametrize("state", [UnitState.LOCKED, UnitState.EXCUSED])
def test_of_what_is_locked_or_exempt_nothing_is_said(state):
    missed = quiz(**MISSED_ONE)
    assert found(learner(lesson(state=state), replace(missed, state=state))) == []
    assert found(learner(lesson(state=state), missed)) == [("q", "not_passed")]


@pytest.mark.parametrize("is_finished", [True, False])
def test_an_assigned_review_stands_beside_what_the_rules_say_and_beyond_the_finish(is_finished):
    reviews = (AssignedReview(action_id=1, unit_key="a", assigned_at=NOW, text="Please."),)
    situation = learner(
        lesson(state=UnitState.SKIPPED), lesson(key="b"), reviews=reviews, is_finished=is_finished
    )
    others = [] if is_finished else [("a", "skipped")]
    assert found(situation) == [("a", "review_assigned"), *others]
    assert found(replace(situation, reviews=(replace(reviews[0], is_done=True),))) == others
    assert found(replace(situation, ends_at=NOW)) == []


def test_a_reason_that_is_switched_off_makes_no_finding_and_hides_no_other():
    rules = replace(RULES, DISABLED_REASONS=("missed_not_covered",))
    situation = learner(lesson(state=UnitState.SKIPPED), quiz(**MISSED_ONE))
    assert found(situation, rules) == [("q", "not_passed"), ("a", "skipped")]


@pytest.mark.parametrize("state", [UnitState.COMPLETED, UnitState.EXCUSED, UnitState.LOCKED])
def test_no_rule_speaks_of_what_is_complete_but_that_it_fades_nor_of_what_is_out_of_the_course(state):
    """Every fact that any rule looks at speaks against the learner, and the unit is complete, exempt or locked."""
    tried = AttemptedQuiz(
        attempt_ids=(1, 2, 3),
        shares=(0.1, 0.1, 0.1),
        failed_at=(NOW, NOW, NOW),
        missed_lesson_keys=(("a",), ("a",)),
        missed_question_keys=("1", "2"),
        asked_lesson_keys=(("a",), ("a",)),
    )
    worst = {
        "active_ms": 10**9,
        "class_p90_ms": 1,
        "class_timed_count": 99,
        "due_at": NOW - timedelta(days=9),
    }
    situation = learner(
        lesson(state=state, **worst),
        UnitFactsOfLearner(key="q", kind=UnitKind.QUIZ, position=9, state=state, attempted=tried),
        skills=(skill(review_due_at=NOW, share=0.9), skill(key="low")),
        active_day_count=9,
    )
    said = found(situation)
    assert said == ([("q", "review_due")] if state is UnitState.COMPLETED else [])

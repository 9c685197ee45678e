"""The rules that say what needs reinforcement."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.findings.made_facts import MISSED_ONE, NOW, RULES, found, learner, lesson, quiz
from tracking.events import UnitKind
from tracking.findings import detection
from tracking.findings.candidates import Candidate
from tracking.findings.facts import ClassFacts, ClassUnitFacts
from tracking.models import UnitState


def test_a_learner_with_whom_all_is_well_has_nothing_to_reinforce():
    assert found(learner(lesson(), quiz(UnitState.COMPLETED, shares=(0.9,)))) == []


@pytest.mark.parametrize(
    "state", [UnitState.SKIPPED, UnitState.SKIMMED, UnitState.BOUNCED, UnitState.NOT_REACHED]
)
def test_a_missed_question_leads_to_the_lesson_that_was_passed_over(state):
    assert detection.find_for_learner(learner(lesson(state=state), quiz(**MISSED_ONE)), RULES, now=NOW) == [
        Candidate(
            unit_key="a",
            reason="missed_not_covered",
            weight=0.85 + 0.1,
            evidence={
                "quiz_key": "q",
                "missed_count": 1,
                "asked_count": 1,
                "state": str(state),
                "attempt_ids": [7],
                "question_keys": ["1"],
            },
            confidence=0.333,
            severity=1,
        ),
        Candidate(
            unit_key="q",
            reason="not_passed",
            weight=0.5,
            evidence={"attempt_count": 1, "best_share": 0.5, "attempt_ids": [7]},
            confidence=0.333,
            severity=1,
        ),
    ]


@pytest.mark.parametrize(
    ("times", "expected_seconds", "is_learned"),
    [
        ({"expected_seconds": 300}, 300, False),
        ({"expected_seconds": 300, "class_median_seconds": 200}, 300, False),
        ({"class_median_seconds": 200}, 200, True),
        ({}, 100, False),
    ],
)
def test_of_a_lesson_that_was_skimmed_the_evidence_says_how_long_it_should_take_and_by_whom(
    times, expected_seconds, is_learned
):
    rules = replace(RULES, DEFAULT_EXPECTED_SECONDS=100)
    skimmed = lesson(state=UnitState.SKIMMED, spent_ms=19_800, **times)
    area, _ = detection.find_for_learner(learner(skimmed, quiz(**MISSED_ONE)), rules, now=NOW)
    told = {key: area.evidence[key] for key in ("read_seconds", "expected_seconds", "is_learned")}
    assert told == {"read_seconds": 20, "expected_seconds": expected_seconds, "is_learned": is_learned}


def test_a_missed_question_on_a_lesson_that_was_read_is_a_low_score_on_it():
    assert found(learner(lesson(), quiz(**MISSED_ONE))) == [
        ("a", "missed_questions"),
        ("q", "not_passed"),
    ]


def test_one_miss_among_many_right_answers_on_a_lesson_that_was_read_is_none():
    tried = {**MISSED_ONE, "asked_lesson_keys": (("a",), ("a",), ("a",))}
    assert found(learner(lesson(), quiz(**tried))) == [("q", "not_passed")]


def test_a_passed_quiz_raises_no_worry_about_its_questions():
    assert found(learner(lesson(), quiz(UnitState.COMPLETED, **MISSED_ONE))) == []


@pytest.mark.parametrize(
    ("shares", "days_ago", "reason"),
    [
        ((0.1, 0.3, 0.5), (3, 2, 1), "repeated_failure"),
        ((0.1, 0.3, 0.5), (33, 32, 31), "repeated_failure"),
        ((0.1, 0.3, 0.5), (30, 20, 1), "not_passed"),
        ((0.5, 0.5), (30, 1), "repeated_failure"),
        ((0.3, 0.5), (2, 1), "not_passed"),
    ],
)
def test_failing_is_repeated_after_three_tries_in_a_week_or_two_without_gain(shares, days_ago, reason):
    failed_at = tuple(NOW - timedelta(days=days) for days in days_ago)
    assert found(learner(quiz(shares=shares, failed_at=failed_at))) == [("q", reason)]


def test_a_skipped_lesson_is_named_once_with_its_heaviest_reason():
    assert found(learner(lesson(state=UnitState.SKIPPED), quiz(**MISSED_ONE))) == [
        ("a", "missed_not_covered"),
        ("q", "not_passed"),
    ]


def test_what_is_overdue_and_nobody_went_past_is_one_area_however_much_it_is():
    """Somebody who had stopped was said to have gone past every lesson that had come due since."""
    overdue = [lesson(key=key, state=UnitState.SKIPPED) for key in ("c", "d", "e")]
    units = (lesson(key="a", state=UnitState.SKIPPED), lesson(key="b"), *overdue)
    assert detection.find_for_learner(learner(*units), RULES, now=NOW) == [
        Candidate(
            unit_key="c",
            reason="skipped",
            weight=0.3 + 0.04 * 3,
            evidence={"kind": "lesson", "overdue_count": 3},
            severity=3,
        ),
        Candidate(
            unit_key="a",
            reason="skipped",
            weight=0.35,
            evidence={"kind": "lesson", "later_key": "b"},
        ),
    ]


def test_nothing_is_overdue_for_who_enrolled_lately_and_has_not_begun():
    """Somebody who enrolled in the eleventh week was at once told of fourteen lessons that they had gone past."""
    situation = learner(
        lesson(state=UnitState.SKIPPED),
        last_at=None,
        enrolled_at=NOW - timedelta(days=2),
        starts_at=NOW - timedelta(days=70),
    )
    assert found(situation) == []


@pytest.mark.parametrize(("is_required", "areas"), [(True, [("a", "skipped")]), (False, [])])
def test_only_what_is_required_can_be_passed_over(is_required, areas):
    assert found(learner(lesson(state=UnitState.SKIPPED, is_required=is_required))) == areas


def test_from_the_silence_of_one_who_does_not_share_nothing_follows():
    situation = learner(lesson(state=UnitState.SKIPPED), quiz(**MISSED_ONE), shares_engagement=False)
    assert found(situation) == [("a", "missed_questions"), ("q", "not_passed")]


@pytest.mark.parametrize(
    ("changes", "areas"),
    [
        ({}, [("a", "long_time")]),
        ({"class_timed_count": 19}, []),
        ({"active_ms": 100}, []),
        ({"state": UnitState.COMPLETED}, []),
        ({"class_p90_ms": None}, []),
    ],
)
def test_time_is_long_only_beside_enough_others_and_without_completion(changes, areas):
    unit = lesson(state=UnitState.IN_PROGRESS, active_ms=101, class_p90_ms=100, class_timed_count=20)
    assert found(learner(replace(unit, **changes))) == areas


@pytest.mark.parametrize(
    ("given", "areas"),
    [
        ({"last_at": NOW - timedelta(days=7)}, [("", "inactive")]),
        ({"last_at": NOW - timedelta(days=6)}, []),
        ({"last_at": None, "starts_at": NOW - timedelta(days=7)}, [("", "never_started")]),
        ({"last_at": None, "starts_at": NOW - timedelta(days=6)}, []),
        (
            {"last_at": None, "starts_at": NOW - timedelta(days=90), "enrolled_at": NOW - timedelta(days=2)},
            [],
        ),
        ({"last_at": None}, []),
    ],
)
def test_absence_is_counted_from_the_last_sign_or_from_when_one_could_begin(given, areas):
    assert found(learner(lesson(), **given)) == areas


@pytest.mark.parametrize(
    "given",
    [
        {"is_finished": True},
        {"starts_at": NOW + timedelta(days=1)},
        {"ends_at": NOW - timedelta(days=1)},
    ],
)
def test_nothing_is_said_of_a_course_that_is_finished_over_or_not_begun(given):
    assert found(learner(lesson(state=UnitState.SKIPPED), quiz(**MISSED_ONE), **given)) == []


def unit_of_class(kind=UnitKind.LESSON, **counts):
    nothing = dict.fromkeys(
        (
            "reached_count",
            "skipped_count",
            "first_decided_count",
            "first_passed_count",
            "answered_count",
            "correct_count",
        ),
        0,
    )
    people = (
        {"answering_learner_count": 5} if counts.get("answered_count") else {"answering_learner_count": 0}
    )
    return ClassUnitFacts(key="a", kind=kind, learner_count=30, **(nothing | people | counts))


@pytest.mark.parametrize(
    ("counts", "reasons"),
    [
        ({"reached_count": 7, "skipped_count": 3}, ["often_skipped"]),
        ({"reached_count": 8, "skipped_count": 3}, []),
        ({"reached_count": 2, "skipped_count": 2}, []),
        ({"first_decided_count": 10, "first_passed_count": 4}, ["hard_quiz"]),
        ({"first_decided_count": 10, "first_passed_count": 5}, []),
        ({"first_decided_count": 4, "first_passed_count": 0}, []),
        ({"answered_count": 10, "correct_count": 4}, ["hard_lesson"]),
        ({"answered_count": 10, "correct_count": 5}, []),
        ({"answered_count": 9, "correct_count": 0}, []),
        ({"answered_count": 12, "correct_count": 0, "answering_learner_count": 4}, []),
    ],
)
def test_a_class_needs_reinforcement_where_enough_of_it_skipped_or_missed(counts, reasons):
    situation = ClassFacts(units=(unit_of_class(**counts),))
    assert [area.reason for area in detection.find_for_class(situation, RULES)] == reasons

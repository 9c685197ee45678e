"""The rules that say what needs reinforcement."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tracking.conf import TrackingSettings
from tracking.events import UnitKind
from tracking.insights import reinforcement
from tracking.insights.areas import Area
from tracking.insights.rules import classes
from tracking.insights.situations import (
    ClassSituation,
    LearnerSituation,
    MissedAndPassedOver,
    Review,
    RiskSituation,
    SkillSituation,
    TriedQuiz,
    UnitOfClass,
    UnitSituation,
)
from tracking.models import Reason, State

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
RULES = TrackingSettings()


def lesson(key="a", state=State.COMPLETED, **fields):
    return UnitSituation(key=key, kind=UnitKind.LESSON, position=1, state=state, **fields)


def quiz(state=State.FAILED, **tried):
    return UnitSituation(key="q", kind=UnitKind.QUIZ, position=9, state=state, tried=TriedQuiz(**tried))


def learner(*units, **fields):
    return LearnerSituation(units=units, **{"last_at": NOW - timedelta(days=1), **fields})


def found(situation, rules=RULES):
    areas = reinforcement.find_for_learner(situation, rules, now=NOW)
    return [(area.unit_key, area.reason) for area in areas]


MISSED_ONE = {
    "attempt_ids": (7,),
    "shares": (0.5,),
    "failed_at": (NOW,),
    "missed": (("a",),),
    "missed_keys": ("1",),
    "asked": (("a",), ("b",)),
}


def test_a_learner_with_whom_all_is_well_has_nothing_to_reinforce():
    assert found(learner(lesson(), quiz(State.COMPLETED, shares=(0.9,)))) == []


@pytest.mark.parametrize("state", [State.SKIPPED, State.SKIMMED, State.BOUNCED, State.NOT_REACHED])
def test_a_missed_question_leads_to_the_lesson_that_was_passed_over(state):
    assert reinforcement.find_for_learner(
        learner(lesson(state=state), quiz(**MISSED_ONE)), RULES, now=NOW
    ) == [
        Area(
            unit_key="a",
            reason=Reason.SKIPPED_CAUSE,
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
            measure=1,
        ),
        Area(
            unit_key="q",
            reason=Reason.FAILED,
            weight=0.5,
            evidence={"attempt_count": 1, "best_share": 0.5, "attempt_ids": [7]},
            confidence=0.333,
            measure=1,
        ),
    ]


@pytest.mark.parametrize(
    ("times", "expected_seconds", "is_learned"),
    [
        ({"expected_seconds": 300}, 300, False),
        ({"expected_seconds": 300, "learned_seconds": 200}, 300, False),
        ({"learned_seconds": 200}, 200, True),
        ({}, 100, False),
    ],
)
def test_of_a_lesson_that_was_skimmed_the_evidence_says_how_long_it_should_take_and_by_whom(
    times, expected_seconds, is_learned
):
    rules = replace(RULES, DEFAULT_EXPECTED_SECONDS=100)
    skimmed = lesson(state=State.SKIMMED, active_ms=19_800, **times)
    area, _ = reinforcement.find_for_learner(learner(skimmed, quiz(**MISSED_ONE)), rules, now=NOW)
    told = {key: area.evidence[key] for key in ("read_seconds", "expected_seconds", "is_learned")}
    assert told == {"read_seconds": 20, "expected_seconds": expected_seconds, "is_learned": is_learned}


def test_a_missed_question_on_a_lesson_that_was_read_is_a_low_score_on_it():
    assert found(learner(lesson(), quiz(**MISSED_ONE))) == [("a", Reason.LOW_SCORE), ("q", Reason.FAILED)]


def test_one_miss_among_many_right_answers_on_a_lesson_that_was_read_is_none():
    tried = {**MISSED_ONE, "asked": (("a",), ("a",), ("a",))}
    assert found(learner(lesson(), quiz(**tried))) == [("q", Reason.FAILED)]


def test_a_passed_quiz_raises_no_worry_about_its_questions():
    assert found(learner(lesson(), quiz(State.COMPLETED, **MISSED_ONE))) == []


@pytest.mark.parametrize(
    ("shares", "days_ago", "reason"),
    [
        ((0.1, 0.3, 0.5), (3, 2, 1), Reason.REPEATED_FAILURE),
        ((0.1, 0.3, 0.5), (33, 32, 31), Reason.REPEATED_FAILURE),
        ((0.1, 0.3, 0.5), (30, 20, 1), Reason.FAILED),
        ((0.5, 0.5), (30, 1), Reason.REPEATED_FAILURE),
        ((0.3, 0.5), (2, 1), Reason.FAILED),
    ],
)
def test_failing_is_repeated_after_three_tries_in_a_week_or_two_without_gain(shares, days_ago, reason):
    failed_at = tuple(NOW - timedelta(days=days) for days in days_ago)
    assert found(learner(quiz(shares=shares, failed_at=failed_at))) == [("q", reason)]


def test_a_skipped_lesson_is_named_once_with_its_heaviest_reason():
    assert found(learner(lesson(state=State.SKIPPED), quiz(**MISSED_ONE))) == [
        ("a", Reason.SKIPPED_CAUSE),
        ("q", Reason.FAILED),
    ]


def test_what_is_overdue_and_nobody_went_past_is_one_area_however_much_it_is():
    """Somebody who had stopped was said to have gone past every lesson that had come due since."""
    overdue = [lesson(key=key, state=State.SKIPPED) for key in ("c", "d", "e")]
    units = (lesson(key="a", state=State.SKIPPED), lesson(key="b"), *overdue)
    assert reinforcement.find_for_learner(learner(*units), RULES, now=NOW) == [
        Area(
            unit_key="c",
            reason=Reason.SKIPPED,
            weight=0.3 + 0.04 * 3,
            evidence={"kind": "lesson", "overdue_count": 3},
            measure=3,
        ),
        Area(
            unit_key="a",
            reason=Reason.SKIPPED,
            weight=0.35,
            evidence={"kind": "lesson", "later_key": "b"},
        ),
    ]


def test_nothing_is_overdue_for_who_enrolled_lately_and_has_not_begun():
    """Somebody who enrolled in the eleventh week was at once told of fourteen lessons that they had gone past."""
    situation = learner(
        lesson(state=State.SKIPPED),
        last_at=None,
        enrolled_at=NOW - timedelta(days=2),
        starts_at=NOW - timedelta(days=70),
    )
    assert found(situation) == []


@pytest.mark.parametrize(("is_required", "areas"), [(True, [("a", Reason.SKIPPED)]), (False, [])])
def test_only_what_is_required_can_be_passed_over(is_required, areas):
    assert found(learner(lesson(state=State.SKIPPED, is_required=is_required))) == areas


def test_from_the_silence_of_one_who_does_not_share_nothing_follows():
    situation = learner(lesson(state=State.SKIPPED), quiz(**MISSED_ONE), shares_engagement=False)
    assert found(situation) == [("a", Reason.LOW_SCORE), ("q", Reason.FAILED)]


@pytest.mark.parametrize(
    ("changes", "areas"),
    [
        ({}, [("a", Reason.LONG_TIME)]),
        ({"class_timed_count": 19}, []),
        ({"active_ms": 100}, []),
        ({"state": State.COMPLETED}, []),
        ({"class_p90_ms": None}, []),
    ],
)
def test_time_is_long_only_beside_enough_others_and_without_completion(changes, areas):
    unit = lesson(state=State.IN_PROGRESS, active_ms=101, class_p90_ms=100, class_timed_count=20)
    assert found(learner(replace(unit, **changes))) == areas


@pytest.mark.parametrize(
    ("given", "areas"),
    [
        ({"last_at": NOW - timedelta(days=7)}, [("", Reason.INACTIVE)]),
        ({"last_at": NOW - timedelta(days=6)}, []),
        ({"last_at": None, "starts_at": NOW - timedelta(days=7)}, [("", Reason.NEVER_STARTED)]),
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
    assert found(learner(lesson(state=State.SKIPPED), quiz(**MISSED_ONE), **given)) == []


def unit_of_class(kind=UnitKind.LESSON, **counts):
    nothing = dict.fromkeys(
        (
            "reached_count",
            "skipped_count",
            "attempted_count",
            "first_passed_count",
            "answered_count",
            "correct_count",
        ),
        0,
    )
    return UnitOfClass(key="a", kind=kind, learner_count=30, **(nothing | counts))


@pytest.mark.parametrize(
    ("counts", "reasons"),
    [
        ({"reached_count": 7, "skipped_count": 3}, [Reason.SKIPPED_BY_MANY]),
        ({"reached_count": 8, "skipped_count": 3}, []),
        ({"reached_count": 2, "skipped_count": 2}, []),
        ({"attempted_count": 10, "first_passed_count": 4}, [Reason.HARD_QUIZ]),
        ({"attempted_count": 10, "first_passed_count": 5}, []),
        ({"attempted_count": 4, "first_passed_count": 0}, []),
        ({"answered_count": 10, "correct_count": 4}, [Reason.HARD_LESSON]),
        ({"answered_count": 10, "correct_count": 5}, []),
        ({"answered_count": 9, "correct_count": 0}, []),
    ],
)
def test_a_class_needs_reinforcement_where_enough_of_it_skipped_or_missed(counts, reasons):
    situation = ClassSituation(units=(unit_of_class(**counts),))
    assert [area.reason for area in reinforcement.find_for_class(situation, RULES)] == reasons


# --- What the rules of one family say -------------------------------------------------------------------------------


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
    return SkillSituation(**(usual | fields))


@pytest.mark.parametrize(
    ("fields", "areas"),
    [
        ({}, [("q", Reason.WHEEL_SPINNING)]),
        ({"answered_count": 9}, [("q", Reason.LOW_MASTERY)]),
        ({"longest_run_count": 3}, [("q", Reason.LOW_MASTERY)]),
        ({"first_at": NOW - timedelta(days=2)}, [("q", Reason.LOW_MASTERY)]),
        ({"answered_count": 4}, []),
        ({"longest_run_count": 3, "share": 0.5}, []),
        ({"unit_key": "passed"}, []),
        ({"unit_key": "locked"}, []),
    ],
)
def test_a_skill_is_low_or_tried_in_vain_only_where_its_quiz_is_not_passed(fields, areas):
    units = (
        replace(quiz(State.IN_PROGRESS), tried=None),
        replace(quiz(State.COMPLETED), key="passed", tried=None),
        replace(quiz(State.LOCKED), key="locked", tried=None),
    )
    assert found(learner(*units, skills=(skill(**fields),))) == areas


def test_what_is_due_for_a_review_is_shown_a_few_at_a_time_the_longest_due_first():
    due = [
        skill(key=f"s{days}", unit_key=f"q{days}", share=0.8, review_due_at=NOW - timedelta(days=days))
        for days in (1, 5, 3)
    ]
    not_yet = skill(key="s", unit_key="q0", share=0.8, review_due_at=NOW + timedelta(hours=1))
    units = [replace(quiz(State.COMPLETED), key=f"q{days}", tried=None) for days in (0, 1, 3, 5)]
    assert found(learner(*units, lesson(state=State.IN_PROGRESS), skills=(*due, not_yet))) == [
        ("q3", Reason.FADING),
        ("q5", Reason.FADING),
    ]


@pytest.mark.parametrize(
    ("active_ms", "n", "reason"),
    [
        (101, 20, Reason.FOUGHT_CAUSE),
        (100, 20, Reason.LOW_SCORE),
        (300_001, 19, Reason.FOUGHT_CAUSE),
        (300_000, 19, Reason.LOW_SCORE),
    ],
)
def test_a_lesson_was_fought_with_where_it_took_more_than_the_class_or_three_times_what_it_should(
    active_ms, n, reason
):
    read = lesson(active_ms=active_ms, class_p90_ms=100, class_timed_count=n, expected_seconds=100)
    assert found(learner(read, quiz(**MISSED_ONE)))[0] == ("a", reason)


READ_LONG_AGO = lesson(first_at=NOW - timedelta(days=14))
NOT_BEGUN = lesson(key="b", state=State.NOT_REACHED)
STALLED: dict[str, Any] = {
    "last_at": NOW - timedelta(days=1),
    "came_count": 3,
    "units": (READ_LONG_AGO, NOT_BEGUN),
}


@pytest.mark.parametrize(
    ("fields", "areas"),
    [
        ({}, [("b", Reason.STALLED)]),
        ({"came_count": 2}, []),
        (
            {"units": (READ_LONG_AGO, replace(NOT_BEGUN, state=State.BOUNCED, first_at=NOW))},
            [("b", Reason.STALLED)],
        ),
        ({"units": (lesson(first_at=NOW - timedelta(days=13)), NOT_BEGUN)}, []),
        ({"units": (READ_LONG_AGO,)}, []),
        ({"units": (READ_LONG_AGO, lesson(key="b", state=State.LOCKED))}, []),
        (
            {"units": (READ_LONG_AGO, replace(NOT_BEGUN, due_at=NOW + timedelta(days=8)))},
            [],
        ),
        (
            {"units": (READ_LONG_AGO, replace(NOT_BEGUN, due_at=NOW + timedelta(days=6)))},
            [("b", Reason.STALLED)],
        ),
    ],
)
def test_one_who_comes_and_begins_nothing_new_has_stalled_if_there_is_something_and_it_is_time(fields, areas):
    assert found(LearnerSituation(**(STALLED | fields))) == areas


def test_who_is_ahead_of_the_dates_may_stay_away():
    later = lesson(key="b", state=State.NOT_REACHED, due_at=NOW + timedelta(days=8))
    assert found(learner(lesson(), later, last_at=NOW - timedelta(days=20))) == []
    soon = replace(later, due_at=NOW + timedelta(days=7))
    assert found(learner(lesson(), soon, last_at=NOW - timedelta(days=20))) == [("", Reason.INACTIVE)]


@pytest.mark.parametrize(
    ("is_at_risk", "days_away", "areas"),
    [(True, 1, [Reason.AT_RISK]), (False, 1, []), (True, 9, [Reason.INACTIVE])],
)
def test_a_risk_is_told_where_nothing_plainer_says_it(is_at_risk, days_away, areas):
    risk = RiskSituation(score=0.7, is_at_risk=is_at_risk, day=30, parts=(("absence", 0.4),))
    situation = learner(lesson(), last_at=NOW - timedelta(days=days_away), risk=risk)
    assert [reason for _, reason in found(situation)] == areas


@pytest.mark.parametrize("state", [State.LOCKED, State.EXEMPT])
def test_of_what_is_locked_or_exempt_nothing_is_said(state):
    missed = quiz(**MISSED_ONE)
    assert found(learner(lesson(state=state), replace(missed, state=state))) == []
    assert found(learner(lesson(state=state), missed)) == [("q", Reason.FAILED)]


@pytest.mark.parametrize("is_finished", [True, False])
def test_an_assigned_review_stands_beside_what_the_rules_say_and_beyond_the_finish(is_finished):
    reviews = (Review(action_id=1, unit_key="a", assigned_at=NOW, words="Please."),)
    situation = learner(
        lesson(state=State.SKIPPED), lesson(key="b"), reviews=reviews, is_finished=is_finished
    )
    others = [] if is_finished else [("a", Reason.SKIPPED)]
    assert found(situation) == [("a", Reason.ASSIGNED), *others]
    assert found(replace(situation, reviews=(replace(reviews[0], is_done=True),))) == others
    assert found(replace(situation, ends_at=NOW)) == []


def test_a_reason_that_is_switched_off_makes_no_finding_and_hides_no_other():
    rules = replace(RULES, REASONS_OFF=("skipped_cause",))
    situation = learner(lesson(state=State.SKIPPED), quiz(**MISSED_ONE))
    assert found(situation, rules) == [("q", Reason.FAILED), ("a", Reason.SKIPPED)]


@pytest.mark.parametrize("state", [State.COMPLETED, State.EXEMPT, State.LOCKED])
def test_no_rule_speaks_of_what_is_complete_but_that_it_fades_nor_of_what_is_out_of_the_course(state):
    """Every fact that any rule looks at speaks against the learner, and the unit is complete, exempt or locked."""
    tried = TriedQuiz(
        attempt_ids=(1, 2, 3),
        shares=(0.1, 0.1, 0.1),
        failed_at=(NOW, NOW, NOW),
        missed=(("a",), ("a",)),
        missed_keys=("1", "2"),
        asked=(("a",), ("a",)),
    )
    worst = {
        "active_ms": 10**9,
        "class_p90_ms": 1,
        "class_timed_count": 99,
        "due_at": NOW - timedelta(days=9),
    }
    situation = learner(
        lesson(state=state, **worst),
        UnitSituation(key="q", kind=UnitKind.QUIZ, position=9, state=state, tried=tried),
        skills=(skill(review_due_at=NOW, share=0.9), skill(key="low")),
        came_count=9,
    )
    said = found(situation)
    assert said == ([("q", Reason.FADING)] if state is State.COMPLETED else [])


# --- Links between what was missed and what was passed over ---------------------------------------------------------


def link(missed, missed_over, right, right_over):
    return MissedAndPassedOver(
        quiz_key="q",
        question_key="1",
        lesson_key="a",
        missed_count=missed,
        missed_passed_over_count=missed_over,
        right_count=right,
        right_passed_over_count=right_over,
    )


@pytest.mark.parametrize(
    ("counts", "is_told"),
    [
        ((13, 8, 20, 2), True),
        ((4, 4, 20, 0), False),
        ((20, 20, 4, 0), False),
        ((5, 2, 20, 2), False),
        ((13, 8, 20, 12), False),
        ((13, 2, 20, 15), False),
    ],
)
def test_a_link_is_told_only_of_two_groups_that_chance_alone_would_hardly_part(counts, is_told):
    areas = reinforcement.find_for_class(ClassSituation(links=(link(*counts),)), RULES)
    assert [area.reason for area in areas] == ([Reason.SKIPPED_LINK] if is_told else [])


def test_the_chance_is_that_of_fishers_exact_test():
    """The tea of Muriel Bristol: three of four cups right, by chance with 17 of 70 ways."""
    assert classes.chance_of(link(4, 3, 4, 1)) == pytest.approx(17 / 70)


def test_of_several_questions_on_one_lesson_the_plainest_link_is_told():
    strong = replace(link(10, 9, 20, 0), question_key="2")
    areas = reinforcement.find_for_class(ClassSituation(links=(link(13, 8, 20, 2), strong)), RULES)
    assert [area.evidence["question_keys"] for area in areas] == [["2"]]

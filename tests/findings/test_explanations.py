"""Findings in words."""

import pytest
from django.utils import translation

from tracking.events import UnitKind
from tracking.findings import explanations, presentation
from tracking.models import ABOUT_CLASS, Finding, Reason, UnitState

TITLES = {"a": "Averages", "q": "Quiz one"}
MISSED = {"quiz_key": "q", "missed_count": 2, "asked_count": 3, "state": "skipped"}
SKILL = {
    "skill_key": "a",
    "answered_count": 12,
    "correct_count": 4,
    "longest_run_count": 2,
    "expected_share": 0.31,
}
SKIMMED = {**MISSED, "state": "skimmed", "read_seconds": 40, "expected_seconds": 300}
HASTE = "Gone through in 40 s; "
FAILED = {"attempt_count": 3, "best_share": 0.625}


def finding(reason, unit_key="a", **evidence):
    return Finding(reason=reason, unit_key=unit_key, evidence=evidence)


@pytest.mark.parametrize(
    ("about", "to_learner", "to_instructor"),
    [
        (
            finding(Reason.MISSED_NOT_COVERED, **MISSED),
            "In “Quiz one” you missed 2 questions that come from this lesson. You have not read it yet.",
            "Missed 2 of 3 questions on “Averages” in “Quiz one”; the lesson: skipped.",
        ),
        (
            finding(Reason.MISSED_NOT_COVERED, **SKIMMED, is_learned=False),
            "In “Quiz one” you missed 2 questions that come from this lesson. You went through it quickly.",
            "Missed 2 of 3 questions on “Averages” in “Quiz one”; the lesson: skimmed. "
            + HASTE
            + "expected: 5 min.",
        ),
        (
            finding(Reason.MISSED_NOT_COVERED, **SKIMMED, is_learned=True),
            "In “Quiz one” you missed 2 questions that come from this lesson. You went through it quickly.",
            "Missed 2 of 3 questions on “Averages” in “Quiz one”; the lesson: skimmed. "
            + HASTE
            + "usual in this class: 5 min.",
        ),
        (
            finding(Reason.MISSED_QUESTIONS, **{**MISSED, "missed_count": 1, "state": "completed"}),
            "In “Quiz one” you missed 1 question that comes from this lesson.",
            "Missed 1 of 3 questions on “Averages” in “Quiz one”, having read the lesson.",
        ),
        (
            finding(Reason.MISSED_QUESTIONS, **MISSED),
            "In “Quiz one” you missed 2 questions that come from this lesson.",
            "Missed 2 of 3 questions on “Averages” in “Quiz one”.",
        ),
        (
            finding(Reason.MISSED_NOT_COVERED, **{**MISSED, "missed_count": 1, "asked_count": 1}),
            "In “Quiz one” you missed 1 question that comes from this lesson. You have not read it yet.",
            "Missed the one question on “Averages” in “Quiz one”; the lesson: skipped.",
        ),
        (
            finding(Reason.REPEATED_FAILURE, "q", **FAILED),
            "You have tried this 3 times. The lessons behind it may help more than another try.",
            "“Quiz one”: 3 attempts not passed, best 62 %.",
        ),
        (
            finding(Reason.NOT_PASSED, "q", **{**FAILED, "best_share": None}),
            "You are not through with this one yet: your best result so far is not graded.",
            "“Quiz one” not passed yet, best not graded.",
        ),
        (
            finding(Reason.SKIPPED),
            "You went past this, and later parts build on it.",
            "Went past “Averages” without working on it.",
        ),
        (
            finding(Reason.SKIPPED, overdue_count=1),
            "This was due and is not begun yet: a good place to go on.",
            "“Averages” was due and is not begun.",
        ),
        (
            finding(Reason.SKIPPED, overdue_count=4),
            "4 lessons and quizzes were due and are not begun yet. This is the first of them.",
            "4 lessons and quizzes were due and are not begun, the first of them “Averages”.",
        ),
        (
            finding(Reason.LONG_TIME, active_ms=1_860_000, p90_ms=600_000, n=20),
            "You have spent a good while on this (31 minutes). It may be time to ask for a hand.",
            "31 minutes on “Averages”, not finished; nine in ten of the class need at most 10.",
        ),
        (
            finding(Reason.INACTIVE, "", days=9),
            "It has been 9 days. Your place is kept: carry on where you stopped.",
            "No activity for 9 days.",
        ),
        (
            finding(Reason.MISSED_LONG_TIME, **MISSED, active_ms=5_400_000, p90_ms=None),
            (
                "In “Quiz one” you missed 2 questions that come from this lesson, and you have given it much time. "
                "Another way in may help: ask somebody, or begin with the part that was clear."
            ),
            "Missed 2 of 3 questions on “Averages” in “Quiz one”, after 90 minutes on the lesson.",
        ),
        (
            finding(Reason.WHEEL_SPINNING, "q", **SKILL),
            (
                "You have kept at “Averages” for 12 answers. Going on alone may not be the best way: ask for a hand, "
                "or go back one step."
            ),
            "“Averages”: 4 of 12 answers right over several sittings, never more than 2 in a row.",
        ),
        (
            finding(Reason.LOW_MASTERY, "q", **{**SKILL, "skill_key": "loops"}),
            "4 of your 12 answers on “loops” were right so far. Some more practice here will carry you further.",
            "“loops”: 4 of 12 answers right; the next is right with a chance of 31 %.",
        ),
        (
            finding(Reason.REVIEW_DUE, "q", **SKILL, days=40),
            "You knew “Averages” 40 days ago. A short review now keeps it.",
            "“Averages”: known 40 days ago (4 of 12 right), due for a review.",
        ),
        (
            finding(Reason.STALLED, days=16, active_day_count=5),
            "You keep coming. This is the next new thing, whenever you are ready.",
            "Has begun nothing new for 16 days, though here on 5 days of them; next is “Averages”.",
        ),
        (
            finding(Reason.AT_RISK, "", score=0.72, day=21, parts=[["absence", 0.4]]),
            "It is a good moment to pick one small thing and finish it; your instructor is glad to help.",
            "Not likely to finish (risk 72 % on day 21).",
        ),
        (
            finding(Reason.REVIEW_ASSIGNED, action_id=3, text=""),
            "Your instructor suggests that you go back to this.",
            "Has been asked to go back to “Averages”.",
        ),
        (
            finding(Reason.NEVER_STARTED, "", days=9),
            "The course is open, and your first lesson waits for you.",
            "Has not started; the course has been open to them for 9 days.",
        ),
    ],
)
def test_a_finding_says_what_was_measured_to_each_in_their_own_words(about, to_learner, to_instructor):
    assert explanations.explain_to_learner(about, TITLES) == to_learner
    assert explanations.explain_to_instructor(about, TITLES) == to_instructor


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        (
            finding(Reason.OFTEN_SKIPPED, skipped_count=9, passed_by_count=27),
            "9 of the 27 learners who should be through with it by now skipped it (33 %).",
        ),
        (
            finding(Reason.HARD_QUIZ, first_passed_count=4, attempted_count=20),
            "4 of 20 learners passed at the first attempt (20 %).",
        ),
        (
            finding(
                Reason.NOT_COVERED_LINK,
                quiz_key="q",
                missed_count=13,
                missed_not_covered_count=8,
                right_count=20,
                right_not_covered_count=2,
            ),
            (
                "62 % of the 13 learners who missed a question on it in “Quiz one” had passed it over; of the 20 who "
                "did not miss it, 10 % had. The two go together; that does not say that one causes the other."
            ),
        ),
        (
            finding(Reason.HARD_LESSON, correct_count=4, answered_count=20),
            "4 of 20 first answers on this lesson were right (20 %).",
        ),
    ],
)
def test_a_finding_about_a_class_counts_the_class(about, sentence):
    assert explanations.explain_to_instructor(about, TITLES) == sentence


def test_every_reason_has_words():
    assert set(explanations.SENTENCES_FOR_INSTRUCTOR) == set(Reason)
    assert set(explanations.SENTENCES_FOR_LEARNER) == set(Reason) - ABOUT_CLASS
    assert set(explanations.LABELS_FOR_LEARNER) == set(explanations.SENTENCES_FOR_LEARNER)


def test_nobody_reads_of_themselves_that_they_are_at_risk():
    """The card on the learner's own page was headed by the reason as instructors read it."""
    about = [Finding(reason=Reason.AT_RISK, weight=0.7, evidence={"score": 0.72, "day": 21})]
    assert [each.reason_label for each in presentation.present_to_learner(about, {})] == ["One small step"]
    assert [each.reason_label for each in presentation.present_to_instructor(about, {})] == [
        "at risk of not finishing"
    ]


@pytest.mark.parametrize(
    "state", [UnitState.SKIPPED, UnitState.SKIMMED, UnitState.BOUNCED, UnitState.NOT_REACHED]
)
def test_every_state_that_may_be_a_cause_has_words(state):
    assert state in explanations.STATE_SENTENCES


@pytest.mark.parametrize(
    ("about", "kind", "step"),
    [
        (finding(Reason.NEVER_STARTED), "", "Start the course"),
        (finding(Reason.INACTIVE), "", "Continue"),
        (finding(Reason.NOT_PASSED), UnitKind.QUIZ, "Review, then try again"),
        (finding(Reason.SKIPPED), UnitKind.LESSON, "Read this lesson"),
        (finding(Reason.MISSED_NOT_COVERED, state="skipped"), UnitKind.LESSON, "Read this lesson"),
        (finding(Reason.MISSED_NOT_COVERED, state="skimmed"), UnitKind.LESSON, "Go through it again"),
        (finding(Reason.MISSED_QUESTIONS), UnitKind.LESSON, "Go through it again"),
        (finding(Reason.STALLED), UnitKind.LESSON, "Go on here"),
        (finding(Reason.REVIEW_DUE), UnitKind.QUIZ, "Review it"),
        (finding(Reason.AT_RISK), "", "Continue"),
    ],
)
def test_every_finding_offers_a_next_step(about, kind, step):
    assert explanations.explain_next_step(about, kind) == step


def test_a_title_of_another_direction_stays_whole_in_a_sentence_from_right_to_left():
    """Of "Check: DNS" in an Arabic sentence the colon and a quotation mark stood on the other side."""
    with translation.override("ar"):
        said = explanations.explain_to_instructor(finding(Reason.REVIEW_ASSIGNED), {"a": "Check: DNS"})
    assert "\u2068Check: DNS\u2069" in said

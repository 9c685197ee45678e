"""Findings in words."""

import pytest

from tracking.events import UnitKind
from tracking.insights import explanations
from tracking.models import Finding, Reason, State

TITLES = {"a": "Averages", "q": "Quiz one"}
MISSED = {"quiz_key": "q", "missed_count": 2, "asked_count": 3, "state": "skipped"}
FAILED = {"attempt_count": 3, "best_share": 0.625}


def finding(reason, unit_key="a", **evidence):
    return Finding(reason=reason, unit_key=unit_key, evidence=evidence)


@pytest.mark.parametrize(
    ("about", "to_learner", "to_instructor"),
    [
        (
            finding(Reason.SKIPPED_CAUSE, **MISSED),
            "In “Quiz one” you missed 2 questions that come from this lesson. You have not read it yet.",
            "Missed 2 of 3 questions on “Averages” in “Quiz one”; the lesson: skipped.",
        ),
        (
            finding(Reason.LOW_SCORE, **{**MISSED, "missed_count": 1, "state": "completed"}),
            "In “Quiz one” you missed 1 question that comes from this lesson.",
            "Missed 1 of 3 questions on “Averages” in “Quiz one”, having read the lesson.",
        ),
        (
            finding(Reason.LOW_SCORE, **MISSED),
            "In “Quiz one” you missed 2 questions that come from this lesson.",
            "Missed 2 of 3 questions on “Averages” in “Quiz one”.",
        ),
        (
            finding(Reason.SKIPPED_CAUSE, **{**MISSED, "missed_count": 1, "asked_count": 1}),
            "In “Quiz one” you missed 1 question that comes from this lesson. You have not read it yet.",
            "Missed the one question on “Averages” in “Quiz one”; the lesson: skipped.",
        ),
        (
            finding(Reason.REPEATED_FAILURE, "q", **FAILED),
            "You have tried this 3 times. The lessons behind it may help more than another try.",
            "“Quiz one”: 3 attempts not passed, best 62 %.",
        ),
        (
            finding(Reason.FAILED, "q", **{**FAILED, "best_share": None}),
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
            finding(Reason.SKIPPED_BY_MANY, skipped_count=9, passed_by_count=27),
            "9 of the 27 learners who should be through with it by now skipped it (33 %).",
        ),
        (
            finding(Reason.HARD_QUIZ, first_passed_count=4, attempted_count=20),
            "4 of 20 learners passed at the first attempt (20 %).",
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
    about_class = {Reason.SKIPPED_BY_MANY, Reason.HARD_QUIZ, Reason.HARD_LESSON}
    assert set(explanations.TO_INSTRUCTOR) == set(Reason)
    assert set(explanations.TO_LEARNER) == set(Reason) - about_class


@pytest.mark.parametrize("state", [State.SKIPPED, State.SKIMMED, State.BOUNCED, State.NOT_REACHED])
def test_every_state_that_may_be_a_cause_has_words(state):
    assert state in explanations.STATE_TO_LEARNER


@pytest.mark.parametrize(
    ("about", "kind", "step"),
    [
        (finding(Reason.NEVER_STARTED), "", "Start the course"),
        (finding(Reason.INACTIVE), "", "Continue"),
        (finding(Reason.FAILED), UnitKind.QUIZ, "Review, then try again"),
        (finding(Reason.SKIPPED), UnitKind.LESSON, "Read this lesson"),
        (finding(Reason.SKIPPED_CAUSE, state="skipped"), UnitKind.LESSON, "Read this lesson"),
        (finding(Reason.SKIPPED_CAUSE, state="skimmed"), UnitKind.LESSON, "Go through it again"),
        (finding(Reason.LOW_SCORE), UnitKind.LESSON, "Go through it again"),
    ],
)
def test_every_finding_offers_a_next_step(about, kind, step):
    assert explanations.explain_next_step(about, kind) == step

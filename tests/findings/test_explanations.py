"""Findings in words."""

import pytest
from django.utils import translation

from tracking.events import UnitKind
from tracking.findings import explanations, presentation
from tracking.findings.rules import missed
from tracking.models import Finding, UnitState

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
HASTE = "Spent 40 s on it; "
FAILED = {"attempt_count": 3, "best_share": 0.625}


def finding(reason, unit_key="a", **evidence):
    return Finding(reason=reason, unit_key=unit_key, evidence=evidence)


@pytest.mark.parametrize(
    ("about", "to_learner", "to_instructor"),
    [
        (
            finding("missed_not_covered", **MISSED),
            "In “Quiz one”, you missed 2 questions about this lesson. You have not read it yet.",
            "Missed 2 of 3 questions about “Averages” in “Quiz one”. State of the lesson: skipped.",
        ),
        (
            finding("missed_not_covered", **SKIMMED, is_learned=False),
            "In “Quiz one”, you missed 2 questions about this lesson. You went through it quickly.",
            "Missed 2 of 3 questions about “Averages” in “Quiz one”. State of the lesson: skimmed. "
            + HASTE
            + "5 min expected.",
        ),
        (
            finding("missed_not_covered", **SKIMMED, is_learned=True),
            "In “Quiz one”, you missed 2 questions about this lesson. You went through it quickly.",
            "Missed 2 of 3 questions about “Averages” in “Quiz one”. State of the lesson: skimmed. "
            + HASTE
            + "5 min is typical for this class.",
        ),
        (
            finding("missed_questions", **{**MISSED, "missed_count": 1, "state": "completed"}),
            "In “Quiz one”, you missed 1 question about this lesson.",
            "Missed 1 of 3 questions about “Averages” in “Quiz one”, although the lesson was not skipped.",
        ),
        (
            finding("missed_questions", **MISSED),
            "In “Quiz one”, you missed 2 questions about this lesson.",
            "Missed 2 of 3 questions about “Averages” in “Quiz one”.",
        ),
        (
            finding("missed_not_covered", **{**MISSED, "missed_count": 1, "asked_count": 1}),
            "In “Quiz one”, you missed 1 question about this lesson. You have not read it yet.",
            "Missed the only question about “Averages” in “Quiz one”. State of the lesson: skipped.",
        ),
        (
            finding("repeated_failure", "q", **FAILED),
            (
                "You have attempted this 3 times. Reviewing the lessons it covers may help more "
                "than another attempt."
            ),
            "“Quiz one”: 3 failed attempts, best result 63 %.",
        ),
        (
            finding("not_passed", "q", **{**FAILED, "best_share": None}),
            "You have not passed this one yet. Your best result so far is not graded.",
            "“Quiz one”: not passed yet, best result not graded.",
        ),
        (
            finding("skipped"),
            "You skipped this one, and later parts build on it.",
            "Skipped “Averages”.",
        ),
        (
            finding("skipped", overdue_count=1),
            "This is overdue and not started yet. It is a good place to continue.",
            "“Averages” is overdue and not started.",
        ),
        (
            finding("skipped", overdue_count=4),
            "4 lessons and quizzes are overdue and not started yet. Begin with this one.",
            "4 lessons and quizzes are overdue and not started. The first is “Averages”.",
        ),
        (
            finding("long_time", active_ms=1_860_000, p90_ms=600_000, n=20),
            "You have spent 31 minutes on this. It may be a good time to ask for help.",
            "31 minutes on “Averages” without finishing; nine in ten learners need 10 minutes or less.",
        ),
        (
            finding("inactive", "", days=9),
            "You were last here 9 days ago. Your place is saved: pick up where you left off.",
            "No activity for 9 days.",
        ),
        (
            finding("missed_long_time", **MISSED, active_ms=5_400_000, p90_ms=None),
            (
                "In “Quiz one”, you missed 2 questions about this lesson, and you have already "
                "spent a lot of time on it. A different approach may help: ask someone, or start "
                "with the part that made sense."
            ),
            (
                "Missed 2 of 3 questions about “Averages” in “Quiz one” after spending 90 "
                "minutes on the lesson."
            ),
        ),
        (
            finding("wheel_spinning", "q", **SKILL),
            (
                "You have put real work into “Averages”: 12 answers so far. Practising alone may "
                "not be the best way forward. Ask for help, or go back one step."
            ),
            "“Averages”: 4 of 12 answers right over several visits, never more than 2 in a row.",
        ),
        (
            finding("low_mastery", "q", **{**SKILL, "skill_key": "loops"}),
            "You have 4 of 12 answers on “loops” right so far. A little more practice will help.",
            "“loops”: 4 of 12 answers right. Estimated chance of getting the next one right: 31 %.",
        ),
        (
            finding("review_due", "q", **SKILL, days=40),
            "You knew “Averages” 40 days ago. A short review now will help you remember it.",
            "“Averages”: known 40 days ago (4 of 12 right), now due for review.",
        ),
        (
            finding("stalled", days=16, active_day_count=5),
            "You keep coming back, and that matters. This is your next new step, whenever you are ready.",
            "Active on 5 days of the last 16 but started nothing new. Next: “Averages”.",
        ),
        (
            finding("at_risk", "", score=0.72, day=21, parts=[["absence", 0.4]]),
            "This is a good moment to pick one small thing and finish it. Your instructor is happy to help.",
            "At risk of not finishing (risk 72 % on day 21 of the course).",
        ),
        (
            finding("review_assigned", action_id=3, text=""),
            "Your instructor suggests going back to this.",
            "Was asked to review “Averages”.",
        ),
        (
            finding("never_started", "", days=9),
            "The course is open, and your first lesson is waiting for you.",
            "Has not started. The course has been open to this learner for 9 days.",
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
            finding("often_skipped", skipped_count=9, passed_by_count=27),
            "9 of the 27 learners who should have finished it by now skipped it (33 %).",
        ),
        (
            finding("hard_quiz", first_passed_count=4, attempted_count=20),
            "4 of 20 learners passed on the first attempt (20 %).",
        ),
        (
            finding(
                "not_covered_link",
                quiz_key="q",
                missed_count=13,
                missed_not_covered_count=8,
                right_count=20,
                right_not_covered_count=2,
            ),
            (
                "62 % of the 13 learners who missed a question about it in “Quiz one” had not "
                "covered it, compared with 10 % of the 20 who got it right. This is a "
                "correlation, not proof of a cause."
            ),
        ),
        (
            finding("hard_lesson", correct_count=4, answered_count=20),
            "4 of 20 first answers to questions about it were right (20 %).",
        ),
    ],
)
def test_a_finding_about_a_class_counts_the_class(about, sentence):
    assert explanations.explain_to_instructor(about, TITLES) == sentence


def test_nobody_reads_of_themselves_that_they_are_at_risk():
    """The card on the learner's own page was headed by the reason as instructors read it."""
    about = [Finding(reason="at_risk", weight=0.7, evidence={"score": 0.72, "day": 21})]
    assert [each.reason_label for each in presentation.present_to_learner(about, {})] == ["One small step"]
    assert [each.reason_label for each in presentation.present_to_instructor(about, {})] == [
        "at risk of not finishing"
    ]


@pytest.mark.parametrize(
    "state", [UnitState.SKIPPED, UnitState.SKIMMED, UnitState.BOUNCED, UnitState.NOT_REACHED]
)
def test_every_state_that_may_be_a_cause_has_words(state):
    assert state in missed.STATE_SENTENCES


@pytest.mark.parametrize(
    ("about", "kind", "step"),
    [
        (finding("never_started"), "", "Start the course"),
        (finding("inactive"), "", "Continue"),
        (finding("not_passed"), UnitKind.QUIZ, "Review, then try again"),
        (finding("skipped"), UnitKind.LESSON, "Read this lesson"),
        (finding("missed_not_covered", state="skipped"), UnitKind.LESSON, "Read this lesson"),
        (finding("missed_not_covered", state="skimmed"), UnitKind.LESSON, "Go through it again"),
        (finding("missed_questions"), UnitKind.LESSON, "Go through it again"),
        (finding("stalled"), UnitKind.LESSON, "Continue here"),
        (finding("review_due"), UnitKind.QUIZ, "Review it"),
        (finding("at_risk"), "", "Continue"),
    ],
)
def test_every_finding_offers_a_next_step(about, kind, step):
    assert explanations.explain_next_step(about, kind) == step


def test_a_title_of_another_direction_stays_whole_in_a_sentence_from_right_to_left():
    """Of "Check: DNS" in an Arabic sentence the colon and a quotation mark stood on the other side."""
    with translation.override("ar"):
        said = explanations.explain_to_instructor(finding("review_assigned"), {"a": "Check: DNS"})
    assert "\u2068Check: DNS\u2069" in said

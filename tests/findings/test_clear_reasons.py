"""What made a finding go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tracking.events import UnitKind
from tracking.findings import clear_reasons
from tracking.findings.candidates import Candidate
from tracking.findings.facts import AssignedReview, LearnerFacts, UnitFactsOfLearner
from tracking.models import ClearReason, Finding, UnitState

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
OPENED = NOW - timedelta(days=3)
LEARNER = LearnerFacts(
    units=(
        UnitFactsOfLearner(key="a", kind=UnitKind.LESSON, position=1, state=UnitState.IN_PROGRESS),
        UnitFactsOfLearner(key="q", kind=UnitKind.QUIZ, position=2, state=UnitState.FAILED),
    ),
    last_at=OPENED - timedelta(days=9),
)


def finding(reason="skipped", unit_key="a", **evidence):
    return Finding(reason=reason, unit_key=unit_key, opened_at=OPENED, evidence=evidence)


def having(key, state):
    return replace(
        LEARNER,
        units=tuple(replace(each, state=state) if each.key == key else each for each in LEARNER.units),
    )


ABSENT = finding("inactive", "")
ASSIGNED = finding("review_assigned")
REVIEW = AssignedReview(action_id=1, unit_key="a", assigned_at=OPENED, is_done=True)


@pytest.mark.parametrize(
    ("about", "learner", "areas", "what"),
    [
        (finding(), None, [], ClearReason.UNENROLLED),
        (finding(), replace(LEARNER, ends_at=NOW), [], ClearReason.NOT_RUNNING),
        (finding(), replace(LEARNER, starts_at=NOW + timedelta(1)), [], ClearReason.NOT_RUNNING),
        (finding(), replace(LEARNER, is_finished=True), [], ClearReason.COURSE_FINISHED),
        (ASSIGNED, LEARNER, [], ClearReason.REVIEW_WITHDRAWN),
        (ASSIGNED, replace(LEARNER, reviews=(REVIEW,), is_finished=True), [], ClearReason.REVIEW_DONE),
        (ABSENT, replace(LEARNER, last_at=OPENED), [], ClearReason.RETURNED),
        (ABSENT, LEARNER, [], ClearReason.IMPROVED),
        (finding(unit_key="gone"), LEARNER, [], ClearReason.UNAVAILABLE),
        (finding(), having("a", UnitState.LOCKED), [], ClearReason.UNAVAILABLE),
        (finding(), having("a", UnitState.EXCUSED), [], ClearReason.EXCUSED),
        (finding(), having("a", UnitState.COMPLETED), [], ClearReason.COMPLETED),
        (
            finding("missed_questions", quiz_key="q"),
            having("q", UnitState.COMPLETED),
            [],
            ClearReason.COMPLETED,
        ),
        (finding(), LEARNER, [], ClearReason.IMPROVED),
        (
            finding(),
            LEARNER,
            [Candidate(unit_key="a", reason="missed_not_covered", weight=0.9)],
            ClearReason.REPLACED,
        ),
    ],
)
def test_a_finding_says_what_cleared_it(about, learner, areas, what):
    assert clear_reasons.learner_clear_reason(about, learner=learner, areas=areas, now=NOW) is what


def test_a_reason_that_was_switched_off_says_so(settings):
    settings.TRACKING = {"DISABLED_REASONS": ("skipped",)}
    assert (
        clear_reasons.learner_clear_reason(finding(), learner=LEARNER, areas=[], now=NOW)
        is ClearReason.RULE_DISABLED
    )
    assert clear_reasons.class_clear_reason(finding(), unit_keys={"a"}) is ClearReason.RULE_DISABLED


def test_a_finding_about_a_class_goes_with_its_unit_or_as_things_get_better():
    about = finding("hard_quiz", "q")
    assert clear_reasons.class_clear_reason(about, unit_keys={"q"}) is ClearReason.IMPROVED
    assert clear_reasons.class_clear_reason(about, unit_keys={"a"}) is ClearReason.UNAVAILABLE

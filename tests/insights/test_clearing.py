"""What made a finding go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tracking.events import UnitKind
from tracking.insights import clearing
from tracking.insights.areas import Area
from tracking.insights.situations import LearnerSituation, Review, UnitSituation
from tracking.models import Clearing, Finding, Reason, State

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
OPENED = NOW - timedelta(days=3)
LEARNER = LearnerSituation(
    units=(
        UnitSituation(key="a", kind=UnitKind.LESSON, position=1, state=State.IN_PROGRESS),
        UnitSituation(key="q", kind=UnitKind.QUIZ, position=2, state=State.FAILED),
    ),
    last_at=OPENED - timedelta(days=9),
)


def finding(reason=Reason.SKIPPED, unit_key="a", **evidence):
    return Finding(reason=reason, unit_key=unit_key, opened_at=OPENED, evidence=evidence)


def having(key, state):
    return replace(
        LEARNER,
        units=tuple(replace(each, state=state) if each.key == key else each for each in LEARNER.units),
    )


ABSENT = finding(Reason.INACTIVE, "")
ASSIGNED = finding(Reason.ASSIGNED)
REVIEW = Review(action_id=1, unit_key="a", assigned_at=OPENED, is_done=True)


@pytest.mark.parametrize(
    ("about", "learner", "areas", "what"),
    [
        (finding(), None, [], Clearing.UNENROLLED),
        (finding(), replace(LEARNER, ends_at=NOW), [], Clearing.NOT_RUNNING),
        (finding(), replace(LEARNER, starts_at=NOW + timedelta(1)), [], Clearing.NOT_RUNNING),
        (finding(), replace(LEARNER, is_finished=True), [], Clearing.FINISHED),
        (ASSIGNED, LEARNER, [], Clearing.WITHDRAWN),
        (ASSIGNED, replace(LEARNER, reviews=(REVIEW,), is_finished=True), [], Clearing.REVIEWED),
        (ABSENT, replace(LEARNER, last_at=OPENED), [], Clearing.RETURNED),
        (ABSENT, LEARNER, [], Clearing.IMPROVED),
        (finding(unit_key="gone"), LEARNER, [], Clearing.UNAVAILABLE),
        (finding(), having("a", State.LOCKED), [], Clearing.UNAVAILABLE),
        (finding(), having("a", State.EXEMPT), [], Clearing.EXEMPT),
        (finding(), having("a", State.COMPLETED), [], Clearing.COMPLETED),
        (finding(Reason.LOW_SCORE, quiz_key="q"), having("q", State.COMPLETED), [], Clearing.COMPLETED),
        (finding(), LEARNER, [], Clearing.IMPROVED),
        (
            finding(),
            LEARNER,
            [Area(unit_key="a", reason=Reason.SKIPPED_CAUSE, weight=0.9)],
            Clearing.REPLACED,
        ),
    ],
)
def test_a_finding_says_what_cleared_it(about, learner, areas, what):
    assert clearing.of_learner(about, learner=learner, areas=areas, now=NOW) is what


def test_a_reason_that_was_switched_off_says_so(settings):
    settings.TRACKING = {"REASONS_OFF": ("skipped",)}
    assert clearing.of_learner(finding(), learner=LEARNER, areas=[], now=NOW) is Clearing.SWITCHED_OFF
    assert clearing.of_class(finding(), unit_keys={"a"}) is Clearing.SWITCHED_OFF


def test_a_finding_about_a_class_goes_with_its_unit_or_as_things_get_better():
    about = finding(Reason.HARD_QUIZ, "q")
    assert clearing.of_class(about, unit_keys={"q"}) is Clearing.IMPROVED
    assert clearing.of_class(about, unit_keys={"a"}) is Clearing.UNAVAILABLE

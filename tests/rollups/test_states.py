"""The state of a unit, rule by rule."""

from dataclasses import replace

import pytest

from tracking.conf import TrackingSettings
from tracking.events import UnitKind
from tracking.models import State
from tracking.rollups import states
from tracking.rollups.states import AttemptFacts, UnitFacts

RULES = TrackingSettings()
LESSON = UnitFacts(kind=UnitKind.LESSON, expected_seconds=100)
READ = replace(LESSON, is_opened=True, active_ms=60_000, scroll_percent=100)
QUIZ = UnitFacts(kind=UnitKind.QUIZ)


@pytest.mark.parametrize(
    ("unit", "state"),
    [
        (replace(READ, is_exempt=True), State.EXEMPT),
        (replace(READ, is_available=False), State.LOCKED),
        (READ, State.COMPLETED),
        (replace(READ, expected_seconds=None), State.COMPLETED),
        (replace(LESSON, is_host_completed=True), State.COMPLETED),
        (replace(READ, scroll_percent=79), State.IN_PROGRESS),
        (replace(READ, active_ms=19_999), State.SKIMMED),
        (replace(READ, active_ms=20_000), State.COMPLETED),
        (replace(READ, active_ms=4_999, expected_seconds=None), State.BOUNCED),
        (replace(READ, active_ms=4_999, scroll_percent=10), State.BOUNCED),
        (replace(READ, active_ms=5_000, scroll_percent=10), State.IN_PROGRESS),
        (replace(LESSON, is_opened=True, has_time=False), State.IN_PROGRESS),
        (LESSON, State.NOT_REACHED),
        (replace(LESSON, is_later_engaged=True), State.SKIPPED),
        (replace(LESSON, is_due_passed=True), State.SKIPPED),
        (replace(LESSON, is_later_engaged=True, is_due_passed=True, is_shared=False), State.NOT_REACHED),
        (replace(LESSON, is_later_engaged=True, is_required=False), State.NOT_REACHED),
        (replace(QUIZ, attempts=AttemptFacts(started_count=1)), State.IN_PROGRESS),
        (replace(QUIZ, attempts=AttemptFacts(started_count=1, submitted_count=1)), State.SUBMITTED),
        (
            replace(
                QUIZ,
                attempts=AttemptFacts(started_count=1, submitted_count=1, is_graded=True, is_passed=False),
            ),
            State.FAILED,
        ),
        (
            replace(
                QUIZ,
                attempts=AttemptFacts(started_count=2, submitted_count=2, is_graded=True, is_passed=True),
            ),
            State.COMPLETED,
        ),
        (
            replace(QUIZ, attempts=AttemptFacts(started_count=1, submitted_count=1, is_graded=True)),
            State.COMPLETED,
        ),
        (replace(QUIZ, is_opened=True, active_ms=60_000, scroll_percent=100), State.IN_PROGRESS),
        (replace(QUIZ, is_due_passed=True), State.SKIPPED),
    ],
)
def test_the_first_rule_that_fits_decides_the_state(unit, state):
    assert states.state_of(unit, RULES) is state


def test_thresholds_come_from_the_settings():
    lenient = TrackingSettings(SKIMMED_SHARE=0.1)
    assert states.state_of(replace(READ, active_ms=15_000), lenient) is State.COMPLETED

"""The state of a unit, rule by rule."""

import itertools

import pytest

from tracking.conf import TrackingSettings
from tracking.events import UnitKind
from tracking.models import UnitState
from tracking.rollups.learner import states
from tracking.rollups.learner.states import AttemptFacts, UnitFacts

RULES = TrackingSettings()
LESSON = UnitFacts(kind=UnitKind.LESSON, expected_seconds=100)
READ = LESSON._replace(is_opened=True, spent_ms=60_000, scroll_percent=100)
QUIZ = UnitFacts(kind=UnitKind.QUIZ)


@pytest.mark.parametrize(
    ("unit", "state"),
    [
        (READ._replace(is_excused=True), UnitState.EXCUSED),
        (READ._replace(is_available=False), UnitState.LOCKED),
        (READ, UnitState.COMPLETED),
        (READ._replace(expected_seconds=None), UnitState.COMPLETED),
        (LESSON._replace(is_host_completed=True), UnitState.COMPLETED),
        (READ._replace(scroll_percent=79), UnitState.IN_PROGRESS),
        (READ._replace(spent_ms=19_999), UnitState.SKIMMED),
        (READ._replace(spent_ms=20_000), UnitState.COMPLETED),
        (READ._replace(spent_ms=4_999, expected_seconds=None), UnitState.BOUNCED),
        (READ._replace(spent_ms=4_999, scroll_percent=10), UnitState.BOUNCED),
        (READ._replace(spent_ms=5_000, scroll_percent=10), UnitState.IN_PROGRESS),
        (LESSON._replace(is_opened=True, has_time=False), UnitState.IN_PROGRESS),
        (LESSON, UnitState.NOT_REACHED),
        (LESSON._replace(is_later_engaged=True), UnitState.SKIPPED),
        (LESSON._replace(is_due_passed=True), UnitState.SKIPPED),
        (LESSON._replace(is_later_engaged=True, is_due_passed=True, is_shared=False), UnitState.NOT_REACHED),
        (LESSON._replace(is_later_engaged=True, is_required=False), UnitState.NOT_REACHED),
        (QUIZ._replace(attempts=AttemptFacts(started_count=1)), UnitState.IN_PROGRESS),
        (QUIZ._replace(attempts=AttemptFacts(started_count=1, submitted_count=1)), UnitState.SUBMITTED),
        (
            QUIZ._replace(
                attempts=AttemptFacts(started_count=1, submitted_count=1, is_graded=True, is_passed=False),
            ),
            UnitState.FAILED,
        ),
        (
            QUIZ._replace(
                attempts=AttemptFacts(started_count=2, submitted_count=2, is_graded=True, is_passed=True),
            ),
            UnitState.COMPLETED,
        ),
        (
            QUIZ._replace(attempts=AttemptFacts(started_count=1, submitted_count=1, is_graded=True)),
            UnitState.COMPLETED,
        ),
        (QUIZ._replace(is_opened=True, spent_ms=60_000, scroll_percent=100), UnitState.IN_PROGRESS),
        (QUIZ._replace(is_due_passed=True), UnitState.SKIPPED),
    ],
)
def test_the_first_rule_that_fits_decides_the_state(unit, state):
    assert states.unit_state(unit, RULES) is state


def test_thresholds_come_from_the_settings():
    lenient = TrackingSettings(SKIMMED_SHARE=0.1)
    assert states.unit_state(READ._replace(spent_ms=15_000), lenient) is UnitState.COMPLETED


# --- Every combination of the facts, against rules written down a second time ---

ATTEMPTS = {
    "none": AttemptFacts(),
    "begun": AttemptFacts(started_count=1),
    "submitted": AttemptFacts(started_count=2, submitted_count=1),
    "no mark": AttemptFacts(started_count=1, submitted_count=1, is_graded=True),
    "failed": AttemptFacts(started_count=1, submitted_count=1, is_graded=True, is_passed=False),
    "passed": AttemptFacts(started_count=3, submitted_count=2, is_graded=True, is_passed=True),
}
SWITCHES = (
    "is_available",
    "is_excused",
    "is_required",
    "is_host_completed",
    "is_opened",
    "has_time",
    "is_shared",
)
ACTIVE_SECONDS = (0, 4.999, 5, 19.999, 20)
PASSED_BY = ((False, False), (True, False), (False, True), (True, True))


def combinations():
    """Yield every unit that the facts allow, with the name of its attempts: 276,480 of them."""
    for switches in itertools.product((True, False), repeat=len(SWITCHES)):
        known = dict(zip(SWITCHES, switches, strict=True))
        for kind, seconds, scroll, expected, (name, attempts), (later, due) in itertools.product(
            (UnitKind.LESSON, UnitKind.QUIZ, UnitKind.OTHER),
            ACTIVE_SECONDS,
            (0, 79, 80),
            (None, 100),
            ATTEMPTS.items(),
            PASSED_BY,
        ):
            yield (
                name,
                UnitFacts(
                    kind=kind,
                    spent_ms=round(seconds * 1000),
                    scroll_percent=scroll,
                    expected_seconds=expected,
                    attempts=attempts,
                    is_later_engaged=later,
                    is_due_passed=due,
                    **known,
                ),
            )


def oracle(name, unit):
    """Return the state as section 6 of the design says it: a list of claims, of which the first true one holds."""
    is_quiz = unit.kind is UnitKind.QUIZ
    read_to_the_end = unit.scroll_percent >= 80
    hurried = unit.expected_seconds is not None and unit.spent_ms < unit.expected_seconds * 200
    worked = unit.spent_ms >= 5000 or name != "none" or (unit.is_opened and not unit.has_time)
    claims = (
        (UnitState.EXCUSED, unit.is_excused),
        (UnitState.LOCKED, not unit.is_available),
        (UnitState.COMPLETED, unit.is_host_completed or name in ("passed", "no mark")),
        (UnitState.SUBMITTED, name == "submitted"),
        (UnitState.FAILED, name == "failed"),
        (
            UnitState.COMPLETED,
            not is_quiz and unit.spent_ms >= 5000 and read_to_the_end and not hurried,
        ),
        (UnitState.SKIMMED, not is_quiz and name == "none" and read_to_the_end and hurried),
        (UnitState.IN_PROGRESS, worked),
        (UnitState.BOUNCED, unit.is_opened),
        (
            UnitState.SKIPPED,
            unit.is_required and unit.is_shared and (unit.is_later_engaged or unit.is_due_passed),
        ),
        (UnitState.NOT_REACHED, True),
    )
    return next(state for state, is_true in claims if is_true)


def test_every_combination_of_the_facts_has_the_state_that_the_design_gives_it():
    wrong = [
        (name, unit)
        for name, unit in combinations()
        if states.unit_state(unit, RULES) is not oracle(name, unit)
    ]
    assert wrong[:3] == []


@pytest.mark.parametrize(
    "unit",
    [
        QUIZ._replace(is_opened=True, spent_ms=1000, scroll_percent=100, expected_seconds=100),
        READ._replace(spent_ms=1000, attempts=AttemptFacts(started_count=1)),
    ],
)
def test_neither_a_quiz_nor_what_is_being_tried_is_skimmed(unit):
    """A quiz whose page was scrolled through at once was said to have been skimmed, and its attempt under way too."""
    assert states.unit_state(unit, RULES) is not UnitState.SKIMMED

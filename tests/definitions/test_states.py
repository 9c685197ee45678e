"""Which states count as what, and what belongs to a module."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tracking.definitions import modules, states
from tracking.definitions.states import UnitState

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)


def test_what_counts_is_either_reached_or_unopened():
    assert {*UnitState} - states.NOT_COUNTED == states.REACHED | states.UNOPENED
    assert not states.REACHED & states.UNOPENED
    assert {*UnitState} - states.NOT_COUNTED - states.WORKED_ON == states.NOT_BEGUN


def test_a_gap_is_what_was_not_covered_and_is_not_still_ahead():
    assert states.NOT_COVERED - {UnitState.NOT_REACHED} == states.GAPS


@pytest.mark.parametrize(
    ("counted", "state"),
    [
        ([], None),
        (["completed", "completed"], "completed"),
        (["completed", "not_reached"], "in_progress"),
        (["bounced", "skipped"], "in_progress"),
        (["skipped", "not_reached"], "skipped"),
        (["not_reached", "not_reached"], "not_reached"),
    ],
)
def test_the_state_of_a_module_follows_from_what_counts_in_it(counted, state):
    assert states.module_state([UnitState(each) for each in counted]) == state


@pytest.mark.parametrize(
    ("state", "due_at", "is_overdue"),
    [
        ("not_reached", None, False),
        ("not_reached", NOW, False),
        ("not_reached", NOW - timedelta(days=1), True),
        ("failed", NOW - timedelta(days=1), True),
        ("completed", NOW - timedelta(days=1), False),
        ("submitted", NOW - timedelta(days=1), False),
        ("excused", NOW - timedelta(days=1), False),
    ],
)
def test_overdue_is_what_is_left_to_do_after_its_date(state, due_at, is_overdue):
    assert states.is_overdue(UnitState(state), due_at, now=NOW) is is_overdue


@pytest.mark.parametrize(
    ("state", "kind", "is_shared", "is_shown"),
    [
        ("skimmed", "lesson", True, True),
        ("skimmed", "lesson", False, False),
        ("excused", "lesson", False, True),
        ("failed", "quiz", False, True),
    ],
)
def test_the_course_record_is_shown_of_everyone(state, kind, is_shared, is_shown):
    assert states.is_shown(UnitState(state), kind, is_shared=is_shared) is is_shown


def unit(key, parent="", kind="lesson", **fields):
    return SimpleNamespace(
        unit_key=key, parent_key=parent, kind=kind, **{"is_available": True, "is_required": True, **fields}
    )


def outline(*units):
    return {each.unit_key: each for each in units}


def test_a_lesson_belongs_to_every_module_above_it():
    units = outline(unit("m", kind="module"), unit("n", "m", "module"), unit("a", "n"), unit("b", "a"))
    assert modules.module_keys(units["b"], units) == ("n", "m")
    assert modules.nearest_module_key(units["b"], units) == "n"


def test_what_is_in_no_module_is_together():
    assert modules.module_keys(unit("a", "gone"), {}) == ("",)


def test_units_that_hold_each_other_end():
    units = outline(unit("m", "n", "module"), unit("n", "m", "module"), unit("a", "m"))
    assert modules.module_keys(units["a"], units) == ("m", "n")


@pytest.mark.parametrize(
    ("asked", "is_asked_for"),
    [
        (unit("a"), True),
        (unit("m", kind="module"), False),
        (unit("a", is_required=False), False),
        (unit("a", is_available=False), False),
    ],
)
def test_progress_is_asked_of_what_is_required_and_available(asked, is_asked_for):
    assert modules.is_asked_for(asked) is is_asked_for

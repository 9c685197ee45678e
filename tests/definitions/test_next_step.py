"""What comes next for a learner, decided by one function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tracking.definitions.next_step import NextStep, StepReason, find_next_step
from tracking.definitions.states import UnitState as S
from tracking.events import UnitKind

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    key: str
    kind: str = "lesson"
    state: S | None = S.NOT_REACHED
    is_required: bool = True
    due_at: datetime | None = None
    last_at: datetime | None = None


def unit(key, state=S.NOT_REACHED, *, hours_ago=None, **changes):
    kind = UnitKind.QUIZ if key.startswith("q") else UnitKind.LESSON
    last_at = None if hours_ago is None else NOW - timedelta(hours=hours_ago)
    return Unit(key=key, kind=kind, state=state, last_at=last_at, **changes)


def step(*units, missed=None, is_read_known=True):
    found = find_next_step(units, missed_lessons=missed or {}, is_read_known=is_read_known, now=NOW)
    return None if found is None else (found.unit_key, str(found.reason))


def test_who_has_begun_nothing_starts_at_the_first_unit():
    assert step(unit("a"), unit("b")) == ("a", "start")


@pytest.mark.parametrize("glance", [S.BOUNCED, S.SKIMMED])
def test_who_glanced_at_every_page_starts_at_the_first_one(glance):
    seen = [unit(key, glance, hours_ago=3 - number) for number, key in enumerate("abc")]
    assert step(*seen, unit("q", S.IN_PROGRESS, hours_ago=0)) == ("a", "start")


def test_a_lesson_that_was_begun_is_continued():
    assert step(unit("a", S.SKIPPED), unit("b", S.IN_PROGRESS, hours_ago=1), unit("c")) == ("b", "continue")


def test_after_a_completed_unit_comes_the_next_one():
    assert step(unit("a", S.SKIPPED), unit("b", S.COMPLETED, hours_ago=1), unit("c")) == ("c", "continue")


def test_after_the_last_unit_comes_the_first_that_was_left_out():
    assert step(unit("a", S.SKIPPED), unit("b", S.COMPLETED, hours_ago=1)) == ("a", "continue")


def test_what_is_overdue_comes_before_what_is_next_and_the_oldest_first():
    days = timedelta(days=1)
    units = (
        unit("a", S.IN_PROGRESS, hours_ago=1),
        unit("b", due_at=NOW - days),
        unit("c", due_at=NOW - 2 * days),
        unit("d", due_at=NOW + days),
    )
    assert step(*units) == ("c", "overdue")


def test_a_lesson_about_which_questions_were_missed_comes_before_the_quiz():
    units = (unit("a", S.SKIPPED), unit("b", S.SKIPPED), unit("q", S.FAILED, hours_ago=1))
    found = find_next_step(units, missed_lessons={"q": {"b"}}, is_read_known=True, now=NOW)
    assert found == NextStep(unit_key="b", reason=StepReason.LESSON_FIRST, quiz_key="q")


def test_without_questions_the_first_uncovered_lesson_since_the_quiz_before_comes_first():
    units = (
        unit("a", S.SKIPPED),
        unit("q1", S.COMPLETED, hours_ago=2),
        unit("b", S.SKIMMED),
        unit("q2", S.FAILED, hours_ago=1),
    )
    assert step(*units) == ("b", "lesson_first")


def test_a_failed_quiz_whose_lessons_were_read_is_tried_again():
    assert step(unit("a", S.COMPLETED, hours_ago=2), unit("q", S.FAILED, hours_ago=1)) == ("q", "continue")


def test_of_who_does_not_share_it_is_not_known_which_lessons_were_read():
    units = (unit("a"), unit("q", S.FAILED, hours_ago=1))
    assert step(*units, is_read_known=False) == ("q", "continue")


def test_locked_excused_and_optional_units_are_no_step():
    units = (unit("a", S.LOCKED), unit("b", S.EXCUSED), unit("c", is_required=False), unit("d"))
    assert step(*units) == ("d", "start")


def test_there_is_no_step_if_all_is_done_or_waits_for_its_grade():
    assert step(unit("a", S.COMPLETED), unit("q", S.SUBMITTED)) is None

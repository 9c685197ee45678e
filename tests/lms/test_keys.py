import uuid

import pytest
from django.contrib.sessions.models import Session
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Course, Lesson, Module
from tracking.exceptions import AdapterError
from tracking.lms.keys import MAX_KEY_LENGTH, KeyRule

BY_SLUGS = KeyRule(entry=("module__slug", "slug"), model=Lesson, prefix="lesson:")
BY_PK = KeyRule(entry="pk", model=Lesson, prefix="lesson:")
LESSON = Lesson(pk=7, slug="names", module=Module(slug="dns", course=Course()))


def test_a_key_is_made_of_the_values_of_its_paths():
    assert [BY_PK.of(LESSON), BY_SLUGS.of(LESSON)] == ["lesson:7", "lesson:dns/names"]


def test_a_key_may_be_made_by_a_callable_and_end_at_a_row():
    rule = KeyRule(entry=lambda lesson: lesson.module, model=Lesson)
    module = Module(pk=3)

    assert rule.of(Lesson(module=module)) == "3"


@given(st.text("abc-_", min_size=1), st.text("abc-_/", min_size=1))
def test_a_row_is_found_again_by_the_lookups_of_its_key(first, second):
    key = BY_SLUGS.joined([first, second])

    assert BY_SLUGS.filters(key) == {"module__slug": first, "slug": second}


@pytest.mark.parametrize("key", ["quiz:dns/names", "lesson:dns", "dns/names", ""])
def test_what_is_no_key_of_these_rows_finds_none(key):
    assert BY_SLUGS.filters(key) is None


def test_one_value_may_be_the_whole_key():
    assert BY_SLUGS.from_values(["dns/names"]) == "lesson:dns/names"


def test_more_or_fewer_values_than_parts_are_refused():
    with pytest.raises(AdapterError, match="cannot be built from 3 values"):
        BY_SLUGS.from_values(["a", "b", "c"])


def test_values_are_put_as_their_field_puts_them():
    by_uuid = KeyRule(entry="pk", model=None)
    given = uuid.UUID("12345678-1234-5678-1234-567812345678")

    assert BY_PK.from_values(["007"]) == "lesson:7"
    assert BY_PK.from_values(["seven"]) is None
    assert by_uuid.from_values([given]) == "12345678-1234-5678-1234-567812345678"
    assert KeyRule(entry="pk", model=Session).from_values([5]) == "5"


def test_lookups_that_state_the_key_need_no_question_to_the_database():
    assert BY_SLUGS.values_in({"slug": "names", "module__slug": "dns"}) == ["dns", "names"]
    assert BY_SLUGS.values_in({"slug": "names"}) is None
    assert KeyRule(entry=str, model=Lesson).values_in({}) is None


def test_a_key_too_long_to_store_is_cut_and_still_differs_from_others():
    rule = KeyRule(entry="path", model=None)
    long, longer = (rule.joined(["x" * length]) for length in (300, 301))

    assert len(long) == len(longer) == MAX_KEY_LENGTH
    assert long != longer

"""What is packed comes back from the server as it was: every type, nulls among them, whatever the values."""

import json
from datetime import UTC, datetime

import pytest
from django.db import DataError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracking.storage import bulk_insert, packed_arrays

LAST = datetime(9999, 12, 31)  # noqa: DTZ001  As Hypothesis wants it.
VALUES = {
    "boolean": st.booleans(),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "double precision": st.floats(allow_nan=False),
    "text": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    "date": st.dates(),
    "timestamp with time zone": st.datetimes(max_value=LAST, timezones=st.just(UTC)),
    "uuid": st.uuids(),
    "jsonb": st.dictionaries(
        st.text("abc", max_size=3), st.integers() | st.booleans() | st.none(), max_size=3
    ),
}


def test_every_type_is_tried():
    assert set(VALUES) == set(packed_arrays.TYPES)


@pytest.mark.postgresql
@pytest.mark.parametrize("type_name", VALUES)
def test_values_come_back_as_they_went_in(type_name, db):
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(values=st.lists(st.none() | VALUES[type_name], min_size=1, max_size=6))
    def check(values):
        returned = bulk_insert._execute(
            f"SELECT * FROM unnest(%b::{type_name}[])",
            [packed_arrays.pack_array(type_name, values)],
            fetches=True,
        )
        # Django has JSON come as text, for a field to decode.
        assert [
            json.loads(value) if isinstance(value, str) and type_name == "jsonb" else value
            for (value,) in returned
        ] == values

    check()


@pytest.mark.postgresql
def test_what_python_takes_for_equal_and_json_does_not_stays_apart(db):
    values = [{"a": 1}, {"a": True}]
    returned = bulk_insert._execute(
        "SELECT value::text FROM unnest(%b::jsonb[]) value",
        [packed_arrays.pack_array("jsonb", values)],
        fetches=True,
    )
    assert returned == [('{"a": 1}',), ('{"a": true}',)]


@pytest.mark.parametrize(
    ("type_name", "value"), [("smallint", 2**15), ("integer", -(2**31) - 1), ("bigint", 2**63)]
)
def test_a_number_that_does_not_fit_is_the_databases_error(type_name, value):
    with pytest.raises(DataError, match=type_name):
        packed_arrays.pack_array(type_name, [value])

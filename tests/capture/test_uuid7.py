"""Time-ordered identifiers."""

from datetime import UTC, datetime, timedelta

from tracking.capture import uuid7

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)


def test_an_identifier_is_of_version_7_and_carries_its_moment():
    made = uuid7.make_uuid7(NOW)
    assert (made.version, made.variant, made.int >> 80) == (
        7,
        "specified in RFC 4122",
        round(NOW.timestamp() * 1000),
    )


def test_identifiers_sort_by_their_moments():
    made = [uuid7.make_uuid7(NOW + timedelta(milliseconds=step)) for step in range(50)]
    assert made == sorted(made)
    assert len(set(made)) == 50

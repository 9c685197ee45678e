"""What is kept of an error says what broke and where, and nothing that it was about."""

import logging

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection

from tests import factories
from tracking import scrubbing
from tracking.exceptions import AdapterError, UnknownEventKind

PLANTED = "zz-planted-zz"


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"invalid literal for int(): '{PLANTED}'"),
        KeyError(PLANTED),
        RuntimeError(f"{PLANTED} has no group."),
        ValidationError(f"“{PLANTED}” is no key."),
        IntegrityError(f'null value in column "x"\nDETAIL:  Failing row contains (1, {PLANTED}).'),
        DatabaseError(f'invalid input syntax for type integer: "{PLANTED}"'),
        DatabaseError(f"Key (learner_id, name)=(7, {PLANTED}) is not there."),
        UnknownEventKind(f"{PLANTED!r} is not an event kind."),
        OSError(2, "No such file", f"/home/{PLANTED}/x"),
        AdapterError(f"No user has the address {PLANTED}@example.org."),
    ],
)
def test_what_an_error_was_about_is_not_kept(error):
    assert PLANTED not in scrubbing.describe_error(error)
    assert PLANTED not in logging.Formatter().formatException(scrubbing.safe_exc_info(error))


def test_kind_place_and_the_name_of_a_rule_are_kept():
    message = 'duplicate key value violates unique constraint "tracking_event_pkey"\nDETAIL:  Key (id)=(7).'
    with pytest.raises(IntegrityError) as caught:
        raise IntegrityError(message)
    told = scrubbing.describe_error(caught.value)
    logged = logging.Formatter().formatException(scrubbing.safe_exc_info(caught.value))
    start = 'IntegrityError: duplicate key value violates unique constraint "tracking_event_pkey" ('
    assert told.startswith(start)
    assert told.endswith("in test_kind_place_and_the_name_of_a_rule_are_kept)")
    assert "Traceback" in logged
    assert "raise IntegrityError(message)" in logged


def test_a_long_message_is_cut_and_long_numbers_are_left_out():
    told = scrubbing.describe_error(DatabaseError("learner 918273645 " + "x" * 999))
    assert told.startswith("DatabaseError: learner … xxx")
    assert len(told) < 400


@pytest.mark.django_db
def test_what_the_database_says_of_a_row_is_not_kept():
    factories.UserFactory.create(username=PLANTED)
    table = get_user_model()._meta.db_table
    with connection.cursor() as cursor, pytest.raises(IntegrityError) as caught:
        cursor.execute(f"INSERT INTO {table} SELECT * FROM {table}")
    if connection.vendor == "postgresql":
        assert "DETAIL" in str(caught.value)
    assert PLANTED not in scrubbing.describe_error(caught.value)
    assert scrubbing.describe_error(caught.value).startswith("IntegrityError: ")

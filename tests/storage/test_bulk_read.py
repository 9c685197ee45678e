"""Rows read past the ORM are what the ORM would have read."""

from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from tracking.models import LearnerCourseDay
from tracking.storage import bulk_read

NAMES = ("pk", "learner_id", "course_key", "day", "active_ms", "last_at", "hours", "transitions", "is_final")
# Outside of a transaction, where a cursor of the server has to outlive the statement that made it.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stored(make_learner):
    """Two days of one learner, of which one holds nothing yet."""
    learner = make_learner("lena")
    for day in (1, 2):
        LearnerCourseDay.objects.create(
            learner=learner,
            course_key="c",
            day=date(2026, 3, day),
            active_ms=1000 * day,
            last_at=datetime(2026, 3, day, 7, 30, 15, 123456, tzinfo=UTC),
            hours={"7": [1, 2]} if day == 1 else {},
            transitions={"": {"ä": 1}} if day == 1 else {},
        )
    return LearnerCourseDay.objects.order_by("day")


@pytest.mark.parametrize("is_disabled", [False, True])
def test_values_are_those_of_the_orm(stored, monkeypatch, is_disabled):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", is_disabled)
    assert list(bulk_read.iter_values(stored, *NAMES)) == list(stored.values_list(*NAMES))


def test_more_rows_than_are_held_at_a_time_all_come(stored, monkeypatch):
    monkeypatch.setattr(bulk_read, "CHUNK", 1)
    assert len(list(bulk_read.iter_values(stored, "pk"))) == 2


def test_of_nobody_nothing_is_read(stored):
    assert list(bulk_read.iter_values(stored.filter(learner_id__in=[]), *NAMES)) == []


def test_figures_reckoned_by_the_database_can_be_asked_for(stored):
    added = stored.order_by().values("course_key").annotate(total=Sum("active_ms"))
    assert list(bulk_read.iter_values(added, "course_key", "total")) == [("c", 3000)]


def test_a_reader_who_stops_early_leaves_the_transaction_usable(stored):
    with transaction.atomic():
        with closing(bulk_read.iter_values(stored, *NAMES)) as rows:
            next(rows)
        assert stored.count() == 2


@pytest.mark.postgresql
def test_within_a_transaction_the_server_plans_for_every_row_and_after_it_as_the_host_does(stored):
    with transaction.atomic():
        list(bulk_read.iter_values(stored, "pk"))
        within = _planned_share()
    assert (within, _planned_share()) == ("1", "0.1")


def _planned_share() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW cursor_tuple_fraction")
        return str(cursor.fetchone()[0])

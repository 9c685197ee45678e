"""Rows stored past the ORM come back as the ORM would have stored them, on every database."""

import math
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from tests.rollups.all_rows import ROLLUPS
from tracking.events import EventSource
from tracking.models import Event, LearnerCourseDay, LearnerUnitDay, PendingChange, RollupStage
from tracking.storage import bulk_copy, bulk_insert

AT = datetime(2026, 3, 1, 7, 30, 15, 123456, tzinfo=UTC)


POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)
MARIADB = pytest.param("mariadb", marks=pytest.mark.mariadb)


@pytest.fixture(autouse=True, params=["here", MARIADB])
def database(db):
    """Have every test in the pass on MariaDB too, which takes only what is marked for it."""


@pytest.fixture
def event(make_learner):
    """Describe an event of ``lena``; what is given replaces what is usual."""
    learner = make_learner("lena")

    def describe(**fields):
        usual = {
            "id": uuid.uuid4(),
            "learner_id": learner.pk,
            "course_key": "c",
            "unit_key": "a",
            "kind": "unit.accessed",
            "source": EventSource.IMPORTED,
            "happened_at": AT,
            "received_at": AT,
            "view_id": None,
            "visit_id": None,
            "sequence": 0,
            "is_detail": False,
            "payload": {},
        }
        return SimpleNamespace(**{**usual, **fields})

    return describe


def insert(events):
    bulk_insert.insert_rows(Event, events, unless_known=True)


def names():
    return [field.attname for field in Event._meta.concrete_fields]


def stored():
    return list(Event.objects.order_by("id").values(*names()))


def test_every_field_comes_back_as_it_went_in(event):
    given = event(view_id=uuid.uuid4(), visit_id=uuid.uuid4(), sequence=7, payload={"count": 3})
    insert([given])
    assert stored() == [vars(given)]


def test_it_stores_what_the_orm_stores(event):
    plain = [event(view_id=uuid.uuid4(), payload={"spans": [[0, 10]]}), event()]
    insert(plain)
    told = stored()
    Event.objects.all().delete()
    Event.objects.bulk_create(Event(**vars(each)) for each in plain)
    assert stored() == told


def test_what_is_not_given_is_null(event):
    insert([event()])
    assert Event.objects.filter(view_id__isnull=True, visit_id__isnull=True).count() == 1


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"spans": [[0, 1000], [2000, 3500]], "active": 2500, "none": None, "yes": True},
        {"word": "naïve 😀 日本語", "quotes": "'\"\\{}", "percent": "100 %s"},
    ],
)
def test_json_comes_back_whole(event, payload):
    insert([event(payload=payload)])
    assert Event.objects.get().payload == payload


def test_json_can_be_asked_for_by_its_keys(event):
    insert([event(payload={"count": 3})])
    assert Event.objects.filter(payload__count=3).exists()


def test_a_moment_with_an_offset_is_the_same_moment(event):
    tokyo = timezone(timedelta(hours=9))
    insert([event(happened_at=AT.astimezone(tokyo))])
    assert Event.objects.get().happened_at == AT


def test_equal_moments_written_in_different_zones_are_both_right(event):
    moments = [AT, AT.astimezone(timezone(timedelta(hours=-8)))]
    insert([event(happened_at=moment) for moment in moments])
    assert set(Event.objects.values_list("happened_at", flat=True)) == {AT}


@pytest.mark.parametrize("words", ["100 %", "%s", "'; --", "{braces}", "a,b", "\\", "Ä 😀"])
def test_keys_may_hold_what_sql_would_read_as_its_own(event, words):
    insert([event(unit_key=words)])
    assert Event.objects.get().unit_key == words


def test_an_event_that_is_known_changes_nothing(event):
    first = event(unit_key="first")
    insert([first])
    insert([event(id=first.id, unit_key="second"), event(unit_key="third")])
    assert sorted(Event.objects.values_list("unit_key", flat=True)) == ["first", "third"]


def test_it_can_tell_which_were_new(event):
    first, second = event(unit_key="first"), event(unit_key="second")
    insert([first])
    assert bulk_insert.insert_missing(Event, [event(id=first.id, unit_key="other"), second]) == {second.id}
    assert sorted(Event.objects.values_list("unit_key", flat=True)) == ["first", "second"]


def test_of_more_rows_than_a_statement_takes_it_tells_all_that_were_new(event, monkeypatch):
    monkeypatch.setattr(bulk_insert, "CHUNK", 2)
    events = [event() for _ in range(5)]
    assert bulk_insert.insert_missing(Event, events) == {each.id for each in events}
    assert bulk_insert.insert_missing(Event, events) == set()


def test_of_two_with_one_id_in_a_batch_the_first_is_stored(event):
    first = event(unit_key="first")
    insert([first, event(id=first.id, unit_key="second")])
    assert list(Event.objects.values_list("unit_key", flat=True)) == ["first"]


def test_no_events_are_no_trouble():
    insert([])
    assert stored() == []


@pytest.mark.parametrize("database", [POSTGRESQL, MARIADB], indirect=True)  # SQLite keeps to no length.
@pytest.mark.parametrize("field", ["course_key", "unit_key", "kind"])
def test_a_value_that_is_too_long_fails_and_is_not_cut_off(event, field):
    with pytest.raises(DatabaseError), transaction.atomic():
        insert([event(**{field: "x" * 1000})])
    assert stored() == []


def test_an_event_that_breaks_a_rule_fails_its_batch(event):
    """``INSERT IGNORE`` and ``INSERT OR IGNORE``, which the ORM writes, left it out and said nothing."""
    with pytest.raises(DatabaseError), transaction.atomic():
        insert([event(), event(kind="")])
    assert stored() == []


def test_many_events_take_as_few_statements_as_the_database_allows(event, django_assert_num_queries):
    most = connection.features.max_query_params
    rows_at_once = most // len(bulk_insert.stored_field_names(Event)) if most else 1000
    with django_assert_num_queries(math.ceil(1000 / rows_at_once)):
        insert([event(sequence=number) for number in range(1000)])
    assert Event.objects.count() == 1000


def test_a_tool_that_records_queries_can_show_each_statement(event):
    """Such as django-debug-toolbar, which asks the database for the statement as it ran."""
    shown = []

    def show(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        shown.append(connection.ops.last_executed_query(context["cursor"], sql, params))
        return answer

    with connection.execute_wrapper(show):
        insert([event(), event()])
    assert len(shown) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_store_the_same_events_at_once_store_them_once(event):
    batch = [event(sequence=number) for number in range(200)]
    both_ready = threading.Barrier(2, timeout=30)

    def insert_in_a_thread():
        try:
            connection.ensure_connection()
            both_ready.wait()
            with transaction.atomic():
                insert(batch)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        for done in [pool.submit(insert_in_a_thread) for _ in range(2)]:
            done.result()
    assert Event.objects.count() == 200


def test_rows_that_the_database_numbers_are_numbered(make_learner):
    learner = make_learner("lena")
    days = [AT.date() + timedelta(days=number) for number in range(3)]
    rows = [
        LearnerUnitDay(
            learner=learner, course_key="c", unit_key="a", day=day, first_at=AT, last_at=AT, active_ms=5
        )
        for day in days
    ]
    bulk_insert.insert_rows(LearnerUnitDay, rows)
    assert list(LearnerUnitDay.objects.order_by("pk").values_list("day", "active_ms", "is_completed")) == [
        (day, 5, False) for day in days
    ]


def test_more_rows_than_a_statement_takes_are_all_stored(event, monkeypatch):
    monkeypatch.setattr(bulk_insert, "CHUNK", 2)
    insert([event(), event(), event()])
    assert Event.objects.count() == 3


def mark(**fields):
    return PendingChange(**{"stage": RollupStage.OUTLINE, "course_key": "c", **fields})


def test_what_goes_with_new_rows_is_stored_once_and_not_with_known_ones(event):
    first = event()
    for _ in range(2):
        bulk_insert.insert_missing(Event, [first], and_if_any=[mark()])
    assert PendingChange.objects.count() == 1


@pytest.mark.parametrize("chunk", [1, 5000])
def test_rows_are_not_stored_without_what_goes_with_them(event, monkeypatch, chunk):
    monkeypatch.setattr(bulk_insert, "CHUNK", chunk)
    broken = mark(stage=RollupStage.LEARNER)  # A learner's mark names the learner.
    with pytest.raises(DatabaseError), transaction.atomic():
        bulk_insert.insert_missing(Event, [event(), event()], and_if_any=[broken])
    assert (Event.objects.count(), PendingChange.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_it_is_all_or_nothing_too(event):
    with pytest.raises(DatabaseError):
        bulk_insert.insert_missing(Event, [event(), event()], and_if_any=[mark(stage=RollupStage.LEARNER)])
    assert (Event.objects.count(), PendingChange.objects.count()) == (0, 0)


def days_of(learner, **fields):
    """Return the values of one row of ``LearnerCourseDay``, in the order in which they are stored."""
    usual = {
        "learner_id": learner.pk, "course_key": "c", "day": AT.date(), "active_ms": 2**30, "reported_later_ms": 0,
            "estimated_ms": 0,
        "view_count": 1, "access_count": 0, "last_at": AT, "hours": {"7": [1, 2]}, "transitions": {"": {"ä": 1}},
        "is_final": False,
    }  # fmt: skip
    return tuple({**usual, **fields}[name] for name in bulk_insert.stored_field_names(LearnerCourseDay))


@pytest.mark.parametrize("is_known", [True, False])
def test_values_come_back_as_they_went_in_whether_or_not_the_driver_knows_their_types(
    make_learner, monkeypatch, is_known
):
    monkeypatch.setattr(bulk_copy, "_is_known", lambda _: is_known)
    row = days_of(make_learner("lena"))
    bulk_insert.insert_value_rows(LearnerCourseDay, [row])
    assert (
        LearnerCourseDay.objects.values_list(*bulk_insert.stored_field_names(LearnerCourseDay)).get() == row
    )


@pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)
def test_the_driver_knows_every_type_of_a_roll_up(db):
    fields = [field for model in ROLLUPS for field in model._meta.concrete_fields]
    unknown = {field for field in fields if not bulk_copy._is_known(bulk_insert._element_type(field))}
    assert not unknown


@pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)
@pytest.mark.parametrize("number", [2**31, -(2**40)])
def test_a_number_of_a_stream_that_is_out_of_range_fails_and_is_not_cut_off(make_learner, number):
    row = days_of(make_learner("lena"), active_ms=number)
    with pytest.raises(DatabaseError, match="active_ms"), transaction.atomic():
        bulk_insert.insert_value_rows(LearnerCourseDay, [row])
    assert not LearnerCourseDay.objects.exists()


@pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)
def test_a_value_of_a_stream_that_is_too_long_fails_and_is_not_cut_off(make_learner):
    row = days_of(make_learner("lena"), course_key="x" * 1000)
    with pytest.raises(DatabaseError), transaction.atomic():
        bulk_insert.insert_value_rows(LearnerCourseDay, [row])
    assert not LearnerCourseDay.objects.exists()

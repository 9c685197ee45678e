from datetime import timedelta

import pytest
from django.db import connection

from tests.privacy.months.tables import month
from tracking.capture import event_store, uuid7
from tracking.events import EventSource
from tracking.privacy import partition_conversion, partitions
from tracking.rollups.engine import pipeline


@pytest.fixture
def course(school, learner):
    # Constraints that wait for the commit would forbid to change a table that the same transaction has written to.
    if connection.vendor == "postgresql":
        partitions.execute_sql("SET CONSTRAINTS ALL IMMEDIATE")
    school.course("c", lessons=["a", "b"])
    school.enrol(learner, "c")
    return school


@pytest.fixture
def partitioned(course, now):
    partition_conversion.convert_table()
    partitions.create_ahead(now=now)


@pytest.fixture
def keep(course, learner, now):
    """Store an access of some days ago; its id is made at another moment where ``id_days_ago`` says so."""

    def keep(days_ago, *, id_days_ago=None, kind="unit.accessed", key=None):
        at = now - timedelta(days=days_ago)
        made_at = at if id_days_ago is None else now - timedelta(days=id_days_ago)
        event = event_store.NewEvent(
            id=key or uuid7.make_uuid7(made_at), learner_id=learner.pk, course_key="c", unit_key="a", kind=kind,
            source=EventSource.SERVER, happened_at=at, received_at=at,
        )  # fmt: skip
        return event, event_store.write_events([event])

    return keep


@pytest.fixture
def old_months(keep, partitioned, now):
    """Events in three months, rolled up, of which the first is due on the 30th of March."""
    for days_ago in (170, 165, 130, 1):
        keep(days_ago)
    for number in (9, 10, 11):
        partition_conversion.move_month(month(2025, number))
    pipeline.process_changes(now=now)
    return now + timedelta(days=19)

"""What the tests of months share: which there are, and the command that makes them."""

import io
from datetime import date

import pytest
import time_machine
from django.core.management import call_command

from tests.school_fixtures import NOW
from tracking.privacy import partitions
from tracking.privacy.partitions import Month

ON_POSTGRESQL = pytest.mark.postgresql


def tables():
    """How many events each partition has."""
    return {
        (each.month.table.removeprefix("tracking_event_") if each.month else "default"): count
        for each in partitions.find_partitions()
        for [(count,)] in [
            partitions.query_sql(
                f"SELECT count(*) FROM {each.month.table if each.month else partitions.DEFAULT}"
            )
        ]
    }


def month(year, number):
    return Month(date(year, number, 1))


def run(*options):
    out = io.StringIO()
    with time_machine.travel(NOW):
        call_command("tracking_partition", *options, stdout=out, stderr=out)
    return out.getvalue()

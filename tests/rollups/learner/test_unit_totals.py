"""Day rows that are at hand add up to what the database makes of the stored ones."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tracking.models import LearnerUnitDay
from tracking.rollups.learner import unit_totals
from tracking.rollups.learner.day_rows import UnitDayRow
from tracking.storage import bulk_insert

AT = datetime(2026, 3, 1, 7, tzinfo=UTC)


@pytest.mark.django_db
def test_rows_at_hand_add_up_to_what_stored_ones_do(learner):
    def row(unit_key, number, *, is_completed=False):
        first_at = AT + timedelta(days=number)
        day, last_at = date(2026, 3, 1 + number), first_at + timedelta(minutes=number)
        figures = (1000 * number, 2000, 30, 4, 5, number, 1, 90 - number, is_completed)
        return UnitDayRow(learner.pk, "c", unit_key, day, *figures, first_at, last_at)

    rows = [row("a", 0), row("a", 2, is_completed=True), row("a", 1), row("b", 3)]
    bulk_insert.insert_rows(LearnerUnitDay, rows)
    assert unit_totals.sum_unit_rows(rows) == unit_totals.read_unit_totals("c", [learner.pk], {})[learner.pk]

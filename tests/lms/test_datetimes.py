from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tracking.exceptions import AdapterError
from tracking.lms import datetimes

PARIS = ZoneInfo("Europe/Paris")


def test_a_date_begins_and_ends_with_its_day_in_the_zone():
    day = date(2026, 3, 29)  # The clocks go forward in Paris.

    assert datetimes.day_start_or_moment(day, within=PARIS) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert datetimes.day_end_or_moment(day, within=PARIS) == datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("read", [datetimes.day_start_or_moment, datetimes.day_end_or_moment])
def test_a_moment_stays_as_it_is_and_gets_a_zone_where_it_has_none(read):
    aware = datetime(2026, 3, 1, 12, tzinfo=UTC)

    assert read(aware, within=PARIS) is aware
    assert read(datetime(2026, 3, 1, 12), within=PARIS) == datetime(2026, 3, 1, 11, tzinfo=UTC)  # noqa: DTZ001
    assert read(None, within=PARIS) is None


def test_what_is_no_time_is_refused():
    with pytest.raises(AdapterError, match="'soon' is neither a date nor a datetime"):
        datetimes.day_start_or_moment("soon", within=PARIS)


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(AdapterError, match="'Mars/Olympus' is not a time zone"):
        datetimes.time_zone("Mars/Olympus")


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (90, 90),
        (1.6, 2),
        (Decimal("2.4"), 2),
        ("30", 30),
        (timedelta(minutes=2), 120),
        (None, None),
        (0, None),
    ],
)
def test_durations_are_whole_seconds_and_none_where_unknown(given, seconds):
    assert datetimes.duration_seconds(given) == seconds

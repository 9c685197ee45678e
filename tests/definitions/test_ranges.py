"""The ranges of what enters, and that sums of it fit."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

from tracking import conf, models
from tracking.definitions import ranges
from tracking.exceptions import OutOfRange

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)

DAY_MS = 24 * 3600 * 1000
TEN_YEARS = 3653
VIEWS = conf.TrackingSettings().EVENTS_PER_MINUTE * 24 * 60
"""The most page views that a learner can send in a day."""
ACCESSES = VIEWS * 1_000_000
"""Each event of accesses counts up to a million."""
LEARNERS = 1_000

SUMS = {
    (models.LearnerUnitDay, "active_ms"): DAY_MS,
    (models.LearnerUnitDay, "reported_later_ms"): DAY_MS,
    (models.LearnerUnitDay, "visible_ms"): VIEWS * DAY_MS,
    (models.LearnerUnitDay, "media_ms"): VIEWS * DAY_MS,
    (models.LearnerUnitDay, "estimated_ms"): VIEWS * DAY_MS,
    (models.LearnerUnitDay, "view_count"): VIEWS,
    (models.LearnerUnitDay, "access_count"): ACCESSES,
    (models.LearnerCourseDay, "active_ms"): DAY_MS,
    (models.LearnerCourseDay, "reported_later_ms"): DAY_MS,
    (models.LearnerCourseDay, "estimated_ms"): VIEWS * DAY_MS,
    (models.LearnerCourseDay, "view_count"): VIEWS,
    (models.LearnerCourseDay, "access_count"): ACCESSES,
    (models.LearnerUnit, "active_ms"): TEN_YEARS * DAY_MS,
    (models.LearnerUnit, "visible_ms"): TEN_YEARS * VIEWS * DAY_MS,
    (models.LearnerUnit, "media_ms"): TEN_YEARS * VIEWS * DAY_MS,
    (models.LearnerUnit, "estimated_ms"): TEN_YEARS * VIEWS * DAY_MS,
    (models.LearnerUnit, "reported_later_ms"): TEN_YEARS * DAY_MS,
    (models.LearnerUnit, "view_count"): TEN_YEARS * VIEWS,
    (models.LearnerUnit, "access_count"): TEN_YEARS * ACCESSES,
    (models.LearnerCourse, "active_ms"): TEN_YEARS * DAY_MS,
    (models.LearnerCourse, "estimated_ms"): TEN_YEARS * VIEWS * DAY_MS,
    (models.LearnerCourse, "reported_later_ms"): TEN_YEARS * DAY_MS,
    (models.CourseDay, "active_ms"): LEARNERS * DAY_MS,
    (models.CourseDay, "view_count"): LEARNERS * VIEWS,
    (models.CourseDay, "access_count"): LEARNERS * ACCESSES,
    (models.CourseWeek, "view_count"): 7 * LEARNERS * VIEWS,
    (models.CourseWeek, "access_count"): 7 * LEARNERS * ACCESSES,
    (models.CourseHour, "view_count"): TEN_YEARS * LEARNERS * VIEWS,
}
"""The largest sum of ten years, or of the day or week that a row is about, by column."""


@pytest.mark.parametrize(("model", "name"), SUMS, ids=lambda each: getattr(each, "__name__", each))
def test_ten_years_of_the_most_that_can_be_sent_fit_into_every_sum(model, name):
    kind = model._meta.get_field(name).get_internal_type()
    assert SUMS[model, name] <= connection.ops.integer_field_range(kind)[1]


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(-timedelta(hours=14))),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(2026, 3, 11, 12),  # noqa: DTZ001  That is the point.
        NOW + timedelta(minutes=2),
    ],
)
def test_a_moment_that_cannot_be_is_out_of_range(at):
    with pytest.raises(OutOfRange, match="at is "):
        ranges.check_happened_at("at", at, now=NOW)


def test_a_live_moment_may_be_as_old_as_its_door_says():
    week = timedelta(days=7)
    ranges.check_happened_at("at", NOW - week, now=NOW, oldest=week)
    with pytest.raises(OutOfRange):
        ranges.check_happened_at("at", NOW - week - timedelta(seconds=1), now=NOW, oldest=week)


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -float("inf"), 1e300, -1e10])
def test_a_score_that_is_no_score_is_out_of_range(score):
    with pytest.raises(OutOfRange, match="score is "):
        ranges.check_score("score", score)


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "x" * 201])
def test_a_text_that_no_database_stores_is_out_of_range(text):
    with pytest.raises(OutOfRange, match="key has "):
        ranges.check_text("key", text, max_length=200)

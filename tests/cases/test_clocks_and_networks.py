"""Clocks that are wrong, set right in between, uploads that are slow, and days without a network."""

import uuid
from datetime import timedelta

import pytest

from tests.cases import figures
from tests.messages import batch, opened, progress
from tracking.models import Event, LearnerCourseDay

TEN_MINUTES = 600_000


@pytest.fixture
def course(school, learner, now):
    school.course("c", lessons=["a"])
    school.enrol(learner, "c")
    return school


def days(*, now):
    """Return the active time of each day, in minutes, once everything is counted."""
    figures.update(now=now + timedelta(hours=1))
    return {str(row.day): row.active_ms / 60_000 for row in LearnerCourseDay.objects.all()}


def test_time_by_a_clock_that_is_three_hours_ahead_is_of_the_day_and_moment_of_the_server(
    course, learner, send, now
):
    view = uuid.uuid4()
    ahead = now + timedelta(hours=3)
    begun = timedelta(minutes=10)
    opening = opened(ahead - begun, "a", view=view)
    send(learner, batch(opening, sent_at=ahead - begun), received_at=now - begun)
    send(learner, batch(progress(ahead, "a", [[0, TEN_MINUTES]], view=view), sent_at=ahead), received_at=now)
    assert Event.objects.latest("happened_at").happened_at == now
    assert days(now=now) == {"2026-03-11": 10}


def test_a_clock_that_is_set_right_before_the_message_leaves_puts_nothing_into_the_future(
    course, learner, send, now
):
    measured, sent = now + timedelta(hours=3), now + timedelta(minutes=30)
    send(learner, batch(progress(measured, "a", [[0, TEN_MINUTES]]), sent_at=sent), received_at=sent)
    assert Event.objects.get().happened_at <= sent + timedelta(minutes=1)


def test_slow_uploads_of_one_view_add_nothing_to_its_time(course, learner, send, now):
    view = uuid.uuid4()
    send(learner, batch(opened(now, "a", view=view), sent_at=now))
    for number, seconds in ((1, 20), (2, 45), (3, 1)):
        sent = now + timedelta(minutes=10 * number)
        body = batch(progress(sent, "a", [[0, number * TEN_MINUTES]], view=view), sent_at=sent)
        send(learner, body, received_at=sent + timedelta(seconds=seconds))
    assert days(now=now) == {"2026-03-11": 30}


def test_what_a_browser_kept_for_two_days_without_a_network_is_of_the_day_when_it_happened(
    course, learner, send, now
):
    kept = progress(now - timedelta(days=2), "a", [[0, TEN_MINUTES]])
    assert send(learner, batch(kept, sent_at=now)).accepted_count == 1
    assert list(days(now=now)) == ["2026-03-09"]

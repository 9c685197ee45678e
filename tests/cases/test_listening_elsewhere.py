"""A lesson is a recording of half an hour, heard with another tab in front or with the screen off."""

import uuid
from datetime import timedelta

import pytest

from tests.cases import figures
from tests.messages import batch, opened, progress
from tests.school import node

HALF_AN_HOUR = 1_800_000


@pytest.fixture
def listener(school, learner, send, now):
    """A learner who had 29 of the 30 minutes played, and then read the next lesson."""
    school.course("c", nodes=(node("tape", expected_seconds=1800), node("text")))
    school.enrol(learner, "c")
    view, begun = uuid.uuid4(), now - timedelta(minutes=30)
    send(learner, batch(opened(begun, "tape", view=view), sent_at=begun), received_at=begun)
    heard = {"elapsed": HALF_AN_HOUR, "active": 4_000, "visible": 6_000, "media": 1_740_000}
    send(learner, batch(progress(now, "tape", [[0, 4_000]], view=view, payload=heard), sent_at=now))
    later = now + timedelta(minutes=40)
    send(learner, batch(progress(later, "text", [[0, 600_000]]), sent_at=later), received_at=later)
    figures.update(now=now + timedelta(hours=1))
    return learner


def test_a_recording_that_was_heard_with_another_tab_in_front_is_not_skimmed(listener):
    assert figures.states(listener)["tape"] in {"completed", "in_progress"}

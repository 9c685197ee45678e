"""Durations as learning content sends them in xAPI statements, right and wrong."""

import pytest

from tests.xapi.api import store
from tests.xapi.api.store import Store

pytestmark = pytest.mark.once


@pytest.fixture
def send_result(school, learner, settings):
    """Send a statement of a result as a system that is trusted; return the answer."""
    settings.TRACKING_XAPI = {"LRS_CLIENT_KEY": "moodle", "LRS_CLIENT_SECRET": "s3cret"}
    school.course("c", lessons=["a"])
    school.enrol(learner, "c")
    system = Store(store.basic("moodle", "s3cret"))
    return lambda **result: system.tell(store.statement(learner, "completed", result=result))


@pytest.mark.parametrize("duration", ["PT30.5S", "P0Y0M0DT0H0M30S", "PT0.001S"])
def test_a_duration_of_any_valid_form_is_accepted(send_result, duration):
    assert send_result(duration=duration).status_code == 200


@pytest.mark.parametrize("duration", ["P16559.14S", "P4W2D", "30", "PT", "P", "PT1.5H30M", "-PT5S"])
def test_an_invalid_duration_is_rejected_with_the_name_of_its_field(send_result, duration):
    answer = send_result(duration=duration)
    assert (answer.status_code, b"duration" in answer.content) == (400, True)

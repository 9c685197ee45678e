"""An account is deactivated and the enrolment stays, as in most platforms."""

from datetime import timedelta

import pytest

from courses import models as courses
from tests import web_course
from tests.cases import figures
from tests.messages import batch, progress
from tests.web_course import NOON
from tracking.capture import ingest
from tracking.events import EventSource


@pytest.fixture
def after_ten_days(make_learner):
    """Return, by name, what is found about two learners who were last seen ten days ago; ``gone`` cannot log in."""
    course = web_course.make()
    people = {name: make_learner(name) for name in ("here", "gone")}
    for each in people.values():
        courses.Enrolment.objects.create(course=course, learner=each, enrolled_at=NOON)
        sender = ingest.Sender(
            learner_id=each.pk, received_at=NOON, source=EventSource.BROWSER, find_unit=lambda path: None
        )
        read = progress(NOON, "lesson:dns/names", [[0, 600_000]], course="web")
        ingest.ingest_batch(batch(read, sent_at=NOON), sender)
    figures.update(now=NOON)
    people["gone"].is_active = False
    people["gone"].save()
    figures.update(now=NOON + timedelta(days=10))
    return {name: figures.findings(each, "web") for name, each in people.items()}


def test_a_learner_who_can_log_in_is_inactive_after_a_week(after_ten_days):
    assert ("", "inactive") in after_ten_days["here"]


def test_a_deactivated_learner_has_no_findings(after_ten_days):
    assert after_ten_days["gone"] == []

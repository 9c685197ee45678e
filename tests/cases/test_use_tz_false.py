"""A host with ``USE_TZ = False``, as many older ones have."""

from datetime import datetime

import pytest

from courses import models as courses
from tests import web_course
from tests.cases import site_notices
from tracking.models import Attempt

pytestmark = pytest.mark.django_db


def test_attempts_are_copied_without_time_zones_or_the_setup_is_reported(learner, settings):
    settings.USE_TZ = False
    courses.Enrolment.objects.create(course=web_course.make(), learner=learner)
    at = datetime(2026, 3, 2, 12)  # noqa: DTZ001  Such a host has no others.
    web_course.begin_attempt(learner, started_at=at, submitted_at=at, score=2, max_score=2, passed=True)
    assert Attempt.objects.exists() or "USE_TZ" in site_notices.read()

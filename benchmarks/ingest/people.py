"""Create the course and the learners of the benchmark, and the batches that they send."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from benchmarks.ingest import load
from tests import messages
from tracking.capture import uuid7
from tracking.events import Purpose
from tracking.models import CourseOutline, OutlineUnit
from tracking.privacy import consent

SPANS = [[0, 15_000], [20_000, 31_000]]


def enrol() -> tuple[list[str], list[int]]:
    """Create a course, and a learner with consent for each connection; return their cookies and primary keys."""
    CourseOutline.objects.create(course_key="c", title="C")
    OutlineUnit.objects.create(course_key="c", unit_key="u", kind="lesson", title="U", position=0)
    cookies, keys = [], []
    for place in range(load.CONNECTIONS):
        learner = get_user_model().objects.create_user(f"learner-{place}")
        consent.grant(learner.pk, tuple(Purpose), source="benchmark")
        browser = Client()
        browser.force_login(learner)
        name = settings.SESSION_COOKIE_NAME
        cookies.append(f"{name}={browser.cookies[name].value}")
        keys.append(learner.pk)
    return cookies, keys


def bodies(count: int, size: int) -> list[bytes]:
    """Return request bodies with ``count`` events, ``size`` in each."""
    now = datetime.now(UTC)

    def new() -> dict[str, object]:
        return messages.progress(now, "u", SPANS) | {"id": str(uuid7.make_uuid7(now))}

    return [messages.batch(*(new() for _ in range(size)), sent_at=now) for _ in range(count // size)]

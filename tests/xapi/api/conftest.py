from datetime import timedelta

import pytest
from django.test import Client

from tests.xapi.api.store import Store, basic
from tracking import jobs


@pytest.fixture
def course(school, learner, settings, now):
    settings.TRACKING_XAPI = {"LRS_CLIENT_KEY": "moodle", "LRS_CLIENT_SECRET": "s3cret"}
    school.course("c", lessons=["a"], quizzes=["q"], starts_at=now - timedelta(days=9))
    school.enrol(learner, "c")
    jobs.roll_up(now=now)
    jobs.refresh_outlines(now=now)
    return school


@pytest.fixture
def system(course):
    """The store as a trusted system sees it."""
    return Store(basic("moodle", "s3cret"))


@pytest.fixture
def content(course, learner):
    """The store as content sees it that the learner has opened in lesson a."""
    client = Client()
    client.force_login(learner)
    told = client.post(
        "/learning/xapi/courses/c/launches/", {"unit_key": "a"}, content_type="application/json"
    ).json()
    store = Store(told["auth"])
    store.actor = told["actor"]
    store.endpoint = told["endpoint"]
    return store

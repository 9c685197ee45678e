"""Who may send events about a course."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.messages import batch, opened
from tests.school import Adapter
from tracking.capture import course_access
from tracking.events import EventSource
from tracking.models import Event
from tracking.testing.factories import EventFactory


@pytest.fixture
def course(school):
    school.course("c", lessons=["a"])
    return school


@pytest.fixture
def post(course, learner):
    """Post an event about course ``course_key`` as the learner's browser would; return the reason against it."""
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(learner)

    def post_event(course_key="c"):
        now = timezone.now()
        body = batch(opened(now, "a", course=course_key), sent_at=now)
        answer = browser.post("/learning/events/", body, content_type="application/json")
        return [each["code"] for each in answer.json()["rejected"]]

    return post_event


def test_a_learner_who_is_enrolled_sends_events(course, learner, post):
    course.enrol(learner, "c")
    assert post() == []


def test_events_about_a_course_of_others_are_rejected_and_not_stored(course, make_learner, post):
    course.enrol(make_learner("other"), "c")
    assert post() == ["not_enrolled"]
    assert not Event.objects.exists()


def test_an_unknown_course_is_answered_like_a_course_of_others(post):
    assert post("unknown") == post("c")


def test_a_learner_who_was_served_a_page_of_the_course_sends_events(learner, post):
    EventFactory.create(
        learner=learner, course_key="c", unit_key="a", view_id=None, source=EventSource.SERVER
    )
    assert post() == []


def test_a_learner_cannot_let_themselves_in_by_an_event_of_their_own(learner, post):
    EventFactory.create(learner=learner, course_key="c", unit_key="a", source=EventSource.BROWSER)
    assert post() == ["not_enrolled"]


def test_an_instructor_may_look_at_the_course_and_sends_events(learner, post, monkeypatch):
    monkeypatch.setattr(Adapter, "can_view_course", lambda self, user, key: user.pk == learner.pk)
    assert post() == []


def test_a_host_that_does_not_say_who_is_enrolled_lets_everybody_send(post, monkeypatch):
    monkeypatch.setattr(Adapter, "has_enrolments", lambda self: False)
    assert post() == []


def test_a_second_batch_costs_no_query(course, learner, django_assert_num_queries):
    course.enrol(learner, "c")
    course_access.may_send_events(learner.pk, "c")
    with django_assert_num_queries(0):
        assert course_access.may_send_events(learner.pk, "c")


def test_a_learner_who_has_just_enrolled_is_let_in_without_a_refresh(course, learner, post, time_machine):
    assert post() == ["not_enrolled"]
    course.enrol(learner, "c")
    cache.clear()
    assert post() == []

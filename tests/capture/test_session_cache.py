"""Whose session a batch comes with: asked once a minute, and forgotten where the answer would no longer be true."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import messages
from tracking.capture import session_cache
from tracking.models import Event

EVENTS = reverse("tracking:events")


@pytest.fixture
def browser(school, learner):
    school.course("c", lessons=["a"])
    school.enrol(learner, "c")
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(learner)
    return browser


@pytest.fixture
def post(browser):
    def post(*, by=browser, **headers):
        body = messages.batch(messages.opened(timezone.now(), "a"), sent_at=timezone.now())
        return by.post(EVENTS, body, content_type="application/json", headers=headers)

    return post


def asks_who(post):
    with CaptureQueriesContext(connection) as asked:
        assert post().status_code == 202
    return any("django_session" in each["sql"] or "auth_user" in each["sql"] for each in asked)


def test_a_second_batch_of_a_session_asks_nobody_who_it_is(post):
    assert [asks_who(post), asks_who(post)] == [True, False]
    assert Event.objects.count() == 2


def test_a_site_that_wants_it_so_is_asked_each_time(post, settings):
    settings.TRACKING = {**settings.TRACKING, "SESSION_CACHE_SECONDS": 0}
    assert [asks_who(post), asks_who(post)] == [True, True]


def test_an_account_that_was_closed_sends_for_a_minute_more_at_the_most(post, learner):
    post()
    learner.is_active = False
    learner.save()
    assert post().status_code == 202
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert post().status_code == 401


def test_a_cookie_is_worth_nothing_once_its_owner_has_logged_out(browser, post):
    thief = Client(headers={"Sec-Fetch-Site": "same-origin"})
    thief.cookies = browser.cookies.copy()
    assert post(by=thief).status_code == 202
    log_out(browser)
    assert post(by=thief).status_code == 401


def log_out(browser):
    """Log out as a view of the host does; the test client's own way tells nobody whose session it was."""
    request = RequestFactory().post("/")
    request.COOKIES = {name: each.value for name, each in browser.cookies.items()}
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    request.user = AnonymousUser()
    logout(request)


def test_another_learner_in_the_same_browser_is_another_session(browser, school, post, make_learner, learner):
    post()
    other = make_learner("li")
    school.enrol(other, "c")
    browser.force_login(other)
    post()
    assert set(Event.objects.values_list("learner_id", flat=True)) == {learner.pk, other.pk}


def request_with(user, **headers):
    """Return a request with a session, whose user some middleware has read."""
    request = RequestFactory(headers=headers).post("/")
    request.COOKIES["sessionid"] = "k" * 32
    request.user = user
    return request


def test_whoever_looks_on_with_anothers_eyes_is_that_other(learner, make_learner):
    own, other = request_with(learner), request_with(make_learner("li"))
    assert [session_cache.find_session_learner(request) for request in (own, other, own)] == [
        learner.pk,
        other.user.pk,
        learner.pk,
    ]


def test_where_no_middleware_knows_users_nobody_is_found():
    assert session_cache.find_session_learner(RequestFactory().post("/")) is None
    assert session_cache.find_session_learner(request_with(AnonymousUser())) is None


def test_a_session_of_one_site_is_not_one_of_another_with_its_own_database(browser, post, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    post()
    with CaptureQueriesContext(connection) as asked:
        post(host="other.example")
    assert any("django_session" in each["sql"] for each in asked)


def test_a_token_beside_the_session_is_asked_for_itself(post):
    post()
    with CaptureQueriesContext(connection) as asked:
        post(authorization="Bearer t")
    assert any("django_session" in each["sql"] for each in asked)


def test_a_page_that_another_learner_left_open_sends_nothing_in_the_name_of_the_next(
    browser, school, learner, make_learner
):
    """Its cookie is that of whoever has logged in since in another tab."""
    body = messages.batch(messages.opened(timezone.now(), "a"), sent_at=timezone.now())

    def post(owner):
        address = f"{EVENTS}?owner={session_cache.session_owner_hash(owner.pk)}"
        return browser.post(address, body, content_type="application/json")

    answer = post(make_learner("li"))
    assert (answer.status_code, answer.json()["code"], Event.objects.count()) == (403, "another_learner", 0)
    assert (post(learner).status_code, Event.objects.get().learner_id) == (202, learner.pk)

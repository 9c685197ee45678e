"""Who looks is found out without a query where the host has not looked, and never for long against what holds."""

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject

from tracking.hooks import visitors


@pytest.fixture
def visit(learner, client):
    """Return a request of the learner's browser, as it stands before anybody has read its user."""
    client.force_login(learner)

    def made(browser: Client = client, **headers):
        request: Any = RequestFactory().get("/", headers=headers)
        request.session = SessionStore(browser.session.session_key)
        request.user = SimpleLazyObject(lambda: get_user(request))
        return request

    return made


def test_a_second_page_of_a_session_costs_no_query(visit, learner, django_assert_num_queries):
    visitors.find_visitor(visit())
    request = visit()

    with django_assert_num_queries(0):
        found = visitors.find_visitor(request)

    assert found is not None
    assert found.learner_id == learner.pk


def test_a_session_that_the_host_does_not_read_stays_unread(visit):
    visitors.find_visitor(visit())
    request = visit()

    visitors.find_visitor(request)

    assert not request.session.accessed


def test_a_user_whom_the_host_has_read_is_believed(visit, make_learner):
    request = visit()
    visitors.find_visitor(visit())
    request.user = other = make_learner("li")

    found = visitors.find_visitor(request)

    assert found is not None
    assert found.learner_id == other.pk


def test_a_token_beside_the_session_says_who_it_is(visit, make_learner):
    other = make_learner("li")
    visitors.find_visitor(visit())
    request = visit(Authorization="Bearer x")
    request.user = SimpleLazyObject(lambda: other)

    found = visitors.find_visitor(request)

    assert found is not None
    assert found.learner_id == other.pk


def test_whoever_has_logged_out_is_nobody(visit, client):
    visitors.find_visitor(visit())
    client.logout()

    assert visitors.find_visitor(visit()) is None


def test_a_session_of_nobody_is_nobodys(visit, learner):
    browser = Client()
    session = browser.session
    session["basket"] = 1
    session.save()

    request = visit()
    request.session = SessionStore(session.session_key)

    assert SESSION_KEY not in request.session
    assert visitors.find_visitor(request) is None


@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_without_a_log_in_there_is_nobody(user):
    request = RequestFactory().get("/")
    request.user = user

    assert visitors.find_visitor(request) is None

import itertools
import logging

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.db.backends.utils import CursorWrapper

from tests import small_host
from tracking.capture import page_views
from tracking.middleware import TrackingMiddleware
from tracking.models import RejectionCount

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.small_host")]


def test_a_broken_adapter_leaves_the_page_as_it_is_and_is_logged_and_counted(browser, settings, caplog):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Broken"}

    with caplog.at_level(logging.ERROR, "tracking.capture"):
        response = browser.get("/page/c/u/")

    assert response.content.decode() == small_host.PAGE
    assert [record.getMessage() for record in caplog.records] == [
        "Finding the unit of a page failed. The host is not affected."
    ]
    assert list(RejectionCount.objects.values_list("reason", "rejected_count")) == [("fault", 1)]


def test_a_database_that_fails_leaves_the_page_to_the_learner(browser, monkeypatch, caplog):
    def fail(_):
        raise DatabaseError("disk full")

    monkeypatch.setattr(page_views, "record_page_views", fail)

    response = browser.get("/page/c/u/")

    assert response.status_code == 200
    assert small_host.PAGE.removesuffix("</body></html>") in response.content.decode()
    assert "Storing a page view failed" in caplog.text


@pytest.mark.parametrize(
    "given", [{"ADAPTER": "tests.small_host.Adapter", "ENABLED": False}, {"ADAPTER": "nowhere.Adapter"}]
)
def test_switched_off_or_without_an_adapter_the_middleware_takes_itself_out(settings, given):
    settings.TRACKING = given

    with pytest.raises(MiddlewareNotUsed):
        TrackingMiddleware(lambda request: None)


MIXED = ["page", "later", "numbered", "data", "packed", "tagged", "decorated", "mixed", "refused", "unmapped"]


def answered(client, name):
    """Return every byte that a browser gets."""
    small_host.numbers = itertools.count()
    response = client.get(f"/{name}/c/u/")
    return response.status_code, sorted(response.items()), response.content


@pytest.fixture
def untouched(browser, settings):
    """What the host answers where no middleware of ours is installed and nothing is recorded."""
    given, names = settings.TRACKING, settings.MIDDLEWARE
    settings.TRACKING = {"ADAPTER": "tests.small_host.Adapter", "ENABLED": False}
    settings.MIDDLEWARE = [name for name in names if not name.startswith("tracking.")]
    answers = {name: answered(browser, name) for name in MIXED}
    settings.TRACKING, settings.MIDDLEWARE = given, names
    browser.handler._middleware_chain = None
    return answers


def test_switched_off_the_host_answers_as_it_did(browser, settings, untouched):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Adapter", "ENABLED": False}

    assert {name: answered(browser, name) for name in MIXED} == untouched


def break_adapter(monkeypatch):
    monkeypatch.setattr(small_host.Adapter, "viewed", raise_error)
    monkeypatch.setattr(small_host.Adapter, "unit_of_request", raise_error)


def break_cache(monkeypatch):
    for name in ("get", "set", "add"):
        monkeypatch.setattr(LocMemCache, name, raise_error)


def break_tables(monkeypatch):
    """Let every statement about a table of ours fail as it does where the database refuses it."""
    execute = CursorWrapper.execute

    def fail(self, sql, params=None):
        if "tracking_" in sql:
            raise DatabaseError("no such table")
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", fail)


def raise_error(*_, **__):
    raise ConnectionError("away")


def test_pages_are_the_same_with_and_without_the_cache(browser, monkeypatch, caplog):
    # Headers may differ: without the cache, the session has to say who is there, and the page varies by cookie.
    whole = {name: answered(browser, name)[::2] for name in MIXED}
    cache.clear()
    with monkeypatch.context() as broken:
        break_cache(broken)
        assert {name: answered(browser, name)[::2] for name in MIXED} == whole
    assert {record.getMessage()[:31] for record in caplog.records if record.name == "tracking.cache"} == {
        "The cache failed (ConnectionErr"
    }


@pytest.mark.parametrize("fault", [break_adapter, break_tables])
def test_a_fault_of_ours_leaves_the_answer_of_the_host_as_it_is_and_is_logged_once_for_each_kind(
    browser, untouched, monkeypatch, caplog, fault
):
    cache.clear()
    with monkeypatch.context() as broken:
        fault(broken)
        answers = [{name: answered(browser, name) for name in MIXED} for _ in range(3)]

    assert answers == [untouched] * 3
    messages = [record.getMessage() for record in caplog.records if record.name == "tracking.capture"]
    assert messages
    assert len(messages) == len(set(messages))


def test_faults_on_pages_are_counted(browser, settings):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Broken"}

    for _ in range(3):
        browser.get("/page/c/u/")

    assert list(RejectionCount.objects.values_list("reason", "rejected_count")) == [("fault", 3)]

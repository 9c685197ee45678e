"""A cache that is away costs queries and no page."""

import json

import pytest
from celery import current_app
from django.core.cache import cache as django_cache
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from tests.messages import batch, opened
from tests.templatetags.test_tracking import rendered
from tracking import tasks
from tracking.dashboards.privacy import consent_page
from tracking.management.doctor import jobs
from tracking.models import Consent, Event
from tracking.storage.host_cache import PAUSE_SECONDS, cache


class CacheIsAway(Exception):
    """What a cache raises that cannot be reached."""


@pytest.fixture
def away(monkeypatch):
    """Take the cache away; count how often it is tried."""
    tries = []

    def fail(*_args, **_kwargs):
        tries.append(1)
        raise CacheIsAway

    for name in ("get", "get_many", "set", "set_many", "add", "incr", "touch", "delete", "delete_many"):
        monkeypatch.setattr(django_cache, name, fail, raising=False)
    return tries


@pytest.fixture
def browser(school, learner):
    school.course("c", lessons=["a"])
    school.enrol(learner, "c")
    browser = Client(headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(learner)
    return browser


def post(browser):
    now = timezone.now()
    body = batch(opened(now, "a"), sent_at=now)
    return browser.post("/learning/events/", body, content_type="application/json")


def test_reading_finds_nothing_and_writing_does_nothing(away):
    cache.set("a", 1, 60)
    cache.forget_failures()
    assert (cache.get("a", 7), cache.get_many(["a"]), cache.add("a", 1, 60)) == (7, {}, False)


def test_after_a_failure_the_cache_is_left_alone_for_a_while(away, time_machine):
    cache.get("a")
    cache.get("b")
    assert len(away) == 1
    assert cache.is_away()
    assert PAUSE_SECONDS <= 10


def test_a_number_that_is_not_there_is_told_from_a_cache_that_is_away(db):
    with pytest.raises(ValueError, match="number"):
        cache.incr("number")
    assert not cache.is_away()


def test_the_links_for_the_pages_of_a_host_come_without_the_cache(learner, school, away):
    assert rendered(learner).startswith("/learning/me/")


def test_the_endpoint_asks_the_browser_to_come_back_while_the_cache_is_away(browser, away):
    answer = post(browser)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer["Retry-After"]) > 0
    assert not Event.objects.exists()


def test_a_withdrawal_is_kept_though_the_cache_is_away(browser, learner, away):
    browser.post("/learning/consent/", {"purpose": "engagement", "answer": "no"})
    assert not Consent.objects.filter(learner=learner).latest("id").is_granted


def test_a_withdrawal_that_cannot_be_stored_is_answered_in_words(browser, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OperationalError("database or disk is full")

    monkeypatch.setitem(consent_page.ANSWERS, "no", fail)
    answer = browser.post("/learning/consent/", {"purpose": "engagement", "answer": "no"})
    assert answer.status_code == 503
    assert "was not saved" in answer.content.decode()
    assert answer["Retry-After"]


@pytest.fixture
def without_celery(monkeypatch):
    """Have the host set up no Celery: then Celery makes up an app of its own."""
    sent = []
    monkeypatch.setattr(tasks, "FALLBACK_APP", current_app.main)
    monkeypatch.setattr(current_app.conf, "broker_url", None)
    monkeypatch.setattr(tasks.roll_up, "apply_async", lambda **options: sent.append(options))
    return sent


def test_a_host_without_celery_is_sent_no_trigger(without_celery):
    tasks.trigger_rollup()
    assert without_celery == []


def test_the_doctor_does_not_say_that_a_broker_is_well_that_nobody_has(db, without_celery):
    (line,) = jobs.check_broker_and_workers(timezone.now())
    assert (line.health, "no Celery app" in line.fact) == ("warning", True)
    assert json.dumps(line.fact)

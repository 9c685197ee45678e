import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.utils import timezone

from tests import small_host
from tests.middleware.answers import SCRIPT, answer, opened
from tracking.events import PAGE_OPENED, EventSource
from tracking.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.small_host")]


def test_opening_a_mapped_page_is_recorded(browser, learner):
    before = timezone.now()

    browser.get("/page/c/u/?secret=1")

    event = Event.objects.get()
    assert (event.learner_id, event.kind, event.source) == (learner.pk, PAGE_OPENED, EventSource.SERVER)
    assert (event.course_key, event.unit_key, event.payload) == ("c", "u", {})
    assert before <= event.happened_at <= timezone.now()


def test_a_view_is_found_by_its_dotted_path_where_its_url_has_no_name(browser):
    browser.get("/classy/c/u/")

    assert opened() == [(PAGE_OPENED, EventSource.SERVER, "c", "u")]


@pytest.mark.parametrize("path", ["/unmapped/c/u/", "/refused/c/u/"])
def test_a_page_that_shows_no_unit_is_left_alone(browser, path):
    assert browser.get(path).content.decode() == small_host.PAGE
    assert opened() == []


def test_an_unmapped_page_reads_no_user(browser, django_assert_num_queries):
    with django_assert_num_queries(0):
        browser.get("/unmapped/c/u/")


def test_nobody_logged_in_means_nothing_recorded():
    assert Client().get("/page/c/u/").content.decode() == small_host.PAGE
    assert opened() == []


def test_sending_a_form_is_no_opening(browser):
    browser.post("/page/c/u/")
    browser.post("/data/c/u/")

    assert opened() == []


@pytest.mark.parametrize("name", ["data", "packed"])
def test_what_is_no_plain_html_is_recorded_and_left_as_it_is(browser, name):
    assert b"data-tracking" not in browser.get(f"/{name}/c/u/").content
    assert len(opened()) == 1


def test_a_page_from_the_site_wide_cache_is_recorded_and_tracked_each_time(browser, settings):
    update, fetch = (f"django.middleware.cache.{name}CacheMiddleware" for name in ("Update", "FetchFrom"))
    ours = "tracking.middleware.TrackingMiddleware"
    others = [name for name in settings.MIDDLEWARE if name != ours]
    settings.MIDDLEWARE = [ours, update, *others, fetch]

    bodies = [browser.get("/numbered/c/u/").content for _ in range(3)]

    assert {body.partition(b"<script")[0] for body in bodies} == {bodies[0].partition(b"<script")[0]}
    assert [len(SCRIPT.findall(body)) for body in bodies] == [1, 1, 1]
    assert len(opened()) == 3


def test_the_host_may_veto_or_refine_what_was_shown(browser, settings):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Veto"}

    assert browser.get("/page/c/locked/").content.decode() == small_host.PAGE
    browser.get("/page/c/part/")
    assert opened() == [(PAGE_OPENED, EventSource.SERVER, "c", "shown")]


def test_somebody_who_acts_as_a_learner_is_not_recorded_as_the_learner(learner):
    learner.is_hijacked = True

    response = answer(user=learner)

    assert response.content.decode() == small_host.PAGE
    assert opened() == []


def test_pages_of_an_async_host_are_recorded(learner):
    client = AsyncClient()
    client.force_login(learner)

    response = async_to_sync(client.get)("/later/c/u/")

    assert SCRIPT.search(response.content)
    assert opened() == [(PAGE_OPENED, EventSource.SERVER, "c", "u")]

import gzip
import itertools
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError
from django.db.backends.utils import CursorWrapper
from django.test import AsyncClient, Client, RequestFactory
from django.urls import resolve
from django.utils import timezone

from tests import small_host
from tracking.capture import views
from tracking.events import VIEW_OPENED, Purpose, Source
from tracking.hooks import backlog
from tracking.middleware import TrackingMiddleware
from tracking.models import Event, Refusal
from tracking.privacy import consent

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.small_host")]

SCRIPT = re.compile(rb'<script type="module"[^>]*></script>')


@pytest.fixture(autouse=True)
def _host(settings):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Adapter"}


@pytest.fixture
def browser(learner):
    """A client in which a learner who shares everything is logged in."""
    client = Client()
    client.force_login(learner)
    return client


def opened():
    fields = ("kind", "source", "course_key", "unit_key")
    return list(Event.objects.values_list(*fields))


def answer(**on_request: Any) -> Any:
    """Return what the middleware makes of the page of unit u for a request with these attributes."""
    request = RequestFactory().get("/page/c/u/")
    vars(request).update(on_request, resolver_match=resolve("/page/c/u/"))
    return TrackingMiddleware(lambda request: small_host.page(request, "c", "u"))(request)


def test_opening_a_mapped_page_is_recorded(browser, learner):
    before = timezone.now()

    browser.get("/page/c/u/?secret=1")

    event = Event.objects.get()
    assert (event.learner_id, event.kind, event.source) == (learner.pk, VIEW_OPENED, Source.SERVER)
    assert (event.course_key, event.unit_key, event.payload) == ("c", "u", {})
    assert before <= event.happened_at <= timezone.now()


def test_a_view_is_found_by_its_dotted_path_where_its_url_has_no_name(browser):
    browser.get("/classy/c/u/")

    assert opened() == [(VIEW_OPENED, Source.SERVER, "c", "u")]


def test_a_page_of_a_learner_who_agreed_carries_the_tracker_before_the_end_of_its_body(browser):
    response = browser.get("/page/c/u/")

    body = response.content.decode()
    assert body.startswith(small_host.PAGE.removesuffix("</body></html>"))
    assert re.fullmatch(
        r'<script type="module" src="/static/tracking/tracker/main.js"'
        r' data-tracking-endpoint="/tracking/events/\?owner=[0-9a-f]{16}"'
        r' data-tracking-course="c" data-tracking-unit="u" data-tracking-owner="[0-9a-f]{16}"></script></body></html>',
        body.removeprefix(small_host.PAGE.removesuffix("</body></html>")),
    )
    assert response["Content-Length"] == str(len(response.content))
    assert "Cookie" in response["Vary"]


def test_keys_are_escaped_in_the_page(browser):
    response = browser.get("/page/c/%22%3E%3Cb%3E/")

    assert b'data-tracking-unit="&quot;&gt;&lt;b&gt;"' in response.content


def test_a_learner_whom_nobody_asked_yet_is_asked_and_not_recorded(make_learner):
    client = Client()
    client.force_login(make_learner(purposes=()))

    body = client.get("/page/c/u/?p=2").content.decode()

    assert 'name="answer" value="yes"' in body
    assert 'name="answer" value="no"' in body
    assert 'name="next" value="/page/c/u/?p=2"' in body
    assert "<script" not in body
    assert opened() == []


def test_the_question_is_answered_without_a_script_and_leads_back_to_the_page(make_learner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_learner(purposes=()))
    page = client.get("/page/c/u/").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))

    response = client.post("/tracking/consent/", {**hidden, "answer": "yes"})

    assert (response.status_code, response["Location"]) == (302, "/page/c/u/")


@pytest.mark.parametrize("headers", [{"Sec-GPC": "1"}, {"Sec-Fetch-Dest": "empty"}])
def test_nobody_is_asked_against_global_privacy_control_nor_in_data_for_scripts(make_learner, headers):
    client = Client(headers=headers)
    client.force_login(make_learner(purposes=()))

    assert client.get("/page/c/u/").content.decode() == small_host.PAGE


def test_not_now_is_remembered_and_records_nothing(make_learner):
    client = Client()
    client.force_login(make_learner(purposes=()))
    assert 'name="answer" value="later"' in client.get("/page/c/u/").content.decode()

    client.post("/tracking/consent/", {"purpose": "engagement", "answer": "later", "next": "/page/c/u/"})

    assert client.get("/page/c/u/").content.decode() == small_host.PAGE
    assert opened() == []


def test_both_answers_of_the_question_look_alike(make_learner):
    client = Client()
    client.force_login(make_learner(purposes=()))

    buttons = re.findall(r"<button ([^>]*)value=\"\w+\">", client.get("/page/c/u/").content.decode())

    assert buttons == ['class="trk-button" type="submit" name="answer" '] * 3


def test_where_a_notice_is_enough_a_page_tells_once_and_records(make_learner, settings):
    settings.TRACKING = {**settings.TRACKING, "NOTICE_PURPOSES": ("engagement",)}
    client = Client()
    client.force_login(make_learner(purposes=()))
    page = client.get("/page/c/u/").content.decode()
    assert "You may object, now or later" in page
    assert "<script" in page

    client.post("/tracking/consent/", {"purpose": "engagement", "answer": "later", "next": "/page/c/u/"})

    page = client.get("/page/c/u/").content.decode()
    assert "trk-ask" not in page
    assert "<script" in page
    assert [kind for kind, *_ in opened()] == [VIEW_OPENED] * 2


def test_an_objection_ends_it_where_a_notice_is_enough(make_learner, settings):
    settings.TRACKING = {**settings.TRACKING, "NOTICE_PURPOSES": ("engagement",)}
    client = Client()
    client.force_login(make_learner(purposes=()))

    client.post("/tracking/consent/", {"purpose": "engagement", "answer": "no", "next": "/page/c/u/"})

    assert client.get("/page/c/u/").content.decode() == small_host.PAGE
    assert opened() == []


def test_an_instructor_of_the_course_is_not_asked(make_learner, settings, monkeypatch):
    monkeypatch.setattr(small_host.Adapter, "instructed_course_keys", lambda self, user: ["c"])
    client = Client()
    client.force_login(make_learner(purposes=()))

    assert client.get("/page/c/u/").content.decode() == small_host.PAGE
    assert b"trk-ask" in client.get("/page/another/u/").content


def test_a_learner_who_refused_gets_the_page_as_the_host_made_it(make_learner):
    learner = make_learner(purposes=())
    consent.refuse(learner.pk, [Purpose.ENGAGEMENT], source="test")
    client = Client()
    client.force_login(learner)

    assert client.get("/page/c/u/").content.decode() == small_host.PAGE
    assert opened() == []


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

    assert opened() == []


@pytest.mark.parametrize("name", ["data", "packed"])
def test_what_is_no_plain_html_is_recorded_and_left_as_it_is(browser, name):
    assert b"data-tracking" not in browser.get(f"/{name}/c/u/").content
    assert len(opened()) == 1


def test_a_streamed_page_is_recorded_and_carries_the_tracker(browser):
    response = browser.get("/stream/c/u/")

    body = b"".join(response.streaming_content)
    assert SCRIPT.sub(b"", body).decode() == small_host.PAGE
    assert body.endswith(b"</script></body></html>")
    assert "Content-Length" not in response
    assert len(opened()) == 1


def test_a_page_streamed_by_an_async_view_carries_the_tracker(learner):
    client = AsyncClient()
    client.force_login(learner)

    async def body():
        response: Any = await client.get("/stream-later/c/u/")
        return b"".join([chunk async for chunk in response.streaming_content])

    assert SCRIPT.sub(b"", async_to_sync(body)()).decode() == small_host.PAGE


def test_a_template_that_is_streamed_places_the_tracker_and_the_middleware_not_again(browser):
    body = b"".join(browser.get("/stream-tagged/c/u/").streaming_content)

    assert len(SCRIPT.findall(body)) == 1
    assert body.index(b"<script") < body.index(b"<p>tagged")


def test_a_file_to_download_is_left_as_it_is(browser):
    body = b"".join(browser.get("/download/c/u/").streaming_content)

    assert body.decode() == small_host.PAGE


def test_a_page_that_the_host_packed_carries_the_tracker(browser):
    response = browser.get("/zipped/c/u/", headers={"Accept-Encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert response["Content-Length"] == str(len(response.content))
    assert SCRIPT.sub(b"", gzip.decompress(response.content)).decode() == small_host.PAGE + " " * 200


def test_what_only_says_that_it_is_packed_is_left_as_it_is(browser):
    assert browser.get("/damaged/c/u/").content.decode() == small_host.PAGE


@pytest.mark.parametrize(
    "header", [{"X-Requested-With": "XMLHttpRequest"}, {"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty"}]
)
def test_a_fragment_for_a_script_is_left_as_it_is(browser, header):
    assert browser.get("/page/c/u/", headers=header).content.decode() == small_host.PAGE


def test_a_page_fetched_ahead_is_not_opened_yet_but_carries_the_tracker(browser):
    response = browser.get("/page/c/u/", headers={"Sec-Purpose": "prefetch;prerender"})

    assert SCRIPT.search(response.content)
    assert opened() == []


def test_the_tag_places_the_tracker_once_and_the_middleware_not_again(browser):
    body = browser.get("/tagged/c/u/").content

    assert len(SCRIPT.findall(body)) == 1
    assert body.index(b"<script") < body.index(b"<p>tagged")
    assert len(opened()) == 1


def test_the_script_carries_the_nonce_of_the_policy(learner):
    response = answer(user=learner, _csp_nonce="n0nce")

    assert b' nonce="n0nce" data-tracking-endpoint' in response.content


def test_a_page_costs_no_query_of_ours_however_long_ago_the_last_one_was(
    browser, time_machine, monkeypatch, django_assert_num_queries
):
    browser.get("/page/c/u/")
    monkeypatch.setattr(backlog, "add", lambda opening: None)
    time_machine.move_to(timezone.now() + timedelta(seconds=500))

    with django_assert_num_queries(0):  # Nor the session and the user, whom the host's view does not ask for.
        assert SCRIPT.search(browser.get("/page/c/u/").content)


def test_an_answer_holds_for_the_next_page_even_where_another_process_makes_it(make_learner):
    learner = make_learner(purposes=())
    client = Client()
    client.force_login(learner)
    client.get("/page/c/u/")
    remembered = cache.get(f"tracking:answers:{learner.pk}")
    client.post("/tracking/consent/", {"purpose": "engagement", "answer": "yes", "next": "/page/c/u/"})
    cache.set(f"tracking:answers:{learner.pk}", remembered)

    assert SCRIPT.search(client.get("/page/c/u/").content)


def test_another_idle_limit_travels_with_the_script_in_milliseconds(browser, settings):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Adapter", "IDLE_SECONDS": 90}

    assert b' data-tracking-idle="90000"></script>' in browser.get("/page/c/u/").content


def test_injection_can_be_switched_off(browser, settings):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Adapter", "INJECT_SCRIPT": False}

    assert browser.get("/page/c/u/").content.decode() == small_host.PAGE
    assert len(opened()) == 1


def test_the_host_may_veto_or_refine_what_was_shown(browser, settings):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Veto"}

    assert browser.get("/page/c/locked/").content.decode() == small_host.PAGE
    browser.get("/page/c/part/")
    assert opened() == [(VIEW_OPENED, Source.SERVER, "c", "shown")]


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
    assert opened() == [(VIEW_OPENED, Source.SERVER, "c", "u")]


def test_a_broken_adapter_leaves_the_page_as_it_is_and_is_logged_and_counted(browser, settings, caplog):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Broken"}

    with caplog.at_level(logging.ERROR, "tracking.capture"):
        response = browser.get("/page/c/u/")

    assert response.content.decode() == small_host.PAGE
    assert [record.getMessage() for record in caplog.records] == [
        "Finding the unit of a page failed. The host goes on without it."
    ]
    assert list(Refusal.objects.values_list("reason", "refused_count")) == [("fault", 1)]


def test_a_database_that_fails_leaves_the_page_to_the_learner(browser, monkeypatch, caplog):
    def fail(_):
        raise DatabaseError("disk full")

    monkeypatch.setattr(views, "record_opened", fail)

    response = browser.get("/page/c/u/")

    assert response.status_code == 200
    assert small_host.PAGE.removesuffix("</body></html>") in response.content.decode()
    assert "Storing that a unit was opened failed" in caplog.text


@pytest.mark.parametrize(
    "given", [{"ADAPTER": "tests.small_host.Adapter", "ENABLED": False}, {"ADAPTER": "nowhere.Adapter"}]
)
def test_switched_off_or_without_an_adapter_the_middleware_takes_itself_out(settings, given):
    settings.TRACKING = given

    with pytest.raises(MiddlewareNotUsed):
        TrackingMiddleware(lambda request: None)


def test_a_page_from_the_site_wide_cache_is_recorded_and_tracked_each_time(browser, settings):
    update, fetch = (f"django.middleware.cache.{name}CacheMiddleware" for name in ("Update", "FetchFrom"))
    ours = "tracking.middleware.TrackingMiddleware"
    others = [name for name in settings.MIDDLEWARE if name != ours]
    settings.MIDDLEWARE = [ours, update, *others, fetch]

    bodies = [browser.get("/numbered/c/u/").content for _ in range(3)]

    assert {body.partition(b"<script")[0] for body in bodies} == {bodies[0].partition(b"<script")[0]}
    assert [len(SCRIPT.findall(body)) for body in bodies] == [1, 1, 1]
    assert len(opened()) == 3


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


@pytest.mark.parametrize("fault", [break_adapter, break_cache, break_tables])
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

    assert list(Refusal.objects.values_list("reason", "refused_count")) == [("fault", 3)]

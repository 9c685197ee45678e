import gzip
import re
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.test import AsyncClient, Client
from django.utils import timezone

from tests import small_host
from tests.middleware.answers import SCRIPT, answer, opened
from tracking.hooks import deferred

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.small_host")]


def test_a_page_of_a_learner_who_agreed_carries_the_tracker_before_the_end_of_its_body(browser):
    response = browser.get("/page/c/u/")

    body = response.content.decode()
    assert body.startswith(small_host.PAGE.removesuffix("</body></html>"))
    assert re.fullmatch(
        r'<script type="module" src="/static/learningtime/page/main.js"'
        r' data-tracking-endpoint="/tracking/events/\?owner=[0-9a-f]{16}"'
        r' data-tracking-course="c" data-tracking-unit="u" data-tracking-owner="[0-9a-f]{16}"></script></body></html>',
        body.removeprefix(small_host.PAGE.removesuffix("</body></html>")),
    )
    assert response["Content-Length"] == str(len(response.content))
    assert "Cookie" in response["Vary"]


def test_a_page_that_answers_a_form_carries_the_tracker(browser):
    """A quiz may show one question after the other in this way."""
    assert b"data-tracking-unit" in browser.post("/page/c/u/").content


def test_keys_are_escaped_in_the_page(browser):
    response = browser.get("/page/c/%22%3E%3Cb%3E/")

    assert b'data-tracking-unit="&quot;&gt;&lt;b&gt;"' in response.content


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
    monkeypatch.setattr(deferred, "defer_page_view", lambda opening: None)
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

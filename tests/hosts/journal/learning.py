import re
from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.core.asgi import get_asgi_application

from tests.hosts.driving import agreed, browser_of, learners, openings, outlines
from tests.hosts.journal.models import Article, Bookmark, Issue, Subscription, Volume
from tracking.events import UNIT_COMPLETED
from tracking.models import Event

pytest_plugins = ["tests.hosts.committing"]

PART = re.compile(rb"<script [^>]*data-tracking-unit[^>]*></script>")
PAGE = b"<!doctype html><html><body><p>On clouds</p></body></html>"
UNIT = "lesson:3/clouds"


@pytest.fixture
def article():
    issue = Issue.objects.create(volume=Volume.objects.create(year=2026), number=3)
    return Article.objects.create(issue=issue, slug="clouds", text="On clouds")


@pytest.fixture
def ida(article):
    ida = User.objects.create_user("ida")
    Subscription.objects.create(volume=article.issue.volume, reader=ida)
    return agreed(ida)


def fetched(path, browser):
    """Return status, headers and body as an ASGI server hands them on."""

    async def fetch():
        cookies = "; ".join(f"{key}={morsel.value}" for key, morsel in browser.cookies.items())
        scope = {
            "type": "http", "http_version": "1.1", "method": "GET", "path": urlsplit(path).path, "query_string": b"",
            "headers": [(b"host", b"testserver"), (b"cookie", cookies.encode())],
        }  # fmt: skip
        server = ApplicationCommunicator(get_asgi_application(), scope)
        await server.send_input({"type": "http.request", "body": b"", "more_body": False})
        start = await server.receive_output(10)
        body, more = b"", True
        while more:
            message = await server.receive_output(10)
            body, more = body + message.get("body", b""), message.get("more_body", False)
        await server.wait(10)
        return start["status"], dict(start["headers"]), body

    return async_to_sync(fetch)()


def test_the_outline_has_the_keys_that_the_pages_have(article, ida):
    assert outlines() == {"2026": ["module:3", UNIT]}
    assert learners("2026") == [ida.pk]


def test_a_page_of_an_async_view_is_opened_and_carries_the_tracker(ida):
    status, headers, body = fetched("/2026/3/clouds/", browser_of(ida))

    assert (status, PART.sub(b"", body)) == (200, PAGE)
    assert int(headers.get(b"Content-Length", len(body))) == len(body)
    assert len(PART.findall(body)) == 1
    assert openings() == [("ida", "2026", UNIT)]


def test_a_page_that_is_streamed_is_opened_and_carries_the_tracker(ida):
    _, _, body = fetched("/2026/3/clouds/streamed/", browser_of(ida))

    assert PART.sub(b"", body).rstrip() == PAGE
    assert len(PART.findall(body)) == 1
    assert openings() == [("ida", "2026", UNIT)]


def test_a_page_that_is_not_there_is_not_opened(ida):
    assert fetched("/2026/3/rain/", browser_of(ida))[0] == 404
    assert openings() == []


def test_a_page_from_the_cache_of_its_view_is_opened_by_each_who_gets_it(ida):
    tom = agreed(User.objects.create_user("tom"))

    pages = [browser_of(user).get("/2026/3/clouds/cached/").content for user in (ida, tom, ida)]

    assert [PART.sub(b"", page) for page in pages] == [PAGE] * 3
    assert [len(PART.findall(page)) for page in pages] == [1, 1, 1]
    assert openings() == [(name, "2026", UNIT) for name in ("ida", "tom", "ida")]


def test_the_word_of_the_host_that_an_article_was_read_is_taken_once(article, ida):
    bookmark = Bookmark.objects.create(article=article, reader=ida)
    assert not Event.objects.exists()

    bookmark.is_at_end = True
    bookmark.save()
    bookmark.save()

    assert list(Event.objects.values_list("kind", "course_key", "unit_key")) == [
        (UNIT_COMPLETED, "2026", UNIT)
    ]

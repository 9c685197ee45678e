"""What tracking costs the host's pages: ``make bench-page-overhead``.

A logged-in learner with consent requests the reference lesson, a page that shows no unit, and the lesson from the
site-wide cache, with tracking and without (middleware removed, and switched off). Requests go through Django's own WSGI
handler in turns of ten, so that other work on the machine affects all alike. ``REQUESTS`` is the number of each
(default: 2,000).
"""

import io
import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import resolve

from benchmarks import database
from courses import content_files, loading
from courses.models import Enrolment, Lesson
from tracking.definitions.percentiles import quantile
from tracking.events import Purpose
from tracking.hooks import deferred
from tracking.middleware import TrackingMiddleware
from tracking.privacy import consent

REQUESTS = int(os.environ.get("REQUESTS", "2000"))
AT_ONCE = 10
CALLS = 20_000
"""Limit for the middleware alone, around a view that does nothing."""
TARGET = 1.05
UNMAPPED_MICROSECONDS = 20.0
TINY = Path(__file__).parents[1] / "tests/courses/content/tiny"
OURS = "tracking.middleware.TrackingMiddleware"
CACHE = ("django.middleware.cache.UpdateCacheMiddleware", "django.middleware.cache.FetchFromCacheMiddleware")


@dataclass(slots=True, kw_only=True)
class Page:
    """One page with tracking or without."""

    name: str
    path: str
    middleware: list[str]
    is_tracked: bool
    handler: Any = None
    seconds: list[float] = field(default_factory=list)
    query_count: float = 0.0

    def milliseconds(self, share: float) -> float:
        """Return a quantile of the request times."""
        return 1000 * quantile(sorted(self.seconds), share)


def main() -> int:
    """Measure, print the table, and return 0 if every target is met."""
    cookie, lesson = _host()
    pages = [*_pages("lesson", lesson), *_pages("unmapped", "/"), *_pages("cached", lesson, cached=True)]
    for page in pages:
        with _settings(page):
            page.handler = WSGIHandler()
            _ask(page, cookie, 20)
            with CaptureQueriesContext(connection) as queries:
                _ask(page, cookie, AT_ONCE, does_flush=False)
            page.query_count = len(queries) / AT_ONCE
            deferred.flush_deferred()
    for _ in range(REQUESTS // AT_ONCE):
        for page in pages:
            with _settings(page):
                page.seconds += _ask(page, cookie, AT_ONCE)
    added = _microseconds_added()
    _print(pages, added)
    database.close_others()  # The thread that writes page views has its own connection.
    return _verdict(pages, added)


def _host() -> tuple[str, str]:
    """Create the tiny course and a learner; return the learner's cookie and the path of a lesson."""
    cache.clear()
    course = loading.load(content_files.read(TINY), starts_on=date(2026, 3, 2)).course
    learner = get_user_model().objects.create_user("lea")
    Enrolment.objects.create(course=course, learner=learner)
    consent.grant(learner.pk, tuple(Purpose), source="benchmark")
    browser = Client()
    browser.force_login(learner)
    lesson = Lesson.objects.filter(module__course=course).earliest("pk").get_absolute_url()
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}", lesson


def _pages(name: str, path: str, *, cached: bool = False) -> Iterator[Page]:
    plain = [each for each in settings.MIDDLEWARE if each != OURS]
    for is_tracked in (True, False):
        middleware = [CACHE[0], *plain, CACHE[1]] if cached else plain
        if is_tracked:
            middleware = [OURS, *middleware] if cached else [*middleware, OURS]
        title = f"{name}, {'tracked' if is_tracked else 'without'}"
        yield Page(name=title, path=path, middleware=middleware, is_tracked=is_tracked)


@contextmanager
def _settings(page: Page) -> Iterator[None]:
    options = {**settings.TRACKING, "ENABLED": page.is_tracked}
    # Django does not cache a page that sets a cookie, and a form sets one for its CSRF token.
    changes = {"CACHE_MIDDLEWARE_SECONDS": 3600, "CSRF_USE_SESSIONS": True}
    with override_settings(MIDDLEWARE=page.middleware, TRACKING=options, **changes):
        yield


def _ask(page: Page, cookie: str, count: int, *, does_flush: bool = True) -> list[float]:
    """Return the seconds of each of ``count`` requests. Work that they defer to a thread runs in between."""
    seconds = []
    for _ in range(count):
        environ = _environ(page.path, cookie)
        began = time.perf_counter()
        body = page.handler(environ, _started)
        content = b"".join(body)
        body.close()
        seconds.append(time.perf_counter() - began)
        if not content:
            raise SystemExit(f"{page.name}: {page.path} has no content.")
    if does_flush:
        deferred.flush_deferred()
    return seconds


def _environ(path: str, cookie: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_COOKIE": cookie,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
    }


def _started(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
    if not status.startswith("200"):
        raise SystemExit(f"A page answered {status}.")
    return lambda _: None


def _microseconds_added() -> float:
    """Return what the middleware adds to a request for a page without a unit, around a view that does nothing."""
    answer = HttpResponse("ok")

    def view(request: Any) -> HttpResponse:
        return answer

    request = RequestFactory().get("/")
    request.resolver_match = resolve("/")
    ways: Mapping[str, Any] = {"with": TrackingMiddleware(view), "without": view}
    fastest = dict.fromkeys(ways, float("inf"))
    for _, (name, call) in itertools.product(range(5), ways.items()):
        began = time.perf_counter()
        for _ in range(CALLS):
            call(request)
        fastest[name] = min(fastest[name], (time.perf_counter() - began) / CALLS)
    return 1e6 * (fastest["with"] - fastest["without"])


def _ratio(pages: list[Page], name: str, share: float) -> float:
    tracked, without = (page for page in pages if page.name.startswith(name))
    return tracked.milliseconds(share) / without.milliseconds(share)


def _print(pages: list[Page], added: float) -> None:
    print(f"\n{'milliseconds':20}{'p50':>10}{'p99':>10}{'p50 ratio':>12}{'p99 ratio':>12}{'queries':>10}")
    for page in pages:
        name = page.name.partition(",")[0]
        ratios = [f"{_ratio(pages, name, share):.3f}" if page.is_tracked else "" for share in (0.5, 0.99)]
        print(
            f"{page.name:20}{page.milliseconds(0.5):10.3f}{page.milliseconds(0.99):10.3f}"
            f"{ratios[0]:>12}{ratios[1]:>12}{page.query_count:10.1f}"
        )
    print(
        f"\nThe middleware adds {added:.2f} µs to a page without a unit (target {UNMAPPED_MICROSECONDS:g})."
    )


def _verdict(pages: list[Page], added: float) -> int:
    pairs = zip(pages[::2], pages[1::2], strict=True)
    more = [tracked.name for tracked, without in pairs if tracked.query_count > without.query_count]
    for name in more:
        print(f"{name}: more queries than without.")
    ratio = _ratio(pages, "lesson", 0.5)
    print(f"\npage-overhead: {ratio:.3f} x without (target {TARGET}, limit 1)")
    return 0 if ratio <= TARGET and added <= UNMAPPED_MICROSECONDS and not more else 1


if __name__ == "__main__":
    sys.exit(main())

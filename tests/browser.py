"""A real Chromium for the tests, and pages whose errors fail the test that opened them."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.servers import addresses, chromium

TIMEOUT_MILLISECONDS = 10_000
# A page that goes away cancels what it was still asking for.
CANCELLED = "net::ERR_ABORTED"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run a headless Chromium for the whole run."""
    path = os.environ.get(addresses.CHROMIUM) or chromium.find()
    if path is None:
        pytest.fail(chromium.WAY_OUT)
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's event loop runs in this thread, and Django would take the tests' own queries for async ones.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield running
        running.close()


@pytest.fixture
def page_problems() -> list[str]:
    """What went wrong in the pages of a test so far; a test that provokes an error asserts it here and clears it."""
    return []


@pytest.fixture
def new_context(
    browser: Browser, live_server: LiveServer, page_problems: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Open one more device, with cookies and storage of its own; takes what ``Browser.new_context`` takes."""
    contexts: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"base_url": live_server.url, **options})
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        _watch(context, page_problems)
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()
    if page_problems:
        pytest.fail("Problems in the page:\n" + "\n".join(page_problems), pytrace=False)


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """One tab on the live server: ``page.goto("/courses/")``."""
    return new_context().new_page()


@pytest.fixture
def log_in(live_server: LiveServer) -> Callable[[Page, User], None]:
    """Log a person in on a page without going through the form."""

    def log_in(page: Page, person: User) -> None:
        client = Client()
        client.force_login(person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )

    return log_in


def _watch(context: BrowserContext, problems: list[str]) -> None:
    """Note every error in the console, uncaught exception and failed request of ``context`` in ``problems``."""

    def failed(request: Request) -> None:
        if request.failure != CANCELLED:
            problems.append(f"{request.method} {request.url} failed: {request.failure}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            problems.append(f"{response.request.method} {response.url} answered {response.status}")

    context.on(
        "console",
        lambda message: problems.append(f"console: {message.text}") if message.type == "error" else None,
    )
    context.on("weberror", lambda error: problems.append(f"uncaught: {error.error}"))
    context.on("requestfailed", failed)
    context.on("response", answered)

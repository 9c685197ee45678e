"""The browser fixtures tell what goes wrong in a page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page


@pytest.fixture
def blank(new_context: Callable[..., BrowserContext]) -> Page:
    page = new_context().new_page()
    page.route("http://example.invalid/**", lambda route: route.fulfill(status=404, body="gone"))
    return page


def test_an_uncaught_error_in_a_page_is_a_problem(blank: Page, page_problems: list[str]) -> None:
    with blank.context.expect_event("weberror"):
        blank.evaluate("setTimeout(() => { throw new Error('out of ink') })")
    assert page_problems == ["uncaught: out of ink"]
    page_problems.clear()


def test_an_error_in_the_console_is_a_problem(blank: Page, page_problems: list[str]) -> None:
    blank.evaluate("console.warn('dusty'); console.error('on fire')")
    assert page_problems == ["console: on fire"]
    page_problems.clear()


def test_a_missing_page_is_a_problem(blank: Page, page_problems: list[str]) -> None:
    blank.goto("http://example.invalid/gone")
    assert page_problems[0] == "GET http://example.invalid/gone answered 404"
    page_problems.clear()

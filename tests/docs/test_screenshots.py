"""The pictures of every page: none is missing, and the faults of a page are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Route
from pytest_django.live_server_helper import LiveServer

from docs.screenshots import faults, modes, pages, sheet

Faults = Callable[[], list[str]]


def test_every_exception_names_an_existing_url() -> None:
    assert set(pages.NOT_PAGES) <= pages.url_names()
    assert set(pages.SEVERAL) <= pages.page_names()


def test_every_page_is_found_by_links_and_taken_once() -> None:
    links = {
        "/learning/me/": ["/learning/me/a/", "/learning/me/b/", "/courses/", "?page=2", "/learning/classes/"],
        "/learning/me/a/": ["timeline/", "attempts/1/", "attempts/2/"],
        "/learning/classes/": ["/learning/classes/a/"],
    }
    found = pages.find_pages(lambda person, path: links.get(path, []))
    assert [(each.name, each.person, each.path) for each in found] == [
        ("my_courses", "lena", "/learning/me/"),
        ("my_progress", "lena", "/learning/me/a/"),
        ("my_timeline", "lena", "/learning/me/a/timeline/"),
        ("my_attempt", "lena", "/learning/me/a/attempts/1/"),
        ("classes", "ines", "/learning/classes/"),
        ("class", "ines", "/learning/classes/a/"),
    ]


def test_the_sheet_shows_what_was_taken_and_says_what_is_wrong(tmp_path: Any) -> None:
    (tmp_path / "class-dark.png").touch()
    written = sheet.write_sheet(
        tmp_path, pages=["class"], modes=["dark", "200 %"], faults={("class", "200 %"): ["<blob>"]}
    )
    text = written.read_text()
    assert '<td><a href="class-dark.png"><img src="class-dark.png"' in text
    assert '<td class="faulty"><ul><li>&lt;blob&gt;</li></ul></td>' in text


def test_each_look_has_a_name_of_its_own() -> None:
    names = [look.name for device in modes.DEVICES for look in device.looks]
    assert len(names) == len(set(names))


@pytest.fixture
def context(browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_server.url)
    yield context
    context.close()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def find_faults(context: BrowserContext, tab: Page) -> Faults:
    """Open a public page of tracking, and return its faults."""
    watch = faults.Watch(context)

    def find_faults() -> list[str]:
        tab.goto(reverse("tracking:verify_time_statement"))
        found = faults.find_faults(tab, is_ours=True, has_our_colours=True)
        return [*watch.take(), *found]

    return find_faults


def with_this_in_it(markup: str) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        answered = route.fetch()
        route.fulfill(
            response=answered,
            body=answered.text().replace('<div class="trk-page">', f'<div class="trk-page">{markup}'),
        )

    return answer


@pytest.mark.django_db(transaction=True)
def test_a_page_without_faults_reports_nothing(find_faults: Faults) -> None:
    assert find_faults() == []


@pytest.mark.django_db(transaction=True)
def test_styles_that_do_not_come_are_reported(find_faults: Faults, tab: Page) -> None:
    tab.route("**/pages.css", lambda route: route.fulfill(status=404))
    reported = "\n".join(find_faults())
    assert "/static/learningtime/pages.css answered 404" in reported
    assert "pages.css is not in force" in reported


@pytest.mark.django_db(transaction=True)
def test_styles_that_come_empty_are_reported(find_faults: Faults, tab: Page) -> None:
    tab.route("**/tracking.css", lambda route: route.fulfill(body="", content_type="text/css"))
    reported = find_faults()
    assert "no styles come from /static/learningtime/tracking.css" in reported
    assert "tracking.css is not in force: --trk-ink has no value" in reported


@pytest.mark.django_db(transaction=True)
def test_a_chart_whose_styles_are_gone_is_reported(find_faults: Faults, tab: Page) -> None:
    """Axe found nothing on a page whose charts were black blobs."""
    tab.route("**/verify/", with_this_in_it('<svg><rect class="bar" width="9" height="9"/></svg>'))
    assert find_faults() == ["a shape has no styles: bar"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<p style="color: red">', "style-src-attr blocked inline"),
        ('<img alt="" src="http://127.0.0.1:9/other.png">', "img-src blocked http://127.0.0.1:9/other.png"),
        ("<script>1</script>", "script-src-elem blocked inline"),
    ],
)
def test_what_the_policy_blocks_is_reported(
    markup: str, expected: str, find_faults: Faults, tab: Page
) -> None:
    tab.route("**/verify/", with_this_in_it(markup))
    assert expected in find_faults()


@pytest.mark.django_db(transaction=True)
def test_an_error_in_the_console_is_reported(find_faults: Faults, tab: Page) -> None:
    tab.add_init_script("console.error('It broke.')")
    assert find_faults() == ["console: It broke."]


@pytest.mark.django_db(transaction=True)
def test_a_page_without_the_policy_is_reported(find_faults: Faults, settings: Any) -> None:
    settings.CONTENT_SECURITY_POLICY = "default-src *"
    assert [each.partition(" ")[2] for each in find_faults()] == ["came without default-src 'self'"]


@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_wider_than_the_window_is_reported(find_faults: Faults, tab: Page) -> None:
    tab.route("**/verify/", with_this_in_it('<svg width="1300" height="1"></svg>'))
    assert [each.partition(" by")[0] for each in find_faults()] == ["wider than the window"]

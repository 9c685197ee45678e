"""A page about figures stays fresh in a real browser: what it asks, when it does not ask, and what it leaves alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, Route

from tests import factories
from tests.dashboards.every_page import Show
from tests.factories import COURSE

EVERY = 30_000
LONGEST = 600_000
PAGE = (
    '<!doctype html><html lang="en"><title>Figures</title>'
    '<p id="line" data-trk-data-version="/data-version/" data-trk-known="one" hidden>New</p>'
    '<p id="figure">7</p><script type="module" src="/static/learningtime/data_version.js"></script></html>'
)
COUNT_ANSWERS = """
const ask = window.fetch;
window.asked = 0;
window.answered = 0;
window.fetch = async (...given) => {
  window.asked += 1;
  const answer = await ask.apply(window, given);
  window.answered += 1;
  return answer;
};
"""
TURN = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class Figures:
    """A page that stays fresh, on a clock that is turned by hand, and the server that it asks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.mark = '"one"'
        self.status = 200
        self.asked: list[str | None] = []
        page.clock.install(time=0)
        page.clock.pause_at(1000)
        page.add_init_script(COUNT_ANSWERS)
        page.route("**/figures/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        page.route("**/data-version/", self._answer)
        page.goto("/figures/")
        self.wait_until_asked(1)

    def pass_time(self, milliseconds: int) -> None:
        self.page.clock.run_for(milliseconds)

    def turn(self, *, hidden: bool) -> None:
        self.page.evaluate(TURN, hidden)

    def wait_until_asked(self, count: int) -> None:
        """Wait until the page has asked ``count`` times and has read the last answer."""
        self.page.wait_for_function("(count) => window.answered >= count", arg=count)
        assert len(self.asked) == count

    @property
    def count(self) -> int:
        """How often the page has asked, answered or not."""
        return int(self.page.evaluate("window.asked"))

    @property
    def is_told(self) -> bool:
        return self.page.locator("#line").is_visible()

    def _answer(self, route: Route) -> None:
        known = route.request.headers.get("if-none-match")
        self.asked.append(known)
        status = 304 if known == self.mark and self.status == 200 else self.status
        route.fulfill(status=status, headers={"ETag": self.mark})


@pytest.fixture
def figures(page: Page) -> Figures:
    return Figures(page)


def test_it_asks_at_once_and_then_every_half_minute_with_the_mark_that_it_has(figures: Figures) -> None:
    figures.pass_time(EVERY)
    figures.wait_until_asked(2)
    figures.pass_time(EVERY)
    figures.wait_until_asked(3)
    assert figures.asked == ['"one"', '"one"', '"one"']


def test_a_page_read_long_after_it_was_opened_is_held_against_its_own_mark(page: Page) -> None:
    """A page opened behind another took the newest mark for its own, and never said that it was old."""
    page.add_init_script("Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })")
    page.route("**/figures/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route("**/data-version/", lambda route: route.fulfill(headers={"ETag": 'W/"two"'}))
    page.goto("/figures/")
    page.evaluate(TURN, False)
    page.locator("#line").wait_for(state="visible")


def test_while_nothing_changed_nothing_is_said(figures: Figures) -> None:
    figures.pass_time(EVERY)
    figures.wait_until_asked(2)
    assert not figures.is_told


def test_where_something_changed_it_says_so_and_replaces_nothing(figures: Figures) -> None:
    figures.page.evaluate("window.figure = document.querySelector('#figure')")
    figures.mark = '"two"'
    figures.pass_time(EVERY)
    figures.page.locator("#line").wait_for(state="visible")
    assert figures.page.evaluate("document.querySelector('#figure') === window.figure")
    assert figures.page.locator("#figure").inner_text() == "7"


def test_once_it_has_said_so_it_asks_no_more(figures: Figures) -> None:
    figures.mark = '"two"'
    figures.pass_time(EVERY)
    figures.page.locator("#line").wait_for(state="visible")
    figures.pass_time(4 * EVERY)
    assert figures.count == 2


def test_it_asks_nothing_while_it_is_hidden(figures: Figures) -> None:
    figures.turn(hidden=True)
    figures.pass_time(10 * EVERY)
    assert figures.count == 1


def test_it_asks_as_soon_as_it_is_seen_again_and_goes_on_at_its_pace(figures: Figures) -> None:
    figures.turn(hidden=True)
    figures.pass_time(10 * EVERY)
    figures.turn(hidden=False)
    figures.wait_until_asked(2)
    figures.pass_time(EVERY)
    figures.wait_until_asked(3)


def test_coming_and_going_makes_it_ask_no_more_often(figures: Figures) -> None:
    """Each time the page was seen again one more clock ran beside the others."""
    for count in range(2, 7):
        figures.pass_time(1000)
        figures.turn(hidden=True)
        figures.turn(hidden=False)
        figures.wait_until_asked(count)
    figures.pass_time(EVERY - 1)
    assert figures.count == 6


def test_a_server_in_trouble_is_asked_ever_less_often(figures: Figures, page_problems: list[str]) -> None:
    figures.status = 503
    for asked, wait in ((2, EVERY), (3, 2 * EVERY), (4, 4 * EVERY)):
        figures.pass_time(wait - 1)
        assert figures.count == asked - 1
        figures.pass_time(1)
        figures.wait_until_asked(asked)
    assert {each.rpartition(" ")[2] for each in page_problems} <= {"503", "Unavailable)"}
    page_problems.clear()


@pytest.mark.django_db(transaction=True)
def test_a_class_page_tells_of_figures_that_came_since(show: Show, page_problems: list[str]) -> None:
    page = show("class", "light")
    page.add_init_script(COUNT_ANSWERS)
    page.reload()
    page.wait_for_function("() => window.answered === 1")
    line = page.get_by_role("status").filter(has_text="New data is available.")
    assert not line.is_visible()
    factories.LearnerCourseFactory.create(learner=factories.UserFactory.create())
    with page.expect_response("**/data-version/") as answer:
        page.evaluate(TURN, False)
    assert answer.value.status == 200
    line.wait_for(state="visible")


@pytest.mark.django_db(transaction=True)
def test_the_mark_of_a_class_is_not_sent_again_while_nothing_changed(
    lena: User, ines: User, as_: Callable[[User], Any]
) -> None:
    browser, address = as_(ines), reverse("tracking:class_data_version", args=[COURSE])
    first = browser.get(address)
    again = browser.get(address, headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, first.content) == (200, b"")
    assert (again.status_code, again.content) == (304, b"")


KEPT_FRESH = [
    "my_progress",
    "class",
    "class_module",
    "class_lesson",
    "class_progress_grid",
    "class_risk",
    "class_trends",
    "class_learner",
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", KEPT_FRESH)
def test_a_page_holds_the_mark_of_its_own_figures(
    name: str, everything: dict[str, tuple[User, str]], as_: Callable[[User], Any]
) -> None:
    person, address = everything[name]
    browser = as_(person)
    page = browser.get(address).content.decode()
    found = re.search(r'data-trk-data-version="([^"]+)" data-trk-known="([^"]+)"', page)
    assert found is not None
    assert browser.get(found[1])["ETag"] == f'"{found[2]}"'

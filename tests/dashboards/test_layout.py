"""The pages in a real browser: nothing for axe to find, nothing wider than the window, nothing that the policy blocks.

The fixture ``page`` fails a test whose page logs an error, so a blocked style or a missing file fails it too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page

from tests import factories
from tests.dashboards.every_page import PAGES, Show
from tests.proofs import Sample


def _sized(width: int, height: int) -> Callable[[Page], Any]:
    def look(page: Page) -> None:
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": width, "height": height})

    return look


LOOKS: dict[str, Callable[[Page], Any]] = {
    "light": lambda page: page.emulate_media(color_scheme="light"),
    "dark": lambda page: page.emulate_media(color_scheme="dark"),
    "reduced motion": lambda page: page.emulate_media(color_scheme="light", reduced_motion="reduce"),
    "forced colours": lambda page: page.emulate_media(color_scheme="light", forced_colors="active"),
    "print": lambda page: page.emulate_media(media="print", forced_colors="none"),
    "tablet": _sized(768, 1024),
    # At 200 % a window of 1280 by 900 holds half as many pixels of CSS each way; at 400 %, a quarter.
    "200 %": _sized(640, 450),
    "320 px": _sized(320, 640),
    "right to left": lambda page: page.evaluate("document.documentElement.dir = 'rtl'"),
}
"""Each from the one before, on a page that is loaded once."""

MOVING = """() => [...document.querySelectorAll(".trk, .trk *")].filter((element) => {
  const { animationName, transitionDuration } = getComputedStyle(element);
  return animationName !== "none" || transitionDuration.split(", ").some((each) => parseFloat(each) > 0);
}).map((element) => element.outerHTML.slice(0, 80))"""


def faults(page: Page, looks: list[str], for_axe: list[str]) -> dict[str, str]:
    """Return what is wrong with a page in each of ``looks``: that it is wider than the window, or what axe finds.

    Axe takes long, so it looks at the page only in the looks that are ``for_axe``.
    """
    found: dict[str, str] = {}
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    for look in looks:
        LOOKS[look](page)
        if page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0:
            found[look] = "wider than the window"
        if look in for_axe and (results := Axe().run(page)).violations_count:
            found[look] = results.generate_report()
    return found


@pytest.mark.proof(name="looks")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window_in_any_mode(
    name: str, show: Show, sample: Sample
) -> None:
    always = ["light", "dark"]
    others = sample([look for look in LOOKS if look not in always], 2)
    assert faults(show(name, "light"), list(LOOKS), for_axe=[*always, *others]) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "name", ["my_progress", "class", "class_lesson", "class_learner", "class_learner_attempt", "consent"]
)
def test_inside_a_host_nothing_of_either_breaks(name: str, show: Show, settings: Any) -> None:
    settings.TRACKING = {**settings.TRACKING, "BASE_TEMPLATE": "base.html"}
    looks = ["light", "dark", "320 px"]
    assert faults(show(name, "light"), looks, for_axe=looks) == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", PAGES)
def test_without_scripts_a_page_is_whole_and_every_form_can_be_sent(name: str, show: Show) -> None:
    page = show(name, "no scripts")
    assert page.locator("h1").count() == 1
    for form in page.locator(".trk form:not([hidden])").all():
        assert form.locator("button[type=submit]").count() > 0, form.inner_html()
    for link in page.locator(".trk a").all():
        assert link.get_attribute("href") is not None, link.inner_html()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["my_progress", "class", "class_learner"])
def test_nothing_moves_where_the_reader_wants_less_motion(name: str, show: Show) -> None:
    page = show(name, "light")
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(MOVING) == []


@pytest.mark.django_db(transaction=True)
def test_without_scripts_a_filter_still_narrows_the_class_down(show: Show) -> None:
    page = show("class", "no scripts")
    page.get_by_label("Status").select_option("check_in")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**status=check_in**")
    assert page.locator(".trk-learners tbody tr").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_wide_table_can_be_scrolled_by_keyboard(show: Show) -> None:
    page = show("class", "phone")
    table = page.get_by_role("group", name="All learners")
    table.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0")


@pytest.mark.django_db(transaction=True)
def test_a_page_is_dark_where_the_reader_wants_it_dark(show: Show) -> None:
    tile = show("class", "dark").locator(".trk-tile").first
    assert tile.evaluate("(tile) => getComputedStyle(tile).backgroundColor") == "rgb(29, 33, 37)"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["light", "no scripts"])
def test_on_paper_no_lesson_is_folded_away(mode: str, show: Show) -> None:
    """Modules that were done or not reached were closed on paper, too, and their lessons missing."""
    page = show("my_progress", mode)
    factories.OutlineUnitFactory.create(unit_key="n", kind="module", title="Later", url="", position=50)
    factories.OutlineUnitFactory.create(unit_key="n/a", parent_key="n", title="Not reached", position=51)
    page.reload()
    lesson = page.locator(".trk-modules").get_by_text("Not reached").last
    assert not lesson.is_visible()
    page.emulate_media(media="print")
    assert lesson.is_visible()


@pytest.mark.django_db(transaction=True)
def test_on_paper_there_is_nothing_to_press(show: Show) -> None:
    page = show("class_learner", "light")
    page.emulate_media(media="print")
    pressed = page.locator(".trk :is(button, input, select, textarea)").evaluate_all(
        "all => all.filter((each) => each.checkVisibility()).map((each) => each.textContent.trim())"
    )
    assert pressed == []


@pytest.mark.django_db(transaction=True)
def test_modules_are_unfolded_for_the_paper_and_folded_again_after(show: Show) -> None:
    page = show("my_progress", "light")
    factories.OutlineUnitFactory.create(unit_key="n", kind="module", title="Later", url="", position=50)
    factories.OutlineUnitFactory.create(unit_key="n/a", parent_key="n", title="Not reached", position=51)
    page.reload()
    folded = "document.querySelectorAll('.trk-module:not([open])').length"
    counts = [page.evaluate(folded)]
    for event in ("beforeprint", "afterprint"):
        page.evaluate("(event) => window.dispatchEvent(new Event(event))", event)
        counts.append(page.evaluate(folded))
    assert counts == [1, 0, 1]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["my_time_statement", "class_module", "class_progress_grid", "class_risk"])
def test_a_page_to_hand_on_has_a_button_that_prints_it(
    name: str, everything: dict[str, tuple[User, str]], as_: Callable[[User], Client]
) -> None:
    person, address = everything[name]
    assert "data-trk-print" in as_(person).get(address).content.decode()

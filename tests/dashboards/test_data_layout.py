"""The pages about what is recorded, in a real browser: nothing for axe to find, and nothing wider than the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from tests import factories
from tests.dashboards.every_page import MODES as ALL_MODES
from tests.dashboards.every_page import MODES_WITH_SCRIPTS
from tests.privacy.everything import fill

PAGES = {
    "data": reverse("tracking:data"),
    "findings": reverse("tracking:data_records", args=["findings"]),
    "access_log": reverse("tracking:data_records", args=["access_log"]),
    "erase": reverse("tracking:erase"),
    "processing": reverse("tracking:processing"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", MODES_WITH_SCRIPTS)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    mode: str,
    course: Any,
    ines: User,
    new_context: Callable[..., BrowserContext],
    log_in: Callable[[Page, User], None],
) -> None:
    zoe: User = factories.UserFactory.create(username="zoe", first_name="Zoe", last_name="Zahl")
    fill(zoe, ines)
    page = new_context(**ALL_MODES[mode]).new_page()
    log_in(page, zoe)
    for address in PAGES.values():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, address
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}\n{found.generate_report()}"

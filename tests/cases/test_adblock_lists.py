"""uBlock Origin and other blockers use EasyPrivacy by default.

Rules of easyprivacy_general.txt that names of this product have matched or come near to; each is part of an address,
and * matches anything.
"""

import re

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse

pytestmark = pytest.mark.once

BLOCKED = (
    "/api/tracking/*",
    "/api/v1/metrics",
    "/app/tracking/*",
    "/assets/tracking-",
    "/beacon.js",
    "/static/analytics.js",
    "/static/tracking/*",
    "/statistics/seen",
    "/stats/page-view",
    "/stats/pageview",
    "/track/event/*",
    "/track/view/*",
    "/tracker/events/*",
    "/tracker/tracker.js",
    "/tracking/click",
    "/tracking/events/*",
    "/tracking/pageview.",
    "/tracking/tracker.",
    "/tracking/tracking.",
    "/tracking/views/*",
)
"""Of https://github.com/easylist/easylist, easyprivacy/easyprivacy_general.txt."""

FOLDER = "learningtime"
"""The folder of our files among the static files of a host."""


def blocked(addresses):
    rules = re.compile("|".join(re.escape(rule).replace(r"\*", ".*") for rule in BLOCKED), re.IGNORECASE)
    return [address for address in addresses if rules.search(address)]


def files(suffix):
    """Return the addresses of our static files with ``suffix``."""
    names = (name for finder in finders.get_finders() for name, _ in finder.list([]))
    found = [static(name) for name in names if name.startswith(f"{FOLDER}/") and name.endswith(suffix)]
    assert found
    return found


def test_no_style_sheet_of_a_page_is_on_the_list():
    assert blocked(files(".css")) == []


def test_no_script_is_on_the_list():
    assert blocked(files(".js")) == []


def test_no_address_that_a_browser_posts_events_to_is_on_the_list():
    addresses = [reverse("tracking:events"), reverse("tracking:events_with_token", args=["x"])]
    assert blocked(addresses) == []


def test_no_page_is_on_the_list():
    pages = [
        *(reverse(f"tracking:{name}") for name in ("my_courses", "classes")),
        *(reverse(f"tracking:{name}", args=["c"]) for name in ("my_progress", "class")),
    ]
    assert blocked(pages) == []

"""``STATIC_URL`` is on another origin, whose server does not allow other sites to load modules, as is usual."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.cases import site_notices

CDN = "https://cdn.example.org/static/"
HEADER = "Access-Control-Allow-Origin"


@pytest.fixture
def read(lesson, settings):
    """Read a lesson for 20 seconds whose static files come from a CDN that allows one origin, or all (*)."""

    def read_lesson(*, allowed):
        def serve(route):
            found = finders.find(route.request.url.removeprefix(CDN))
            script = Path(str(found)).read_text(encoding="utf-8")
            # If there were none, Playwright would add a header that allows the page.
            route.fulfill(body=script, headers={"Content-Type": "text/javascript", HEADER: allowed})

        settings.STATIC_URL = CDN
        lesson.page.route(f"{CDN}**", serve)
        lesson.open("<p>text</p>", static=CDN)
        for place in range(10):
            lesson.page.mouse.move(50 + place, 60)
            lesson.page.clock.run_for(2000)
        return lesson

    return read_lesson


def test_time_is_measured_if_a_cdn_allows_scripts_to_other_sites(read):
    assert read(allowed="*").active_seconds() == pytest.approx(15, abs=3)


def test_time_is_measured_from_any_cdn_or_the_documentation_says_what_it_must_send(read, page_problems):
    lesson = read(allowed="https://www.example.org")
    assert page_problems
    page_problems.clear()
    assert lesson.active_seconds() > 5 or HEADER in site_notices.read()

import json
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route

from tests import waiting

TRACKER = (
    '<script type="module" src="{static}learningtime/page/main.js" data-tracking-endpoint="/learning/events/"'
    ' data-tracking-course="c" data-tracking-unit="u" data-tracking-owner="x"></script>'
)


class Lesson:
    """A lesson with the tracker, open in a browser whose clock the test moves; and what the tracker has sent."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.events: list[dict[str, Any]] = []
        page.clock.install()
        page.route("**/learning/events/", self._receive)

    def open(self, body: str, *, static: str = settings.STATIC_URL) -> None:
        html = f"<!doctype html><html><body>{body}{TRACKER.format(static=static)}</body></html>"
        self.page.route("**/lesson/", lambda route: route.fulfill(body=html, content_type="text/html"))
        self.page.goto("/lesson/")

    def payloads(self, kind: str) -> list[dict[str, Any]]:
        return [event["p"] for event in self.events if event["t"] == kind]

    def active_seconds(self, at_least: float = 0) -> float:
        """Return the active time, which is sent every 15 seconds, once ``at_least`` so much has arrived."""

        def longest() -> float:
            self.page.evaluate("0")  # Lets what the browser has sent arrive here.
            return max((sent["active"] / 1000 for sent in self.payloads("page.progress")), default=0)

        waiting.until(lambda: longest() >= at_least, seconds=10)
        return longest()

    def _receive(self, route: Route) -> None:
        self.events += json.loads(route.request.post_data or "")["events"]
        route.fulfill(status=202, json={})


@pytest.fixture
def lesson(page: Page) -> Lesson:
    return Lesson(page)

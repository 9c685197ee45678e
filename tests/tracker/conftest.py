"""A page with the tracker in a real browser, whose clock the test moves."""

import json

import pytest

SCRIPT = (
    '<script type="module" src="/static/learningtime/page/main.js" data-tracking-endpoint="/learning/events/"'
    ' data-tracking-course="c" data-tracking-unit="u" data-tracking-owner="x"></script>'
)
ADDRESS = "/read/"


@pytest.fixture
def opened(page, live_server):
    """Open a page with some content and the tracker; return its events so far, whatever way they went."""
    sent: list[str] = []
    shown: dict[str, str] = {}
    # Time passes only when a test says so: a slow machine once let the page read more than the test did.
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.route(
        f"**{ADDRESS}*",
        lambda route: route.fulfill(body=shown["page"], content_type="text/html; charset=utf-8"),
    )

    def take(route):
        sent.append(route.request.post_data or "")
        route.fulfill(status=202, json={})

    page.route("**/learning/events/", take)

    def events():
        kept = page.evaluate("localStorage.djangoTracking ?? '{}'")
        posted = [event for body in sent for event in json.loads(body)["events"]]
        waiting = json.loads(kept).get("queue", [])
        return list({event["id"]: event for event in [*posted, *waiting]}.values())

    def told(kind):
        return [event["p"] for event in events() if event["t"] == kind]

    def show(body, tail="", *, is_started=True):
        shown["page"] = f"<!doctype html><html><body>{body}{SCRIPT}</body></html>"
        page.goto(f"{ADDRESS}{tail}")
        if not is_started:
            return told
        page.wait_for_function("window.tracking")
        page.evaluate("import('/static/learningtime/page/page_details.js').then(() => null)")
        page.clock.run_for(2500)
        return told

    show.sent = sent  # type: ignore[attr-defined]  # a fixture's own
    show.events = events  # type: ignore[attr-defined]
    return show

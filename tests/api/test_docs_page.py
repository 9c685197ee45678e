"""The description of the API as a page, under the strictest policy that the demo has."""

import hashlib
import re
from pathlib import Path

from django.test import Client

VENDORED = Path(__file__).parents[2] / "tracking/static/learningtime/vendor/swagger-ui"


def test_what_is_vendored_is_what_it_says_it_is():
    stated = dict(re.findall(r"\| `([\w.-]+)` \| `([0-9a-f]{64})` \|", (VENDORED / "README.md").read_text()))
    assert {name: hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() for name in stated} == stated
    assert set(stated) == {path.name for path in VENDORED.iterdir() if path.suffix in {".js", ".css"}}


def test_nobody_sees_it_without_a_log_in(db):
    assert Client().get("/learning/api/v1/docs/").status_code == 302


def test_a_request_is_tried_out_on_the_page(page, log_in, learner, school, page_problems):
    log_in(page, learner)
    page.goto("/learning/api/v1/docs/")
    page.locator("#operations-courses-get_my_courses button.opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status", has_text="200").first.wait_for()
    assert page_problems == []

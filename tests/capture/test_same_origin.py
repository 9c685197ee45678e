"""Which requests come from a page of this site."""

from typing import Any

import pytest
from django.test import RequestFactory

from tracking.capture.same_origin import is_same_origin


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://front.example"}, True),
        ({"sec-fetch-site": "same-site", "origin": "http://lms.example"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://lms.example"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "http://lms.example"}, True),
        ({"origin": "https://lms.example:443"}, True),
        ({"origin": "https://LMS.example"}, True),
        ({"origin": "http://lms.example:8000"}, False),
        ({"origin": "http://lms.example.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[broken"}, False),
        ({"origin": ""}, False),
        ({"referer": "http://lms.example/"}, False),
        ({}, False),
    ],
)
def test_only_a_page_of_this_site_is_of_the_same_origin(
    headers: dict[str, str], expected: bool, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["lms.example"]
    request = RequestFactory().post("/", headers={"host": "lms.example", **headers})
    assert is_same_origin(request) is expected


def test_behind_a_proxy_the_host_that_the_browser_asked_for_counts(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["lms.example"]
    settings.USE_X_FORWARDED_HOST = True
    headers = {"host": "10.0.0.7:8000", "x-forwarded-host": "lms.example", "origin": "https://lms.example"}
    assert is_same_origin(RequestFactory().post("/", headers=headers))

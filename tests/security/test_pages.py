"""Every page and every address of the API: nothing hostile comes out, and nobody sees what is not theirs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.security import pages
from tests.security.conftest import COURSE, NAME, PLANTED
from tracking.models import AccessLogEntry, Attempt, Download, Finding, Nudge
from tracking.privacy.inventory import INVENTORY

PAGES = pages.names()
API = pages.api_names()
PUBLIC = {"start", "verify_time_statement", "api:schema"}
"""What says nothing about anybody."""


@pytest.fixture
def values(zoe: Any) -> dict[str, Any]:
    """Return what fills in the addresses: all about Zoe."""
    return {
        "course_key": COURSE,
        "learner_id": zoe.pk,
        "unit_key": "m/mean",
        "module_key": "m",
        "skill_key": "s",
        "question_key": "q",
        "name": "events",
        "table": "attempts",
        "attempt_id": Attempt.objects.get(learner=zoe).pk,
        "finding_id": Finding.objects.get(learner=zoe).pk,
        "nudge_id": Nudge.objects.get(learner=zoe).pk,
        "download_id": Download.objects.get(learner=zoe).pk,
    }


def test_no_page_lets_out_what_somebody_planted(
    zoe: Any, ines: Any, values: dict[str, Any], log_in: Any
) -> None:
    """Titles, names, groups, event fields and notes are planted with markup; learner and instructor ask for all."""
    for who in (zoe, ines):
        browser = log_in(who)
        asked = [pages.address(name, values) for name in PAGES if _is_read(name)]
        asked += [pages.address("data_records", {"name": each.name}) for each in INVENTORY]
        escaped = 0
        for address in asked:
            content = browser.get(address).content
            assert PLANTED.encode() not in content, address
            assert b"<img src=x" not in content, address
            escaped += b"onerror=alert(1)" in content
        assert escaped >= 5


def test_no_page_or_answer_is_for_somebody_who_is_not_logged_in(values: dict[str, Any]) -> None:
    answered = {name: Client().get(pages.address(name, values)).status_code for name in [*PAGES, *API]}
    assert {name for name, status in answered.items() if status == 200} <= PUBLIC


def test_no_page_about_somebody_is_for_a_stranger(
    zoe: Any, values: dict[str, Any], log_in: Any, django_user_model: Any
) -> None:
    """Another learner asks for every address that names a course, a learner or a row: to them none of it exists."""
    browser = log_in(django_user_model.objects.create_user("otto"))
    about = [name for name in [*PAGES, *API] if pages.arguments(name) & (set(values) - {"name"})]
    open_to_all = {"api:tracker"}
    statuses = {name: browser.get(pages.address(name, values)).status_code for name in about}
    assert {name: status for name, status in statuses.items() if status == 200} == dict.fromkeys(
        open_to_all, 200
    )


def test_what_is_there_and_what_is_not_look_alike_to_a_stranger(
    zoe: Any, values: dict[str, Any], log_in: Any, django_user_model: Any
) -> None:
    """The same status, the same words and as many queries, so that neither tells whether a course or learner exists."""
    browser = log_in(django_user_model.objects.create_user("otto"))
    nowhere = {**values, "course_key": "nowhere", "learner_id": 0}
    for name in ("class", "class_learner", "api:class_overview", "api:learner_progress"):
        there, none = (_asked(browser, pages.address(name, each)) for each in (values, nowhere))
        assert there == none, name
        assert there[0] == 404


def _asked(browser: Client, address: str) -> tuple[int, bytes, int]:
    """Return the status, the words but for the address itself and Django's token, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(address)
    words = re.sub(rb'value="\w{64}"', b"", answer.content.replace(address.encode(), b""))
    return answer.status_code, words, len(queries)


def test_whatever_shows_a_learner_to_an_instructor_leaves_a_note(
    zoe: Any, ines: Any, values: dict[str, Any], log_in: Any
) -> None:
    """Pages and API: where the learner's key or name is in what comes out, the learner can read that it was."""
    browser = log_in(ines)
    shown, silent = [], []
    for name in [*PAGES, *API]:
        AccessLogEntry.objects.all().delete()
        answer = browser.get(pages.address(name, values)) if _is_read(name) else None
        if answer is not None and answer.status_code == 200 and _is_about(zoe, answer):
            shown.append(name)
            silent += [] if AccessLogEntry.objects.exists() else [name]
    assert silent == []
    assert {
        "class",
        "class_learner",
        "class_learner_time_statement",
        "api:class_overview",
        "api:learner_progress",
    } <= set(shown)


def test_our_pages_work_under_a_strict_content_security_policy(
    zoe: Any, ines: Any, values: dict[str, Any], log_in: Any
) -> None:
    """No inline script, style or handler anywhere, so that ``default-src 'self'`` is enough."""
    for who in (zoe, ines):
        browser = log_in(who)
        for name in PAGES:
            answer = browser.get(pages.address(name, values)) if _is_read(name) else None
            if answer is None or answer.status_code != 200 or "html" not in answer["Content-Type"]:
                continue
            text = answer.content.decode().lower()
            assert "<style" not in text, name
            assert " style=" not in text, name
            assert "<script>" not in text, name
            assert "javascript:" not in text, name
            assert "default-src 'self'" in answer["Content-Security-Policy"]
            assert "unsafe" not in answer["Content-Security-Policy"]


def _is_about(learner: Any, answer: Any) -> bool:
    content = b"".join(answer) if answer.streaming else answer.content
    keys = (f"/learners/{learner.pk}/", f'"learner_id":{learner.pk}', f'"learner_id":"{learner.pk}"')
    return NAME.encode() in content or any(key.encode() in content for key in keys)


def _is_read(name: str) -> bool:
    return name not in {"request_download", "respond_to_finding", "api:schema"}

"""A class of four: no figure over it comes out of any address of the API, whoever made the address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.messages import batch, progress
from tests.school import Adapter
from tests.security import pages
from tracking.insights import jobs
from tracking.models import Answer

FIGURE = re.compile(r"(_share|_rate|median|mean|p25|p75|p90|discrimination|difficulty)")
"""What the names of figures over several people have in them."""
OF_ONE = {"learners", "learner", "concerns", "check_in"}
"""What holds rows about one learner each, whom an instructor may see."""


LISTS_OF_ONE = {"learners", "findings", "attempts"}
"""Addresses that are about one learner in each of their rows."""


@pytest.fixture
def asked(
    school: Any, make_learner: Any, send: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], dict[str, Any]]:
    """Ask for each address about the class as its instructor."""
    now = timezone.now()
    ines = make_learner("ines")
    monkeypatch.setattr(Adapter, "can_view_course", lambda self, who, key: who.pk == ines.pk)
    school.course("c", lessons=["a", "b"], quizzes=["q"], starts_at=now - timedelta(days=30))
    for number in range(4):
        learner = make_learner(f"learner{number}")
        school.enrol(learner, "c", group_key="g", group_title="G")
        send(
            learner,
            batch(progress(now, "a", [[0, 60_000]]), progress(now, "b", [[0, 9_000]]), sent_at=now),
            received_at=now,
        )
        attempt = factories.AttemptFactory.create(
            learner=learner, course_key="c", unit_key="q", score=number, is_passed=number > 1,
            started_at=now, submitted_at=now,
        )  # fmt: skip
        Answer.objects.create(
            attempt=attempt, question_key="1", is_correct=number > 1, chosen=["x"], lesson_keys=["a"]
        )
    jobs.read_outlines(now=now)
    jobs.bring_up_to_date(now=now)
    browser = Client()
    browser.force_login(ines)
    names = [
        name
        for name in pages.api_names()
        if pages.arguments(name) == {"course_key"} and name not in LISTS_OF_ONE
    ]

    def ask() -> dict[str, Any]:
        found = {name: browser.get(pages.address(name, {"course_key": "c"})) for name in names}
        told = {name: answer.json() for name, answer in found.items() if answer.status_code == 200}
        return {name: list(_figures(answer)) for name, answer in told.items()}

    return ask


def test_no_figure_about_four_people_comes_out(asked: Callable[[], dict[str, Any]]) -> None:
    assert {name: found for name, found in asked().items() if found} == {}


def test_the_same_figures_come_out_where_they_may(asked: Callable[[], dict[str, Any]], settings: Any) -> None:
    settings.TRACKING = {**settings.TRACKING, "GROUP_MINIMUM": 1}
    told = {name for name, found in asked().items() if found}
    assert {"class_overview", "units", "groups", "modules"} <= told


def _figures(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _figures(each, path)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in OF_ONE:
                continue
            if FIGURE.search(key) and isinstance(each, int | float):
                yield f"{path}/{key}={each}"
            yield from _figures(each, f"{path}/{key}")

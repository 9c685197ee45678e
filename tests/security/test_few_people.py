"""A class of four, and one of ten in groups of six and four: no figure over so few comes out of any address."""

from __future__ import annotations

import csv
import io
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
from tracking import jobs
from tracking.models import Answer

FIGURE = re.compile(r"(_share|_rate|median|mean|p25|p75|p90|discrimination|difficulty|_count|_seconds)")
"""What the names of figures over several people have in them."""
OF_ONE = {"learners", "learner", "concerns", "check_in", "evidence", "freshness", "cells"}
"""What holds rows about one learner each, whom an instructor may see, and what is about no learner."""
OF_ALL = {
    *("learner_count", "enrolled_count", "not_sharing_count", "hidden_count", "unit_count"),
    *("measured_count", "discrimination_count", "compared_learner_count"),
    *("active_this_week_count", "started_count", "finished_count", "never_started_count", "check_in_count"),
    *("expected_seconds", "lag_seconds"),
}
"""How many people a figure is or would be over, and for how many of those named there is something to do."""
LISTS_OF_ONE = {
    f"api:{name}"
    for name in (
        "learners",
        "findings",
        "attempts",
        "progress_grid",
        "tracker",
        "my_hours",
        "actions",
        "messages",
    )
}
"""Addresses that are about one learner in each of their rows."""
PAGES = ("class", "class_trends", "class_progress_grid", "class_module", "class_lesson")
VALUES = {"course_key": "c", "module_key": "m", "unit_key": "a"}

Teach = Callable[..., Client]


@pytest.fixture
def teach(school: Any, make_learner: Any, send: Any, monkeypatch: pytest.MonkeyPatch) -> Teach:
    """Let as many learners as each group has do everything; return their instructor's browser."""

    def teach(**groups: int) -> Client:
        now = timezone.now()
        ines = make_learner("ines")
        monkeypatch.setattr(Adapter, "can_view_course", lambda self, who, key: who.pk == ines.pk)
        monkeypatch.setattr(
            Adapter, "instructed_course_keys", lambda self, who: ["c"] if who.pk == ines.pk else []
        )
        school.course("c", lessons=["a", "b"], quizzes=["q"], starts_at=now - timedelta(days=30))
        keys = [key for key, size in groups.items() for _ in range(size)]
        for number, key in enumerate(keys):
            learner = make_learner(f"learner{number}")
            school.enrol(learner, "c", group_key=key, group_title=key)
            read = [progress(now, "a", [[0, 60_000]]), progress(now, "b", [[0, 9_000]])]
            send(learner, batch(*read, sent_at=now), received_at=now)
            attempt = factories.AttemptFactory.create(
                learner=learner, course_key="c", unit_key="q", score=number, is_passed=number > 1,
                started_at=now, submitted_at=now,
            )  # fmt: skip
            for question in ("1", "2", "3"):
                Answer.objects.create(
                    attempt=attempt,
                    question_key=question,
                    is_correct=number > 1,
                    chosen=["x"],
                    lesson_keys=["a"],
                )
        jobs.refresh_outlines(now=now)
        jobs.roll_up(now=now)
        browser = Client()
        browser.force_login(ines)
        return browser

    return teach


def of_api(browser: Client) -> dict[str, list[str]]:
    """Return the figures in what each address about the class answers."""
    names = [name for name in pages.api_names() if name not in LISTS_OF_ONE]
    asked = [name for name in names if pages.arguments(name) in ({"course_key"}, {"course_key", "unit_key"})]
    found = {name: browser.get(pages.address(name, VALUES)) for name in asked}
    return {name: list(_figures(each.json())) for name, each in found.items() if each.status_code == 200}


def of_pages(browser: Client) -> dict[str, list[str]]:
    """Return the figures in the tables and charts of each page about the class."""
    found = {name: browser.get(pages.address(name, VALUES)).content.decode() for name in PAGES}
    return {name: list(_shown(page)) for name, page in found.items()}


def of_files(browser: Client) -> dict[str, list[str]]:
    """Return the figures in each table that a page about the class offers as a file."""
    files = {}
    for name in PAGES:
        address = pages.address(name, VALUES)
        page = browser.get(address).content.decode()
        for table in set(re.findall(r"[?&;]table=([\w-]+)", page)):
            answer: Any = browser.get(address, {"table": table})
            assert answer.streaming, f"{table} is no file of {name}."
            text = b"".join(answer.streaming_content).decode("utf-8-sig")
            files[f"{name}/{table}"] = list(_in_rows(list(csv.DictReader(io.StringIO(text)))))
    return files


def told(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: figures for name, figures in found.items() if figures}


@pytest.mark.parametrize("size", [1, 3, 4])
def test_no_figure_about_few_people_comes_out_of_the_api(teach: Teach, size: int) -> None:
    assert told(of_api(teach(g=size))) == {}


@pytest.mark.parametrize("size", [3, 4])
def test_no_figure_about_few_people_is_on_a_page_or_in_its_charts(teach: Teach, size: int) -> None:
    assert told(of_pages(teach(g=size))) == {}


def test_no_figure_about_few_people_is_in_a_file(teach: Teach) -> None:
    files = of_files(teach(g=4))
    assert len(files) >= 4
    assert told(files) == {}


def test_a_group_is_not_told_where_the_rest_of_its_class_is_few(teach: Teach) -> None:
    """Ten learners, six of them in one group: what is told of all and of the six would tell of the other four."""
    browser = teach(g=6, h=4)
    groups = browser.get(pages.address("api:groups", VALUES)).json()["groups"]
    assert [(each["learner_count"], each["is_hidden"], each["units"], each["days"]) for each in groups] == [
        (6, True, [], []), (4, True, [], []),
    ]  # fmt: skip
    by_group = {"group": "g"}
    for name in PAGES:
        address = pages.address(name, VALUES)
        assert list(_shown(browser.get(address, by_group).content.decode())) in (
            [], list(_shown(browser.get(address).content.decode())),
        )  # fmt: skip


def test_the_same_figures_come_out_where_they_may(teach: Teach, settings: Any) -> None:
    """Else none would be found for another reason."""
    settings.TRACKING = {**settings.TRACKING, "MIN_GROUP_SIZE": 1}
    browser = teach(g=4)
    assert {
        f"api:{name}"
        for name in ("class_overview", "unit_reports", "groups", "modules", "unit", "weeks", "hours")
    } <= set(told(of_api(browser)))
    assert {"class_trends", "class_module"} <= set(told(of_pages(browser)))
    assert told(of_files(browser))


def _figures(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _figures(each, path)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in OF_ONE:
                continue
            is_number = isinstance(each, int | float) and not isinstance(each, bool)
            if is_number and each and key not in OF_ALL and FIGURE.search(key):
                yield f"{path}/{key}={each}"
            yield from _figures(each, f"{path}/{key}")


def _shown(page: str) -> Iterator[str]:
    """Yield the cells with a number in rows that are about no one learner, and what charts say."""
    main = page.partition("<main")[2]
    for row in re.findall(r"<tr.*?</tr>", main, re.DOTALL):
        if "/learners/" in row or "<thead" in row:
            continue
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL):
            text = " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            if re.search(r"[1-9]", text):
                yield text
    for chart in re.findall(r"<svg.*?</svg>", main, re.DOTALL):
        yield from re.findall(r"<title>([^<]*[1-9][^<]*)</title>", chart)


def _in_rows(rows: list[dict[str, str]]) -> Iterator[str]:
    for row in rows:
        if {"learner", "learner_id", "name"} & set(row):
            continue
        for column, text in row.items():
            if FIGURE.search(column) and column not in OF_ALL and re.fullmatch(r"[\d.]*[1-9][\d.]*", text):
                yield f"{column}={text}"

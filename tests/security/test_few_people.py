"""What an instructor is told about a class is about those who share their activity, however few, and nobody else."""

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
from tracking.models import Answer, Attempt, Enrolment, PendingChange, RollupStage

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
    """Let as many learners as each group has do everything; return their instructor's browser.

    The learners of the group ``silent`` do not share their activity; in the host they are in group ``g``.
    """

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
            is_silent = key == "silent"
            learner = make_learner(f"learner{number}", **({"purposes": ()} if is_silent else {}))
            group = "g" if is_silent else key
            school.enrol(learner, "c", group_key=group, group_title=group)
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


def of_every_door(browser: Client) -> dict[str, list[str]]:
    """Return the figures of every door that has any."""
    return told({**of_api(browser), **of_pages(browser), **of_files(browser)})


@pytest.mark.parametrize("size", [1, 4])
def test_an_instructor_is_told_of_a_class_of_few_who_all_share(teach: Teach, size: int) -> None:
    found = of_every_door(teach(g=size))
    assert {
        *(f"api:{name}" for name in ("class_overview", "unit_reports", "groups", "modules", "unit")),
        *("api:weeks", "api:hours", "class_trends", "class_module", "class_lesson"),
    } <= set(found)


def test_no_door_tells_of_learners_who_do_not_share(teach: Teach) -> None:
    """Three of seven do not share, and did what the others did not do: whatever they do, every figure stays."""
    browser = teach(g=4, silent=3)
    with_them = of_every_door(browser)
    silent = Enrolment.objects.order_by("pk").values_list("learner_id", flat=True)[4:]
    Attempt.objects.filter(learner_id__in=list(silent)).delete()
    PendingChange.objects.bulk_create(
        PendingChange(stage=RollupStage.LEARNER, learner_id=learner_id, course_key="c")
        for learner_id in silent
    )
    jobs.roll_up(now=timezone.now())
    assert of_every_door(browser) == with_them


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

"""Tables as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.factories import COURSE
from tracking.dashboards import csv_files

CLASS = reverse("tracking:class", args=[COURSE])
STATES = reverse("tracking:class_matrix", args=[COURSE])
MODULE = reverse("tracking:class_module", args=[COURSE, "m"])


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", "\uff0b1"]
)
def test_no_text_is_run_as_a_formula(text: str) -> None:
    answer = csv_files.stream("t", ("a",), [(text,)])
    assert table(answer)[1][0].startswith("'")


def test_values_keep_what_they_are() -> None:
    at = datetime(2026, 3, 1, 12, 30, 15, 99, tzinfo=UTC)
    answer = csv_files.stream("t", ("a", "b", "c", "d"), [(-3, 1 / 3, None, at)])
    assert table(answer) == [["a", "b", "c", "d"], ["-3", "0.3333", "", "2026-03-01T12:30:15+00:00"]]


def test_a_file_is_sent_line_by_line() -> None:
    asked: list[int] = []

    def rows() -> Iterator[tuple[int]]:
        for number in range(1000):
            asked.append(number)
            yield (number,)

    lines: Any = csv_files.stream("t", ("a",), rows()).streaming_content
    assert [next(lines) for _ in range(3)][-1] == b"0\r\n"
    assert len(asked) == 1


def test_learners_are_downloaded_under_the_filters_of_the_page(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    other = factories.UserFactory.create(first_name="=Bo", last_name="Berg")
    factories.EnrolmentFactory.create(learner=other)
    browser = as_(ines)
    assert [row[1] for row in table(browser.get(f"{CLASS}?table=learners"))] == [
        "learner",
        "'=Bo Berg",
        "Lena Lind",
    ]
    found = table(browser.get(f"{CLASS}?table=learners&q=lena"))
    assert [row[1] for row in found] == ["learner", "Lena Lind"]


def test_what_is_not_shared_is_empty_and_no_nought(
    course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.EnrolmentFactory.create()
    head, row = table(as_(ines).get(f"{CLASS}?table=learners"))
    assert [row[head.index(name)] for name in ("skipped", "active_seconds", "attempts")] == ["", "", "0"]


def test_reasons_lessons_and_states_are_tables_of_their_own(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.FindingFactory.create(learner=lena, unit_key="m/mean", reason="skipped", evidence={})
    factories.LearnerUnitFactory.create(learner=lena, unit_key="m/mean", state="skipped")
    browser = as_(ines)
    assert table(browser.get(f"{CLASS}?table=check-in"))[1][3:5] == ["The mean", "skipped"]
    assert [row[2] for row in table(browser.get(f"{CLASS}?table=lessons"))] == [
        "title",
        "The mean",
        "A check",
    ]
    assert [row[2] for row in table(browser.get(f"{MODULE}?table=lessons"))] == [
        "title",
        "The mean",
        "A check",
    ]
    for address in (STATES, MODULE):
        assert table(browser.get(f"{address}?table=states"))[1][1:] == [
            "Lena Lind",
            "",
            "skipped",
            "not_reached",
        ]

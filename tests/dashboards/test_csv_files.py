"""Tables as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.factories import COURSE
from tracking.dashboards import csv_files
from tracking.models import AccessLogEntry, Answer, LearnerRisk, QuestionStats

CLASS = reverse("tracking:class", args=[COURSE])
STATES = reverse("tracking:class_progress_grid", args=[COURSE])
MODULE = reverse("tracking:class_module", args=[COURSE, "m"])


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", "\uff0b1"]
)
def test_no_text_is_run_as_a_formula(text: str) -> None:
    answer = csv_files.stream_csv("t", ("a",), [(text,)])
    assert table(answer)[1][0].startswith("'")


def test_values_keep_what_they_are() -> None:
    at = datetime(2026, 3, 1, 12, 30, 15, 99, tzinfo=UTC)
    answer = csv_files.stream_csv("t", ("a", "b", "c", "d"), [(-3, 1 / 3, None, at)])
    assert table(answer) == [["a", "b", "c", "d"], ["-3", "0.3333", "", "2026-03-01T12:30:15+00:00"]]


def rows(asked: list[int]) -> Iterator[tuple[int]]:
    for number in range(1000):
        asked.append(number)
        yield (number,)


def test_a_file_is_sent_line_by_line() -> None:
    asked: list[int] = []
    lines: Any = csv_files.stream_csv("t", ("a",), rows(asked)).streaming_content
    assert [next(lines) for _ in range(3)][-1] == b"0\r\n"
    assert len(asked) == 1


def test_a_file_is_sent_line_by_line_by_an_async_server_too() -> None:
    """All of it was once made there before the first line was sent."""
    asked: list[int] = []

    async def first_three() -> list[bytes]:
        lines = aiter(csv_files.stream_csv("t", ("a",), rows(asked)))
        return [await anext(lines) for _ in range(3)]

    assert async_to_sync(first_three)()[-1] == b"0\r\n"
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


def test_a_page_about_a_learner_gives_its_tables_as_files(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.LearnerUnitFactory.create(learner=lena, unit_key="m/mean", state="skimmed", active_ms=9000)
    attempt = factories.AttemptFactory.create(learner=lena, unit_key="m/check", score=4, is_passed=False)
    Answer.objects.create(attempt=attempt, question_key="=1+1", is_correct=False)
    mine = reverse("tracking:my_progress", args=[COURSE])
    theirs = reverse("tracking:class_learner", args=[COURSE, lena.pk])
    for browser, page in ((as_(lena), mine), (as_(ines), theirs)):
        units = table(browser.get(f"{page}?table=units"))
        assert [(row[2], row[4], row[6]) for row in units[1:]] == [
            ("The mean", "skimmed", "9"),
            ("A check", "not_reached", "0"),
        ]
        assert table(browser.get(f"{page}?table=attempts"))[1][2:4] == ["A check", "1"]
        assert [len(table(browser.get(f"{page}?table={name}"))) for name in ("days", "hours")] == [29, 25]
    answers = reverse("tracking:class_learner_attempt", args=[COURSE, lena.pk, attempt.pk])
    assert table(as_(ines).get(f"{answers}?table=answers"))[1][0] == "'=1+1"


def test_how_a_learner_works_who_does_not_share_it_is_in_no_file(
    course: Any, ines: User, as_: Callable[[User], Client]
) -> None:
    silent = factories.EnrolmentFactory.create().learner
    factories.LearnerUnitFactory.create(learner=silent, unit_key="m/mean", state="skimmed", active_ms=9000)
    page = reverse("tracking:class_learner", args=[COURSE, silent.pk])
    browser = as_(ines)
    assert table(browser.get(f"{page}?table=units"))[1][4:9] == ["", "True", "", "", ""]
    assert [len(table(browser.get(f"{page}?table={name}"))) for name in ("days", "hours")] == [1, 1]


def test_what_changed_since_last_week_is_a_file(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    told = table(as_(ines).get(f"{CLASS}?table=changes"))
    assert told[0] == ["measure", "these_7_days", "the_7_before"]


def test_every_question_of_a_course_is_in_its_file_and_not_only_the_few_that_the_page_names(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    for number in range(7):
        QuestionStats.objects.create(
            course_key=COURSE, unit_key="m/check", question_key=f"q{number}", learner_count=20,
            first_correct_count=20 - number, answer_count=20, correct_count=20 - number, succeeded_count=0,
            attempts_to_success_count=0, gained_count=0, unchanged_count=0, lost_count=0, discrimination_count=0,
        )  # fmt: skip
    told = table(as_(ines).get(f"{CLASS}?table=questions"))
    assert told[0][:3] == ["quiz_key", "quiz", "question"]
    assert [line[2] for line in told[1:]] == ["q6", "q5", "q4", "q3", "q2", "q1", "q0"]


def test_who_is_at_risk_is_a_file_and_the_look_at_it_is_noted(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    LearnerRisk.objects.create(
        learner=lena, course_key=COURSE, day=20, score=0.8, components=[["points_lost", 0.8, 0.9]],
        assessed_at=timezone.now(),
    )  # fmt: skip
    page = reverse("tracking:class_risk", args=[COURSE])
    browser = as_(ines)
    assert table(browser.get(f"{page}?table=risks"))[1][1:] == [
        "Lena Lind",
        "",
        "0.8",
        "0.8",
        "points_lost 0.80",
    ]
    assert AccessLogEntry.objects.get().resource == "class_export"
    assert table(browser.get(f"{page}?table=thresholds"))[0] == [
        "threshold",
        "flagged",
        "precision",
        "recall",
    ]

"""What a page shows the API tells, from the same function, and to the same people."""

import ast
import json
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.test import Client

import tracking
from tests import factories
from tests.messages import progress
from tests.school import Adapter
from tracking import jobs
from tracking.events import Purpose
from tracking.models import (
    AccessLogEntry,
    Answer,
    Finding,
    LearnerRisk,
    LearnerSkill,
    Nudge,
    OutlineUnit,
    QuestionStats,
)
from tracking.privacy import consent
from tracking.reports.course import hard_questions, risk, skills
from tracking.risk import assessment

BASE = "/learning/api/v1/courses/c"
PAGES_ALONE = {
    "findings.explanations": "words for people; the API gives them within findings",
    "reports.learner.statement_signing": "checks what is printed on paper, and anybody may do so on its page",
}
"""Modules of reports and findings that only pages read, and why."""


def read_by(package):
    """Return the modules of reports and findings that a package imports."""
    names = set()
    for file in (Path(tracking.__file__).parent / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            if isinstance(node, ast.ImportFrom) and module.startswith(
                ("tracking.reports", "tracking.findings")
            ):
                is_package = hasattr(import_module(module), "__path__")
                names |= {f"{module}.{each.name}" if is_package else module for each in node.names}
    return {name.removeprefix("tracking.") for name in names}


def test_whatever_pages_read_the_api_reads_too():
    assert read_by("dashboards") - read_by("api") == set(PAGES_ALONE)


@pytest.fixture
def ines(django_user_model, monkeypatch):
    """The instructor of course ``c``."""
    user = django_user_model.objects.create_user("ines")
    monkeypatch.setattr(Adapter, "can_view_course", lambda self, who, key: who.pk == user.pk and key == "c")
    return user


@pytest.fixture
def course(school, learner, ines, send_online, now):
    school.course("c", lessons=["a", "b"], quizzes=["q"], starts_at=now - timedelta(days=30))
    school.enrol(learner, "c")
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    jobs.roll_up(now=now)
    return school


@pytest.fixture
def ask():
    def send(user, path, body=None, method=""):
        client = Client()
        client.force_login(user)
        if method:
            return client.generic(method, f"{BASE}/{path}")
        if body is None:
            return client.get(f"{BASE}/{path}")
        return client.post(f"{BASE}/{path}", json.dumps(body), content_type="application/json")

    return send


OF_CLASS = ("skills/", "questions/", "risk/", "progress-grid/", "anomalies/", "units/a/")
OF_LEARNER = ("learners/{}/skills/", "learners/{}/timeline/", "learners/{}/actions/")


@pytest.mark.parametrize("path", OF_CLASS + OF_LEARNER)
def test_only_instructors_are_told_of_a_class_and_its_learners(course, learner, ines, ask, path):
    assert ask(ines, path.format(learner.pk)).status_code == 200
    assert ask(learner, path.format(learner.pk)).status_code == 404


@pytest.mark.parametrize("path", ["my-skills/", "my-timeline/", "messages/", "my-comparison/"])
def test_what_is_ones_own_is_for_learners_of_the_course(course, learner, ines, ask, path):
    assert ask(learner, path).status_code == 200
    assert ask(ines, path).status_code == 404


def test_skills_are_the_same_to_learner_and_instructor(course, learner, ines, ask, now):
    row = {"answered_count": 8, "correct_count": 3, "expected_share": 0.4, "observed_share": 0.375}
    runs = {
        "current_run_count": 0,
        "longest_run_count": 2,
        "first_at": now - timedelta(days=2),
        "last_at": now,
    }
    LearnerSkill.objects.create(
        learner=learner, course_key="c", skill_key="means", unit_key="q", **row, **runs
    )
    [mine] = ask(learner, "my-skills/").json()["skills"]
    told = ask(ines, f"learners/{learner.pk}/skills/").json()
    assert told["skills"] == [mine]
    assert told["calibration_quality"]["uses_observed_share"] is True
    [standing] = skills.learner_skills("c", learner.pk, now=now)
    assert {name: mine[name] for name in ("correct_count", "answered_count", "share", "is_weak")} == {
        "correct_count": 3,
        "answered_count": 8,
        "share": standing.share,
        "is_weak": standing.is_weak,
    }
    [of_class] = ask(ines, "skills/").json()["skills"]
    assert (of_class["learner_count"], of_class["mean_share"]) == (1, 0.375)


def test_questions_name_the_wrong_options_chosen(course, ines, ask):
    counts = dict.fromkeys(("gained_count", "unchanged_count", "lost_count", "discrimination_count"), 0)
    tries = {"succeeded_count": 4, "attempts_to_success_count": 4, "answer_count": 12, "correct_count": 4}
    QuestionStats.objects.create(
        course_key="c",
        unit_key="q",
        question_key="1",
        learner_count=12,
        first_correct_count=4,
        options={"a": [4, 0], "b": [0, 6], "c": [0, 2]},
        **tries,
        **counts,
    )
    [told] = ask(ines, "questions/?unit=q").json()["questions"]
    assert [(each["key"], each["wrong_count"]) for each in told["wrong"]] == [("b", 6), ("c", 2)]
    assert "options" not in told["item"]
    units = {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key="c")}
    [question] = hard_questions.all_questions("c", units)
    assert told["item"]["first_correct_share"] == question.item.first_correct_share
    assert ask(ines, "questions/?unit=other").json()["questions"] == []


def test_who_is_at_risk_is_told_and_the_threshold_moved(course, learner, ines, ask, now):
    LearnerRisk.objects.create(
        learner=learner,
        course_key="c",
        day=20,
        score=0.8,
        components=[["lost_points", 0.8, 0.9]],
        assessed_at=now,
    )
    told = ask(ines, "risk/?threshold=0.5").json()
    found = risk.find_risk_overview("c", now=now, threshold=0.5)
    assert found is not None
    assert [line["risk"]["learner_id"] for line in told["flagged"]] == [
        str(line.risk.learner_id) for line in found.flagged
    ]
    assert ask(ines, "risk/", {"threshold": 0.9}).json()["threshold"] == 0.9
    assert assessment.find_threshold("c") == 0.9
    assert ask(ines, "risk/", {"threshold": None}).json()["is_changed"] is False
    assert ask(learner, "risk/", {"threshold": 0.1}).status_code == 404


def test_where_everybody_stands_is_told_module_by_module_and_lesson_by_lesson(course, learner, ines, ask):
    [row] = ask(ines, "progress-grid/?module=").json()["results"]
    assert row["learner_id"] == str(learner.pk)
    assert {each["key"]: each["state"] for each in row["cells"]}["b"] == "completed"
    assert AccessLogEntry.objects.filter(learner=learner, viewer=ines, resource="class").exists()


def test_a_lesson_is_told_as_its_page_shows_it(course, ines, ask):
    told = ask(ines, "units/a/").json()
    assert (told["measures"]["key"], told["before"], told["after"]) == ("a", None, "b")
    assert ask(ines, "units/nowhere/").status_code == 404


def test_what_a_learner_did_is_told_and_the_look_noted(course, learner, ines, ask):
    [visit] = ask(learner, "my-timeline/?since=2000-01-01T00:00:00Z").json()["visits"]
    assert [step["unit_key"] for step in visit["steps"]] == ["b"]
    assert ask(learner, "my-timeline/?since=x").status_code == 400
    ask(ines, f"learners/{learner.pk}/timeline/")
    assert AccessLogEntry.objects.filter(learner=learner, viewer=ines, resource="timeline").exists()


def test_one_attempt_is_told_with_its_answers(course, learner, ines, make_learner, ask, now):
    attempt = factories.AttemptFactory.create(learner=learner, course_key="c", unit_key="q", submitted_at=now)
    Answer.objects.create(attempt=attempt, question_key="1", is_correct=False)
    for who in (learner, ines):
        review = ask(who, f"attempts/{attempt.pk}/").json()["review"]
        assert [(each["question_key"], each["is_correct"]) for each in review["answers"]] == [("1", False)]
    other = make_learner("other")
    course.enrol(other, "c")
    jobs.refresh_outlines(now=now)
    assert ask(other, f"attempts/{attempt.pk}/").status_code == 404


def test_a_message_is_sent_read_and_put_away(course, learner, ines, ask):
    consent.grant(learner.pk, [Purpose.NUDGES], source="test")
    path = f"learners/{learner.pk}/actions/"
    done = ask(ines, path, {"action": "nudge", "text": "Have another look at a."})
    assert (done.status_code, done.json()["kind"]) == (201, "nudged")
    assert ask(ines, path, {"action": "nudge", "text": "And again."}).status_code == 409
    [message] = ask(learner, "messages/").json()["messages"]
    assert (message["text"], message["sender_name"]) == ("Have another look at a.", "ines")
    assert ask(learner, f"messages/{message['nudge_id']}/", method="DELETE").status_code == 204
    assert ask(learner, f"messages/{message['nudge_id']}/", method="DELETE").status_code == 404
    assert ask(learner, "messages/").json()["messages"] == []
    history = ask(ines, path).json()
    assert [each["kind"] for each in history["actions"]] == ["nudged"]


def test_a_message_about_a_finding_says_what_the_learner_reads_there(course, learner, ines, ask):
    consent.grant(learner.pk, [Purpose.NUDGES], source="test")
    finding = Finding.objects.get(learner=learner, reason="skipped")
    ask(ines, f"learners/{learner.pk}/actions/", {"action": "nudge", "finding": finding.pk})
    [advice] = [each for each in ask(learner, "progress/").json()["practise"] if each["reason"] == "skipped"]
    [message] = ask(learner, "messages/").json()["messages"]
    assert message["text"] == advice["sentence"]


def test_nobody_is_sent_a_message_who_did_not_ask_for_any(course, ines, make_learner, ask, now):
    shy = make_learner("shy", purposes=())
    course.enrol(shy, "c")
    jobs.refresh_outlines(now=now)
    answer = ask(ines, f"learners/{shy.pk}/actions/", {"action": "nudge", "text": "Hello."})
    assert answer.status_code == 409
    assert not Nudge.objects.exists()


def test_learners_are_not_told_what_is_written_for_instructors(course, learner, ines, ask):
    assert "findings" not in ask(learner, "progress/").json()
    assert "findings" in ask(ines, f"learners/{learner.pk}/progress/").json()

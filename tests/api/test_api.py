"""The API: the same as the pages, to the same people."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.messages import progress
from tests.school import Adapter
from tracking import jobs
from tracking.reports.course import overview
from tracking.reports.learner import progress as learner_progress

BASE = "/learning/api/v1"


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
    def get(user, path):
        client = Client()
        if user is not None:
            client.force_login(user)
        return client.get(f"{BASE}{path}")

    return get


def test_a_learner_gets_what_the_page_shows(course, learner, ask, now):
    answer = ask(learner, "/courses/c/progress/").json()
    page = learner_progress.find_learner_progress(learner.pk, "c", now=now)
    assert page is not None
    assert answer["completed_count"] == page.completed_count == 1
    assert [each["sentence"] for each in answer["practise"]] == [each.sentence for each in page.practise]
    assert [unit["state"] for unit in answer["modules"][0]["units"]] == [
        "skipped",
        "completed",
        "not_reached",
    ]


def test_an_instructor_gets_the_class(course, ines, ask, now):
    answer = ask(ines, "/courses/c/class/").json()
    page = overview.find_class_overview("c", now=now)
    assert page is not None
    assert [(row["name"], row["active_seconds"]) for row in answer["learners"]] == [("lena", 60)]
    assert [unit["title"] for unit in answer["units"]] == [unit.title for unit in page.units]


def test_an_instructor_gets_a_learner_of_the_class(course, learner, ines, ask):
    assert ask(ines, f"/courses/c/learners/{learner.pk}/progress/").json()["active_seconds"] == 60


def test_findings_are_in_the_words_of_whoever_asks(course, learner, ines, ask):
    mine = ask(learner, "/courses/c/findings/").json()
    theirs = ask(ines, "/courses/c/findings/").json()
    assert [each["sentence"] for each in mine["results"]] == [
        "You skipped this one, and later parts build on it."
    ]
    assert [each["sentence"] for each in theirs["results"]] == ["Skipped “Lesson a”."]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("reason=skipped", 1),
        ("reason=not_passed", 0),
        ("reason=skipped&reason=not_passed", 1),
        ("unit=a", 1),
        ("unit=b", 0),
        ("about=learner", 1),
        ("about=class", 0),
        ("learner=999", 0),
    ],
)
def test_findings_are_narrowed_by_the_query(course, ines, ask, query, count):
    assert len(ask(ines, f"/courses/c/findings/?{query}").json()["results"]) == count


def test_a_filter_that_makes_no_sense_is_said_to(course, ines, ask):
    answer = ask(ines, "/courses/c/findings/?reason=boredom")
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (400, ["reason"])


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("nobody", (401, 401, 401, 401)),
        ("stranger", (404, 404, 404, 404)),
        ("learner", (200, 404, 404, 200)),
        ("ines", (404, 200, 200, 200)),
    ],
)
def test_everyone_gets_what_is_theirs_and_learns_nothing_of_the_rest(
    course, learner, make_learner, ask, who, statuses
):
    make_learner("stranger")
    names = {"nobody": None, "learner": learner.username}
    user = get_user_model().objects.filter(username=names.get(who, who)).first()
    paths = ("progress/", "class/", f"learners/{learner.pk}/progress/", "findings/")
    assert tuple(ask(user, f"/courses/c/{path}").status_code for path in paths) == statuses


@pytest.mark.parametrize("path", ["progress/", "class/", "findings/", "learners/x/progress/"])
def test_an_unknown_course_or_learner_is_not_found(course, ines, ask, path):
    key = "c" if "learners" in path else "elsewhere"
    assert ask(ines, f"/courses/{key}/{path}").status_code == 404

"""What an adapter declares is held against the models and addresses that there are."""

import io

import pytest
from django.core.management import call_command

from courses.tracking_adapter import Adapter as CoursesAdapter
from tests.checks.reports import declare, ids, report
from tracking import lms
from tracking.lms import (
    AnswerFields,
    AttemptFields,
    CompletionFields,
    EnrolmentFields,
    Lookup,
    Node,
    Structure,
    Unit,
)

LESSON = Node("courses.Lesson", course="module__course", kind=lms.UnitKind.LESSON)


def _structure(*nodes, **given):
    return {"structure": Structure("courses.Course", nodes=nodes or (LESSON,), **given)}


@pytest.mark.parametrize(
    ("declared", "faults"),
    [
        (
            {"structure": Structure("courses.Curse")},
            ["'courses.Curse' is not an installed model. Write 'app_label.Model'."],
        ),
        (_structure(title="titel"), ["structure.title: courses.Course has no 'titel' (in 'titel')."]),
        (_structure(key=("slug", "part")), ["structure.key: courses.Course has no 'part' (in 'part')."]),
        (
            _structure(learners="groups"),
            ["structure.learners: 'groups' does not end at auth.User."],
        ),
        (
            _structure(instructors="teachers"),
            ["structure.instructors: courses.Course has no 'teachers' (in 'teachers')."],
        ),
        (
            _structure(learners=EnrolmentFields("courses.Enrolment", course="group", learner="learner")),
            ["Enrolments('courses.Enrolment').course: 'group' does not end at courses.Course."],
        ),
        (
            _structure(Node("courses.Lesson", course="module")),
            ["Node('courses.Lesson').course: 'module' does not end at courses.Course."],
        ),
        (
            _structure(Node("courses.Lesson", course="module__curse")),
            ["Node('courses.Lesson').course: courses.Module has no 'curse' (in 'module__curse')."],
        ),
        (
            _structure(Node("courses.Lesson", course="get_absolute_url")),
            ["Node('courses.Lesson').course: 'get_absolute_url' is not a path of fields."],
        ),
        (
            _structure(Node("courses.Lesson")),
            ["Node('courses.Lesson'): no path leads from a row to its course."],
        ),
        (
            _structure(Node("courses.Lesson", course="module__course", parent="module")),
            ["Node('courses.Lesson').parent: 'module' does not end at courses.Lesson."],
        ),
        (
            _structure(LESSON, Node("courses.Quiz", course="module__course", prefix="lesson")),
            ["Node('courses.Quiz'): its keys start like those of 'courses.Lesson': with 'lesson:'."],
        ),
        (
            {"views": {"courses:lesson": Unit("courses.Module", unit="module")}, **_structure()},
            ["views['courses:lesson']: 'courses.Module' is not a node of the structure."],
        ),
        (
            {"views": {"courses:lesson": Unit("courses.Lesson", unit=Lookup(lesson="slag"))}, **_structure()},
            ["views['courses:lesson'].unit: courses.Lesson has no 'slag' (in 'slag')."],
        ),
        (
            {
                "views": {
                    "courses:lesson": Unit("courses.Lesson", unit="lesson", course=Lookup(course="sluq"))
                },
                **_structure(),
            },
            ["views['courses:lesson'].course: courses.Course has no 'sluq' (in 'sluq')."],
        ),
        (
            {"attempts": {"courses.Attempt": AttemptFields(learner="quiz", unit="quiz")}, **_structure()},
            [
                "attempts['courses.Attempt'].learner: 'quiz' does not end at auth.User.",
                "attempts['courses.Attempt'].unit: 'quiz' does not end at courses.Lesson.",
            ],
        ),
        (
            {
                "attempts": {
                    "courses.Attempt": AttemptFields(learner="learner", unit="number", score="scores")
                }
            },
            ["attempts['courses.Attempt'].score: courses.Attempt has no 'scores' (in 'scores')."],
        ),
        (
            {
                "attempts": {
                    "courses.Attempt": AttemptFields(
                        learner="learner",
                        unit="number",
                        answers=AnswerFields(relation="answers", question="query"),
                    )
                }
            },
            ["attempts['courses.Attempt'].answers.question: courses.Answer has no 'query' (in 'query')."],
        ),
        (
            {"completions": {"courses.Attempt": CompletionFields(learner="lerner", unit="quiz")}},
            ["completions['courses.Attempt'].learner: courses.Attempt has no 'lerner' (in 'lerner')."],
        ),
        (
            {"attempts": {"quiz.Sitting": AttemptFields(learner="user", unit="quiz")}},
            ["'quiz.Sitting' is not an installed model. Write 'app_label.Model'."],
        ),
    ],
)
def test_an_entry_of_the_adapter_that_names_what_the_host_has_not_is_reported(
    settings, monkeypatch, declared, faults
):
    declare(settings, monkeypatch, **declared)

    found = report()

    assert [message for _, message, _ in found] == faults
    assert {found_id for found_id, _, _ in found} == {"tracking.E006"}
    assert all(hint for _, _, hint in found)


def test_a_near_miss_is_answered_with_what_was_meant(settings, monkeypatch):
    near = type(
        "Near",
        (CoursesAdapter,),
        {"attempts": {"courses.Attempt": AttemptFields(learner="lerner", unit="quiz")}},
    )
    monkeypatch.setattr("tests.checks.reports.Declared", near, raising=False)
    settings.TRACKING = {"ADAPTER": "tests.checks.reports.Declared"}

    [(_, _, hint)] = report()

    assert hint == "Did you mean 'learner'?"


@pytest.mark.parametrize(
    ("views", "message", "hint"),
    [
        (
            {"courses:leson": Unit(unit="lesson")},
            "views['courses:leson']: no URL leads to it.",
            "'courses:lesson'",
        ),
        ({"lesson": Unit(unit="lesson")}, "views['lesson']: no URL leads to it.", "'courses:lesson'"),
        (
            {"courses.views.lessons.leson": Unit(unit="lesson")},
            "views['courses.views.lessons.leson']: no URL leads to it.",
            "'courses.views.lessons.lesson'",
        ),
    ],
)
def test_a_mapped_view_that_no_url_leads_to_is_answered_with_the_one_that_was_meant(
    settings, monkeypatch, views, message, hint
):
    declare(settings, monkeypatch, views=views)

    assert report() == [("tracking.E007", message, f"Did you mean {hint}?")]


def test_a_kwarg_that_the_url_lacks_is_answered_with_the_one_that_was_meant(settings, monkeypatch):
    declare(
        settings, monkeypatch, views={"courses:lesson": Unit(course="course_slug", unit=("module", "leson"))}
    )

    assert report() == [
        (
            "tracking.E008",
            "views['courses:lesson']: its URL has no kwarg 'course_slug'.",
            "Did you mean 'course'?",
        ),
        ("tracking.E008", "views['courses:lesson']: its URL has no kwarg 'leson'.", "Did you mean 'lesson'?"),
    ]


def test_the_kwargs_of_a_lookup_are_asked_for_too(settings, monkeypatch):
    declare(settings, monkeypatch, views={"courses:lesson": Unit(course=Lookup(pk="pk"), unit="lesson")})

    assert ids() == ["tracking.E008"]


def test_a_view_may_be_mapped_by_its_dotted_path(settings, monkeypatch):
    declare(
        settings, monkeypatch, views={"courses.views.lessons.lesson": Unit(course="course", unit="lesson")}
    )

    assert report() == []


def test_what_is_wrong_with_the_adapter_stops_no_deployment(settings, monkeypatch):
    declare(
        settings,
        monkeypatch,
        views={"courses:nowhere": Unit("courses.Lesson", unit="lesson")},
        **_structure(),
    )
    call_command("check", stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.parametrize("mistake", ["x = 1 / 0", "def broken(:"])
def test_an_adapter_that_raises_on_import_stops_no_deployment(settings, monkeypatch, tmp_path, mistake):
    (tmp_path / "mistaken_adapter.py").write_text(mistake)
    monkeypatch.syspath_prepend(tmp_path)
    settings.TRACKING = {"ADAPTER": "mistaken_adapter.Adapter"}
    call_command("check", stdout=io.StringIO(), stderr=io.StringIO())
    assert ids() == ["tracking.E003"]

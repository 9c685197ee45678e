"""Proving an adapter against live data: each fault in one line, with what to write instead."""

import io
import json
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from courses.models import Attempt as HostAttempt
from courses.models import Course, Enrolment, Lesson, LessonCompletion, Module, Quiz
from courses.tracking_adapter import Adapter as CoursesAdapter
from tests import web_course
from tracking.checks.problems import read_only_database
from tracking.lms import AttemptFields, CompletionFields, Unit

pytestmark = pytest.mark.django_db

STRUCTURE = CoursesAdapter.structure
MODULE, LESSON, QUIZ = STRUCTURE.nodes


@pytest.fixture(autouse=True)
def course():
    """A course that is in order, with an instructor, a learner and an attempt."""
    course = web_course.make()
    course.instructors.add(User.objects.create_user("ines"))
    learner = User.objects.create_user("lena")
    Enrolment.objects.create(course=course, learner=learner)
    web_course.begin_attempt(learner)
    return course


def run(*options):
    out = io.StringIO()
    try:
        call_command("tracking_check", *options, stdout=out)
    except SystemExit as stopped:
        return stopped.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def declare(settings, monkeypatch):
    """Use the adapter of ``courses`` with some of its parts replaced, and return the faults."""

    def prove(**changes):
        adapter = type("Changed", (CoursesAdapter,), changes)
        monkeypatch.setattr("tests.management.test_tracking_check.Changed", adapter, raising=False)
        settings.TRACKING = {"ADAPTER": "tests.management.test_tracking_check.Changed"}
        code, text = run("--json")
        problems = json.loads(text)["problems"]
        assert code == (1 if any(each["id"].startswith("tracking.E") for each in problems) else 0)
        return [(each["id"], each["entry"], each["problem"], each["hint"]) for each in problems]

    return prove


def _try_again_and_again():
    learner = User.objects.get(username="lena")
    done = {"submitted_at": web_course.NOON, "score": 2, "max_score": 2, "passed": True}
    for number in range(2, 12):
        web_course.begin_attempt(learner, number=number, **done)


def _alone(lesson):
    """Return an adapter's parts whose only node is ``lesson``."""
    return {
        **nodes(lesson),
        "attempts": {},
        "views": {},
        "unit_of_request": lambda *_: None,
        "completions": {},
    }


def nodes(*changed):
    return {"structure": replace(STRUCTURE, nodes=changed)}


def test_a_site_in_order_has_no_faults():
    assert run() == (
        0,
        "No faults. Checked 1 courses, 4 units, 1 of courses.Attempt, 0 of courses.LessonCompletion.\n",
    )


def test_a_fault_is_one_line_and_the_exit_status_is_1():
    Course.objects.get().instructors.clear()
    accessed_at = "Checked 1 courses, 4 units, 1 of courses.Attempt, 0 of courses.LessonCompletion."
    problem = "tracking.E109 structure.instructors: 'instructors' finds no instructors in any course."

    assert run() == (1, f"{problem} Write the path to the instructors.\n1 fault. {accessed_at}\n")


def test_static_faults_are_told_too(declare):
    assert declare(views={"courses:leson": CoursesAdapter.views["courses:lesson"]}) == [
        (
            "tracking.E007",
            "Changed",
            "views['courses:leson']: no URL leads to it.",
            "Did you mean 'courses:lesson'?",
        )
    ]


def test_an_adapter_that_cannot_be_found_is_the_only_fault(settings):
    settings.TRACKING = {"ADAPTER": "nowhere.Adapter"}
    code, text = run()
    assert (code, text.splitlines()[0].split()[0], len(text.splitlines())) == (1, "tracking.E003", 2)


def test_a_path_that_does_not_exist_is_told(declare):
    [(found, _, problem, hint)] = declare(structure=replace(STRUCTURE, instructors="instructers"))[:1]
    assert (found, hint) == ("tracking.E006", "Did you mean 'instructors'?")
    assert "courses.Course has no 'instructers'" in problem


def test_a_course_keyed_by_pk_here_and_by_slug_there_is_told(declare, course):
    # The views name the course by its slug.
    faults = declare(structure=replace(STRUCTURE, key="pk"))
    assert [(found, entry) for found, entry, _, _ in faults] == [
        ("tracking.E115", f"views['courses:{name}']") for name in ("lesson", "quiz")
    ]
    assert "Lookup(kwarg='field')" in faults[0][3]


def test_a_view_that_takes_the_key_for_another_is_told_what_it_took(declare, course):
    as_text = {"courses:lesson": Unit(course="module", unit=lambda page: f"lesson:{page.kwargs['lesson']}")}
    [(found, entry, problem, hint)] = declare(views=as_text)
    assert (found, entry) == ("tracking.E115", "views['courses:lesson'].course")
    assert problem == "the view map finds the course 'dns' for the page of 'web'."
    assert hint == "Keys look like 'web'."


def test_an_attempt_of_a_course_by_its_pk_is_told_which_course_that_is(declare, course):
    by_pk = {
        "courses.Attempt": AttemptFields(
            learner="learner", unit="quiz", course=lambda row: row.quiz.module.course_id
        )
    }
    attempt = HostAttempt.objects.get()
    [(found, entry, problem, hint)] = declare(attempts=by_pk)
    assert (found, entry) == ("tracking.E111", "attempts['courses.Attempt'].course")
    assert (
        problem == f"courses.Attempt {attempt.pk} belongs to the course '{course.pk}', which does not exist."
    )
    assert hint.startswith(f"'{course.pk}' is the id of the course with the key 'web'.")


def test_an_attempt_at_a_unit_that_the_outline_lacks_is_told_the_nearest(declare):
    wrong = AttemptFields(learner="learner", unit=lambda row: "quiz:dns/chek", course="quiz__module__course")
    [(found, entry, problem, hint)] = declare(attempts={"courses.Attempt": wrong})
    assert (found, entry) == ("tracking.E111", "attempts['courses.Attempt'].unit")
    assert "'quiz:dns/chek', which is not in the outline of 'web'" in problem
    assert hint == "The nearest key is 'quiz:dns/check'. Build keys the same way everywhere."


def test_an_attempt_that_leads_to_no_user_is_told(declare):
    [(found, entry, problem, _)] = declare(
        attempts={"courses.Attempt": AttemptFields(learner=lambda row: None, unit="quiz")}
    )
    assert (found, entry) == ("tracking.E112", "attempts['courses.Attempt'].learner")
    assert problem.endswith("leads to no user.")


def test_an_attempt_that_leads_to_a_user_who_is_not_there_is_told(declare):
    [(found, _, problem, _)] = declare(
        attempts={"courses.Attempt": AttemptFields(learner=lambda row: 987654, unit="quiz")}
    )
    assert found == "tracking.E112"
    assert "leads to 987654, and no user has that primary key" in problem


def test_an_attempt_that_leads_to_no_unit_is_told(declare):
    [(found, entry, _, _)] = declare(
        attempts={"courses.Attempt": AttemptFields(learner="learner", unit=lambda row: None)}
    )
    assert (found, entry) == ("tracking.E113", "attempts['courses.Attempt'].unit")


def test_a_completion_that_leads_to_no_user_is_told(declare):
    learner = User.objects.get(username="lena")
    LessonCompletion.objects.create(learner=learner, lesson=Lesson.objects.get(slug="names"))
    [(found, entry, _, _)] = declare(
        completions={"courses.LessonCompletion": CompletionFields(learner=lambda row: None, unit="lesson")}
    )
    assert (found, entry) == ("tracking.E112", "completions['courses.LessonCompletion'].learner")


def test_many_faults_of_one_kind_are_one_line(declare):
    _try_again_and_again()
    declare(attempts={"courses.Attempt": AttemptFields(learner=lambda row: None, unit="quiz")})
    _, text = run()
    assert len(text.splitlines()) == 2
    assert "(10 more like it.)" in text


def test_the_sample_bounds_what_is_looked_at(declare):
    _try_again_and_again()
    assert json.loads(run("--json", "--sample", "4")[1])["row_counts"] == {
        "courses.Attempt": 4, "courses.LessonCompletion": 0,
    }  # fmt: skip


def test_two_units_with_the_same_key_are_told(declare):
    faults = declare(**_alone(replace(LESSON, key=lambda lesson: "same", parent=None)))
    [(found, entry, problem, _)] = faults
    assert (found, entry) == ("tracking.E105", "Node('courses.Lesson').key")
    assert problem == "2 units of 'web' have the key 'lesson:same'; all but one are lost."


def test_a_key_that_two_lessons_share_because_their_names_do_is_told(declare):
    # Two lessons of one name: the key of the second finds the first.
    Lesson.objects.filter(slug="draft").update(title="Names")
    told = [each[:2] for each in declare(**_alone(replace(LESSON, key="title", parent=None)))]
    assert told == [("tracking.E105", "Node('courses.Lesson').key")]


def test_courses_without_any_unit_are_told(declare):
    faults = declare(**_alone(replace(LESSON, filter={"slug": "none"}, parent=None)))
    assert [found for found, *_ in faults] == ["tracking.E104"]


def test_no_course_at_all_is_told(declare):
    faults = declare(structure=replace(STRUCTURE, filter={"slug": "none"}), attempts={})
    assert [found for found, *_ in faults] == ["tracking.E101"]


def test_a_course_that_its_own_key_does_not_find_is_told(declare):
    [(found, entry, problem, _)] = declare(course_keys=lambda self: ["no-such"])
    assert (found, entry, problem) == (
        "tracking.E102",
        "structure.key",
        "no course was found by its own key 'no-such'.",
    )


def test_an_outline_that_raises_is_told_with_the_error(declare):
    broken = replace(LESSON, title=lambda lesson: lesson.titel)
    faults = declare(**nodes(MODULE, broken, QUIZ), attempts={})
    assert faults[0][0] == "tracking.E103"
    assert "AttributeError: 'Lesson' object has no attribute 'titel'" in faults[0][2]


def test_a_page_that_no_view_serves_is_told(declare):
    faults = declare(**nodes(MODULE, replace(LESSON, url=lambda lesson: "/nowhere/"), QUIZ))
    assert [(found, entry) for found, entry, _, _ in faults] == [("tracking.E107", "unit_url()")]
    assert "no view serves '/nowhere/'" in faults[0][2]


def test_a_unit_url_that_raises_is_told(declare):
    def broken(self, unit):
        raise LookupError(unit.unit_key)

    assert declare(unit_url=broken)[0][:3] == ("tracking.E103", "outline('web')", "LookupError: module:dns")


def test_a_query_for_each_unit_is_told(declare):
    module = Module.objects.get()
    for number in range(8):
        Quiz.objects.create(module=module, slug=f"q{number}", title="Q", position=10 + number, pass_mark=60)
    curious = replace(QUIZ, is_required=lambda quiz: type(quiz).objects.filter(pk=quiz.pk).exists())
    [(found, entry, problem, _)] = declare(**nodes(MODULE, LESSON, curious))
    assert (found, entry) == ("tracking.W108", "outline()")
    assert "with 12 units, took 13 queries, 9 of them 'SELECT" in problem


def test_a_permission_that_there_is_not_is_told(declare):
    [(found, _, problem, _)] = declare(structure=replace(STRUCTURE, instructors="courses.teach_course"))
    assert (found, problem) == ("tracking.E109", "there is no permission 'courses.teach_course'.")


def test_courses_without_any_learner_are_told(declare):
    Enrolment.objects.all().delete()
    assert [found for found, *_ in declare()] == ["tracking.E110"]


def test_an_adapter_that_maps_no_view_is_told(declare):
    assert [found for found, *_ in declare(views={})] == ["tracking.E116"]


@pytest.mark.django_db(transaction=True)
def test_whatever_the_host_does_nothing_is_written(declare, course):
    def writing(self):
        Course.objects.create(slug="new", title="New", starts_on=course.starts_on, ends_on=course.ends_on)
        return []

    assert declare(course_keys=writing)[0][0] == "tracking.E101"
    assert Course.objects.get() == course


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_writes_only_while_the_trial_lasts():
    with read_only_database(), pytest.raises(Exception, match="read"):
        User.objects.create(username="new")
    User.objects.create(username="newer")
    assert not User.objects.filter(username="new").exists()

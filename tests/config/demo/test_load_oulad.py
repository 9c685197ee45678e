"""OULAD's tables from a folder to courses, learners, events and attempts. The tables here are made up."""

import gzip
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from config.demo import classes
from courses.models import Course, Enrolment
from tracking.models import Attempt, Event, LearnerUnit, LearnerUnitDay, PendingChange

TABLES = {
    "course": ["code_module,code_presentation,module_presentation_length", "XXX,2013J,30", "YYY,2014B,40"],
    "vle": [
        "id_site,code_module,code_presentation,activity_type,week_from,week_to",
        "11,XXX,2013J,homepage,,",
        "12,XXX,2013J,oucontent,1,2",
        "13,XXX,2013J,puppetry,,",
        "21,YYY,2014B,homepage,,",
    ],
    "student_registration": [
        "code_module,code_presentation,id_student,date_registration,date_unregistration",
        "XXX,2013J,1,-5,",
        "XXX,2013J,2,-5,8",
        "XXX,2013J,3,12,",
        "YYY,2014B,1,-3,",
    ],
    "assessment": [
        "code_module,code_presentation,id_assessment,assessment_type,date,weight",
        "XXX,2013J,7,TMA,9,50",
        "XXX,2013J,8,TMA,20,50",
        "XXX,2013J,9,Exam,,100",
        "YYY,2014B,6,CMA,9,100",
    ],
    "student_assessment": [
        "id_assessment,id_student,date_submitted,is_banked,score",
        "7,1,8,0,80",
        "7,2,8,0,30",
        "8,1,19,0,40",
        "8,3,20,0,",
    ],
    "studentVle": [
        "code_module,code_presentation,id_student,id_site,date,sum_click",
        "XXX,2013J,1,11,-4,3",
        "XXX,2013J,1,11,-4,3",
        "XXX,2013J,1,12,2,5",
        "XXX,2013J,2,13,3,1",
        "XXX,2013J,3,11,20,2",
        "XXX,2013J,1,11,33,1",
        "YYY,2014B,1,21,1,4",
    ],
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tables, gzipped as they are published."""
    for name, lines in TABLES.items():
        write(tmp_path, name, lines)
    return tmp_path


def write(folder: Path, name: str, lines: list[str]) -> None:
    (folder / f"{name}.csv.gz").write_bytes(gzip.compress("".join(f"{line}\r\n" for line in lines).encode()))


def load(folder: Path, *options: str) -> str:
    said = io.StringIO()
    call_command("load_oulad", str(folder), *options, stdout=said, stderr=said)
    return said.getvalue()


def clicks(model=LearnerUnit):
    rows = model.objects.exclude(access_count=0).values_list("learner__username", "course_key", "unit_key")
    return {tuple(row[:-1]): row[-1] for row in rows.annotate(Sum("access_count"))}


def test_every_click_comes_through_to_the_rows_of_learners(folder):
    load(folder)
    assert (
        clicks()
        == clicks(LearnerUnitDay)
        == {
            ("oulad-1", "oulad-xxx-2013j", "lesson:homepage/site-11"): 7,
            ("oulad-1", "oulad-xxx-2013j", "lesson:oucontent/site-12"): 5,
            ("oulad-2", "oulad-xxx-2013j", "lesson:puppetry/site-13"): 1,
            ("oulad-3", "oulad-xxx-2013j", "lesson:homepage/site-11"): 2,
            ("oulad-1", "oulad-yyy-2014b", "lesson:homepage/site-21"): 4,
        }
    )


def test_equal_rows_are_events_of_their_own(folder):
    load(folder)
    assert Event.objects.filter(learner__username="oulad-1", happened_at__date="2013-09-27").count() == 2


def test_days_count_from_the_first_of_the_month_that_the_presentation_is_named_for(folder):
    load(folder)
    assert dict(Course.objects.values_list("slug", "starts_on")) == {
        "oulad-xxx-2013j": date(2013, 10, 1),
        "oulad-yyy-2014b": date(2014, 2, 1),
    }


def test_no_time_is_made_up_for_clicks(folder):
    load(folder)
    totals = LearnerUnit.objects.aggregate(Sum("active_ms"), Sum("estimated_ms"), Sum("view_count"))
    assert set(totals.values()) == {0}


def test_results_become_attempts_that_pass_from_forty_points(folder):
    load(folder)
    attempts = Attempt.objects.order_by("unit_key", "learner__username")
    assert list(attempts.values_list("learner__username", "unit_key", "score", "max_score", "is_passed")) == [
        ("oulad-1", "quiz:assessments/tma-7", 80, 100, True),
        ("oulad-2", "quiz:assessments/tma-7", 30, 100, False),
        ("oulad-1", "quiz:assessments/tma-8", 40, 100, True),
        ("oulad-3", "quiz:assessments/tma-8", None, 100, None),
    ]


def test_an_exam_without_results_is_not_one_that_everybody_missed(folder):
    load(folder)
    assert not LearnerUnit.objects.filter(unit_key="quiz:assessments/exam-9").exists()


def test_an_assessment_of_a_course_that_nobody_handed_in_was_passed_over(folder):
    load(folder)
    assert LearnerUnit.objects.get(unit_key="quiz:assessments/cma-6").state == "skipped"


def test_rolling_up_leaves_nothing_to_do(folder):
    load(folder)
    assert not PendingChange.objects.exists()


def test_loading_again_adds_nothing(folder):
    load(folder)
    counts = [model.objects.count() for model in (Event, Attempt, User, Enrolment, LearnerUnit)]
    said = load(folder)
    assert said.count("already imported") == 2
    assert [model.objects.count() for model in (Event, Attempt, User, Enrolment, LearnerUnit)] == counts


def test_tables_that_are_not_gzipped_are_read_too(folder):
    for packed in folder.glob("*.csv.gz"):
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    load(folder)
    assert (Event.objects.count(), Attempt.objects.count()) == (7, 4)


def test_a_single_presentation_leaves_the_rows_of_others_out(folder):
    said = load(folder, "--presentation", "YYY-2014B")
    assert set(Event.objects.values_list("course_key", flat=True)) == {"oulad-yyy-2014b"}
    assert "7 rows read: 1 stored, 0 already stored, 6 left out by the map" in said


def test_a_presentation_can_be_moved_so_that_today_is_one_of_its_days(folder):
    load(folder, "--presentation", "XXX-2013J", "--today-is-day", "10")
    today = timezone.localdate()
    assert Course.objects.get().starts_on == today - timedelta(days=10)
    # The second learner left on day 8, the third comes on day 12.
    assert list(Enrolment.objects.values_list("learner__username", flat=True)) == ["oulad-1"]
    assert sum(clicks().values()) == 11
    assert list(Attempt.objects.values_list("unit_key", flat=True)) == ["quiz:assessments/tma-7"]


def test_what_is_here_already_is_not_moved_unasked(folder):
    load(folder, "--presentation", "XXX-2013J")
    with pytest.raises(
        CommandError, match=r"starts on 2013-10-01\. To delete it and load it again, add --fresh"
    ):
        load(folder, "--presentation", "XXX-2013J", "--today-is-day", "10")


def test_fresh_replaces_what_was_loaded(folder):
    load(folder, "--presentation", "XXX-2013J")
    load(folder, "--presentation", "XXX-2013J", "--fresh", "--today-is-day", "10")
    assert sum(clicks().values()) == sum(clicks(LearnerUnitDay).values()) == 11
    assert Event.objects.count() == 3
    assert set(User.objects.filter(username__startswith="oulad-").values_list("username", flat=True)) == {
        "oulad-1"
    }


def test_fresh_keeps_what_a_learner_has_in_another_presentation(folder):
    load(folder)
    load(folder, "--presentation", "XXX-2013J", "--fresh", "--today-is-day", "10")
    assert clicks()["oulad-1", "oulad-yyy-2014b", "lesson:homepage/site-21"] == 4


def test_a_row_about_nobody_is_refused_and_counted(folder):
    write(folder, "studentVle", [*TABLES["studentVle"], "XXX,2013J,99,11,5,1", "XXX,2013J,1,99,5,1"])
    said = load(folder)
    assert "9 rows read: 7 stored, 0 already stored, 0 left out by the map" in said
    assert "rejected 1: unknown_learner" in said
    assert "rejected 1: bad_row" in said


def test_the_instructor_of_the_demo_teaches_it(folder):
    classes.seed()
    load(folder)
    assert {course.instructors.get().username for course in Course.objects.all()} == {"ines"}


def test_nobody_can_log_in_as_a_learner_of_the_data(folder):
    load(folder)
    assert not any(user.has_usable_password() for user in User.objects.filter(username__startswith="oulad-"))


@pytest.mark.parametrize("name", ["course", "vle", "studentVle", "assessment"])
def test_a_table_that_is_missing_is_named(folder, name):
    (folder / f"{name}.csv.gz").unlink()
    with pytest.raises(CommandError, match=rf"has no {name}\.csv and no {name}\.csv\.gz"):
        load(folder)


def test_a_presentation_that_is_not_there_is_named_with_those_that_are(folder):
    with pytest.raises(
        CommandError, match="'ZZZ-2013J' is not among the presentations: XXX-2013J, YYY-2014B"
    ):
        load(folder, "--presentation", "ZZZ-2013J")

"""What the pages say of a learner and of a class: from the same rows, so never in contradiction."""

from datetime import timedelta

import pytest

from tests.factories import FindingFactory
from tests.messages import batch, opened, progress
from tracking import jobs
from tracking.capture import attempts
from tracking.lms.values import AnswerRecord, AttemptRecord, UnitRef
from tracking.models import Finding, UnitState
from tracking.reports.course import overview as course_overview
from tracking.reports.learner import progress as learner_progress

OTHERS = 6


@pytest.fixture
def course(school, learner, make_learner, send_online, now):
    """Six who read everything, and one who read only the second lesson and failed the quiz on the first."""
    school.course("c", lessons=["a", "b"], quizzes=["q"], starts_at=now - timedelta(days=30))
    school.enrol(learner, "c", group_key="g1", group_title="Group one")
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    record_attempt(learner, now, is_passed=False)
    for number in range(OTHERS):
        other = make_learner(f"other{number}")
        school.enrol(other, "c")
        send_online(other, *(progress(now, key, [[0, 80_000]]) for key in "ab"))
        record_attempt(other, now, is_passed=True)
    jobs.roll_up(now=now)
    return school


def record_attempt(learner, now, *, is_passed, key="1"):
    attempts.store_attempt(
        AttemptRecord(
            source_label="quiz.Sitting",
            source_key=f"{learner.pk}-{key}",
            learner_id=learner.pk,
            unit=UnitRef(course_key="c", unit_key="q"),
            started_at=now,
            submitted_at=now,
            score=9 if is_passed else 2,
            max_score=10,
            is_passed=is_passed,
            answers=(AnswerRecord(question_key="1", is_correct=is_passed, lesson_keys=("a",)),),
        )
    )


def progress_of(learner, now):
    found = learner_progress.find_learner_progress(learner.pk, "c", now=now)
    assert found is not None
    return found


def overview(now):
    found = course_overview.find_class_overview("c", now=now)
    assert found is not None
    return found


def test_a_learner_sees_what_to_practise_with_why_and_where(course, learner, now):
    practise = progress_of(learner, now).practise
    assert [(each.unit_title, each.reason, each.next_step) for each in practise] == [
        ("Lesson a", "missed_not_covered", "Read this lesson"),
        ("Quiz q", "not_passed", "Review, then try again"),
    ]


def test_a_learner_reads_the_lesson_they_skipped_before_they_try_the_quiz_again(course, learner, now):
    step = progress_of(learner, now).next_step
    assert step is not None
    assert (step.unit.key, step.reason, step.quiz_title) == ("a", "lesson_first", "Quiz q")


def test_modules_show_each_unit_with_its_state_and_time(course, learner, now):
    module = progress_of(learner, now).modules[0]
    assert (module.title, module.state, module.completed_count, module.required_count) == (
        "Module m",
        UnitState.IN_PROGRESS,
        1,
        3,
    )
    assert [(unit.title, unit.state, unit.active_seconds) for unit in module.units] == [
        ("Lesson a", UnitState.SKIPPED, 0),
        ("Lesson b", UnitState.COMPLETED, 60),
        ("Quiz q", UnitState.FAILED, 0),
    ]


def test_the_time_of_four_weeks_is_shown_day_by_day(course, learner, now):
    days = progress_of(learner, now).days
    assert (len(days), days[-1].day, days[-1].active_seconds, sum(day.active_seconds for day in days)) == (
        28,
        now.date(),
        60,
        60,
    )


def test_each_try_shows_its_change_to_the_one_before(course, learner, now):
    record_attempt(learner, now + timedelta(hours=1), is_passed=True, key="2")
    found = progress_of(learner, now)
    assert [(each.attempt_number, each.share, each.change) for each in found.attempts] == [
        (2, 0.9, pytest.approx(0.7)),
        (1, 0.2, None),
    ]


def test_a_learner_who_has_done_nothing_has_an_empty_page_of_a_whole_course(course, make_learner, now):
    fresh = make_learner("fresh")
    course.enrol(fresh, "c")
    found = progress_of(fresh, now)
    assert (found.required_count, found.completed_count, found.last_at) == (3, 0, None)
    assert found.next_step is not None
    assert (found.next_step.unit.key, found.next_step.reason) == ("a", "start")


def test_an_unknown_course_has_no_page(course, learner, now):
    assert learner_progress.find_learner_progress(learner.pk, "elsewhere", now=now) is None
    assert course_overview.find_class_overview("elsewhere", now=now) is None


def test_the_row_of_a_learner_in_the_class_says_what_their_own_page_says(course, learner, now):
    mine = progress_of(learner, now)
    row = next(each for each in overview(now).learners if each.learner_id == learner.pk)
    for name in (
        "required_count",
        "completed_count",
        "skipped_count",
        "active_seconds",
        "last_at",
        "findings",
    ):
        assert getattr(row, name) == getattr(mine, name), name


def test_the_class_page_names_who_to_check_in_with_and_why(course, learner, now):
    check_in = overview(now).check_in
    assert [(each.name, each.findings[0].reason) for each in check_in] == [("lena", "missed_not_covered")]
    assert "Lesson a" in check_in[0].findings[0].sentence


def test_lessons_are_measured_over_the_class(course, now):
    first = overview(now).units[0]
    assert (first.title, first.learner_count, first.median_active_seconds, first.first_try_count) == (
        "Lesson a",
        7,
        80,
        7,
    )
    assert (first.reached_share, first.skipped_share, first.first_try_share) == (
        pytest.approx(6 / 7),
        pytest.approx(1 / 7),
        pytest.approx(6 / 7),
    )


def test_the_heads_of_the_class_page_count_the_learners(course, now):
    found = overview(now)
    assert (
        found.learner_count,
        found.active_this_week_count,
        found.finished_count,
        found.never_started_count,
    ) == (
        7,
        7,
        6,
        0,
    )
    assert [(group.key, group.title) for group in found.groups] == [("g1", "Group one")]


def test_a_class_of_one_who_shares_has_figures(school, learner, send, now):
    school.course("small", lessons=["a"])
    school.enrol(learner, "small")
    send(learner, batch(opened(now, "a", course="small"), sent_at=now))
    jobs.roll_up(now=now)
    found = course_overview.find_class_overview("small", now=now)
    assert found is not None
    unit = found.units[0]
    assert (unit.reached_share, unit.skipped_share, unit.median_active_seconds) == (1.0, 0.0, None)


def test_the_page_says_how_far_its_figures_have_come(course, learner, send, now):
    assert (overview(now).freshness.as_of, overview(now).freshness.lag_seconds) == (now, 0)


@pytest.mark.parametrize("find", ["learner", "class"])
def test_a_page_takes_a_fixed_number_of_queries(course, learner, now, find, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        if find == "learner":
            progress_of(learner, now)
        else:
            overview(now)


def test_many_reasons_to_check_in_weigh_more_than_a_great_one(course, make_learner, now):
    """Somebody who had failed three quizzes stood below all who had been away for a week, and was not seen."""
    one_reason, many_reasons = make_learner("one reason"), make_learner("many reasons")
    for each in (one_reason, many_reasons):
        course.enrol(each, "c")
    jobs.refresh_outlines(now=now)
    Finding.objects.all().delete()
    FindingFactory.create(course_key="c", learner=one_reason, weight=0.9)
    for unit_key in ("a", "b", "q"):
        FindingFactory.create(course_key="c", learner=many_reasons, weight=0.75, unit_key=unit_key)
    assert [each.name for each in overview(now).check_in] == ["many reasons", "one reason"]

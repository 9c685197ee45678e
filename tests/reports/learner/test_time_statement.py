"""A statement says what was measured, counts two at once once, and can be told from one that was changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.messages import progress
from tracking import jobs
from tracking.dashboards.learner import time_statement_csv
from tracking.models import LearnerCourseDay, PageView
from tracking.reports.learner import statement_signing, time_statement
from tracking.reports.learner.time_statement import TimeTotals

MINUTE = 60_000


@pytest.fixture
def worked(school, learner, send_online, now):
    """Ten minutes in course ``c``, and beside the last five of them ten in course ``d``, on another device."""
    for key in ("c", "d"):
        school.course(key, lessons=["a"])
        school.enrol(learner, key)
    send_online(learner, progress(now, "a", [[0, 10 * MINUTE]], course="c"))
    later = now + timedelta(minutes=5)
    send_online(learner, progress(later, "a", [[0, 10 * MINUTE]], course="d"))
    jobs.refresh_outlines(now=later)
    jobs.roll_up(now=later)
    return learner


def find(learner, now, **changes):
    return time_statement.find_time_statement(
        learner.pk, **{"first": now.date(), "last": now.date()} | changes
    )


def test_the_time_of_each_course_stands_by_itself(worked, now):
    statement = find(worked, now)
    assert [(course.course_key, course.times.active) for course in statement.courses] == [
        ("c", 600),
        ("d", 600),
    ]


def test_what_two_courses_had_at_once_counts_once_in_the_day_and_the_total(worked, now):
    statement = find(worked, now)
    assert [day.times.active for day in statement.days] == [900]
    assert statement.total.active == 900


def test_courses_that_do_not_overlap_add_up_to_their_day(school, learner, send_online, now):
    for key, minutes in (("c", 0), ("d", 30)):
        school.course(key, lessons=["a"])
        school.enrol(learner, key)
        moment = now + timedelta(minutes=minutes)
        send_online(learner, progress(moment, "a", [[0, 1600]], course=key))
    jobs.refresh_outlines(now=moment)
    jobs.roll_up(now=moment)

    (day,) = find(learner, now).days

    assert day.times.active == sum(course.times.active for course in day.courses) == 2


def test_where_raw_events_are_gone_the_overlap_is_said_to_be_unknown(worked, now):
    LearnerCourseDay.objects.update(is_final=True)
    (day,) = find(worked, now).days
    assert (day.is_overlap_known, day.times.active) == (False, 1200)


def test_each_view_is_listed_with_its_times(worked, now):
    first = find(worked, now).views[0]
    assert (first.course_key, first.unit_title, first.is_measured) == ("c", "Lesson a", True)
    assert first.times == TimeTotals(active=600, open=600, media=0, estimated=0)


def test_a_statement_of_one_course_says_nothing_of_another(worked, now):
    statement = find(worked, now, course_keys=["d"])
    assert {view.course_key for view in statement.views} == {"d"}
    assert statement.total.active == 600


def test_days_outside_the_period_are_left_out(worked, now):
    day = now.date() - timedelta(days=1)
    statement = find(worked, now, first=day, last=day)
    assert (statement.days, statement.views, statement.total) == ((), (), TimeTotals())


def test_another_learners_time_is_not_in_it(worked, make_learner, now):
    assert find(make_learner("li"), now).days == ()


@pytest.mark.parametrize("length", [-1, 366])
def test_a_period_that_ends_too_early_or_too_late_is_refused(learner, now, length):
    with pytest.raises(ValueError, match="not a period"):
        find(learner, now, last=now.date() + timedelta(days=length))


def test_a_statement_rounds_down(worked, now):
    PageView.objects.filter(course_key="c").update(active_ms=1999, visible_ms=1999)
    assert find(worked, now).views[0].times.active == 1


@pytest.fixture
def certified(worked, now):
    statement = find(worked, now)
    table = time_statement_csv.statement_csv(statement)
    code = statement_signing.sign_statement(statement, table, name="Lena Lind", now=now)
    return table, code


def test_a_code_says_whom_when_and_how_long(certified, now):
    found = statement_signing.verify_code(certified[1])
    assert found is not None
    assert (found.name, found.first, found.active_seconds) == ("Lena Lind", now.date(), 900)
    assert found.issued_at == timezone.localtime(now)


def test_a_code_that_was_broken_over_lines_is_read(certified):
    code = certified[1]
    assert statement_signing.verify_code(f"  {code[:40]}\n{code[40:]} ") == statement_signing.verify_code(
        code
    )


@pytest.mark.parametrize("given", ["", "nonsense", "a:b:c"])
def test_what_this_site_has_not_signed_says_nothing(given):
    assert statement_signing.verify_code(given) is None


def test_a_changed_code_says_nothing(certified):
    code = certified[1]
    assert statement_signing.verify_code(("A" if code[0] != "A" else "B") + code[1:]) is None


@pytest.mark.parametrize(
    "touch", [bytes, lambda file: file.replace(b"\r\n", b"\n"), lambda file: b"\xef\xbb\xbf" + file]
)
def test_a_table_is_known_again_whatever_an_editor_did_to_its_ends_of_lines(certified, touch):
    table, code = certified
    again, found = time_statement_csv.split_code(touch(time_statement_csv.append_code(table, code)))
    assert found == code
    certificate = statement_signing.verify_code(found)
    assert certificate is not None
    assert certificate.is_of(again)


def test_a_table_in_which_one_figure_was_changed_is_not_the_one(certified):
    table, code = certified
    changed, _ = time_statement_csv.split_code(
        time_statement_csv.append_code(table.replace(b",600,", b",900,"), code)
    )
    certificate = statement_signing.verify_code(code)
    assert certificate is not None
    assert not certificate.is_of(changed)

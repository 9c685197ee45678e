"""Rolling up without Celery, and making every row again from its source."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.messages import progress
from tests.rollups.all_rows import rows
from tracking import jobs
from tracking.models import (
    CourseOutline,
    Event,
    JobRun,
    LearnerCourse,
    LearnerCourseDay,
    LearnerUnit,
    PageView,
    PendingChange,
)


@pytest.fixture
def read(school, make_learner, send_online, now):
    """Two learners in two courses who have read on three days."""
    both = [make_learner(name) for name in ("lena", "li")]
    for key in ("c", "d"):
        school.course(key, lessons=["a", "b"])
        for learner in both:
            school.enrol(learner, key)
            for days in (0, 1, 2):
                moment = now - timedelta(days=days)
                send_online(learner, progress(moment, "b", [[0, 60_000]], course=key))
    run("--once")
    return both


def run(*options):
    out = io.StringIO()
    call_command("tracking_rollup", *options, stdout=out, stderr=out)
    return out.getvalue()


def damage():
    """Leave rows behind that no source asks for, and others wrong."""
    LearnerUnit.objects.update(active_ms=1)
    PageView.objects.all().delete()
    stray = LearnerCourseDay.objects.latest("day")
    stray.pk, stray.day = None, stray.day - timedelta(days=100)
    stray.save()


def test_once_rolls_up_what_waits_and_ends(read):
    assert not PendingChange.objects.exists()
    assert set(LearnerUnit.objects.filter(unit_key="b").values_list("active_ms", flat=True)) == {180_000}


def test_once_does_what_a_schedule_would_have_done_by_now_and_no_more(read, school):
    JobRun.objects.all().delete()
    school.course("e", lessons=["a"])

    run("--once")
    run("--once")

    assert CourseOutline.objects.filter(course_key="e").exists()
    assert sorted(JobRun.objects.exclude(job="roll_up").values_list("job", flat=True)) == [
        "mark_running_courses_changed", "purge_expired", "refresh_outlines",
    ]  # fmt: skip


def test_a_job_whose_time_has_come_is_done_again(read, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    assert "mark_running_courses_changed" not in jobs.run_due_jobs(now=timezone.now())
    time_machine.shift(timedelta(hours=1))
    assert "mark_running_courses_changed" in jobs.run_due_jobs(now=timezone.now())


def test_once_says_nothing_where_nothing_waits(read):
    assert run("--once") == ""


def test_a_rebuild_makes_every_row_again(read):
    before = rows()
    damage()
    run("--rebuild")
    assert rows() == before


def test_a_rebuild_takes_away_the_rows_of_a_course_of_which_nothing_else_is_left(make_learner):
    LearnerCourse.objects.create(course_key="gone", learner=make_learner("lou"), active_ms=1)
    run("--rebuild")
    assert not LearnerCourse.objects.exists()


def test_a_rebuild_of_a_course_leaves_the_others_alone(read):
    damage()
    run("--rebuild", "--course", "c")
    assert set(LearnerUnit.objects.filter(unit_key="b").values_list("course_key", "active_ms")) == {
        ("c", 180_000), ("d", 1),
    }  # fmt: skip


def test_a_rebuild_of_a_learner_leaves_the_others_alone(read):
    damage()
    run("--rebuild", "--learner", "lena")
    assert set(LearnerUnit.objects.filter(unit_key="b").values_list("learner__username", "active_ms")) == {
        ("lena", 180_000), ("li", 1),
    }  # fmt: skip


def test_a_rebuild_since_a_day_reads_no_event_before_it(read, now):
    Event.objects.filter(happened_at__lt=now - timedelta(hours=36)).delete()
    run("--rebuild", "--since", (now - timedelta(days=1)).date().isoformat())
    assert set(LearnerUnit.objects.filter(unit_key="b").values_list("active_ms", flat=True)) == {180_000}


@pytest.mark.django_db
def test_a_rebuild_of_what_is_not_there_says_so():
    with pytest.raises(CommandError, match="Nothing to rebuild"):
        run("--rebuild", "--course", "no-such", "--since", "2026-01-01")


def test_an_unknown_learner_is_named(read):
    with pytest.raises(CommandError, match="No user of this site has the username 'nobody'"):
        run("--rebuild", "--learner", "nobody")


def test_a_course_without_rebuild_is_a_mistake(read):
    with pytest.raises(CommandError, match="need --rebuild"):
        run("--course", "c")


def test_what_was_set_aside_is_told_and_tried_again_on_request(read, send, now, monkeypatch):
    PendingChange.objects.create(stage="learner", course_key="c", learner=read[0], failed_count=5, error="x")
    assert "1 changes were given up" in run("--once")
    assert "1 changes will be retried" in run("--once", "--retry-failed")
    assert not PendingChange.objects.exists()


def test_without_once_it_rolls_up_until_it_is_stopped(read, send, now, monkeypatch):
    moments = iter([None])

    def sleep(_seconds):
        next(moments, None)
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    assert "Run the command again to resume from here" in run()

"""From marks to findings, and what the calendar makes due."""

import re
from datetime import timedelta

import pytest

from tests.messages import progress
from tracking import jobs
from tracking.capture import attempts
from tracking.events import Purpose
from tracking.lms.values import AnswerRecord, AttemptRecord, UnitRef
from tracking.models import Attempt, Finding, JobRun, PendingChange
from tracking.privacy import consent
from tracking.rollups.engine import pipeline


@pytest.fixture
def course(school, learner, now):
    school.course("c", lessons=["a", "b"], quizzes=["q"], starts_at=now - timedelta(days=30))
    school.enrol(learner, "c", enrolled_at=now - timedelta(days=30))
    jobs.refresh_outlines(now=now)
    return school


def fail_the_quiz(learner, now, *, is_passed=False, key="1"):
    attempts.store_attempt(
        AttemptRecord(
            source_label="quiz.Sitting",
            source_key=key,
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


def open_findings():
    return list(Finding.objects.open().order_by("-weight", "unit_key").values_list("reason", "unit_key"))


def test_a_failed_quiz_opens_a_finding_and_passing_it_clears_it(course, learner, now):
    fail_the_quiz(learner, now)
    jobs.roll_up(now=now)
    assert open_findings() == [
        ("missed_not_covered", "a"),
        ("not_passed", "q"),
        ("skipped", "b"),
    ]
    fail_the_quiz(learner, now, is_passed=True, key="2")
    later = now + timedelta(hours=1)
    jobs.roll_up(now=later)
    assert open_findings() == [("skipped", "a"), ("skipped", "b")]
    assert Finding.objects.get(reason="not_passed").cleared_at == later


def test_a_finding_that_stays_keeps_its_day_and_takes_the_new_evidence(course, learner, now):
    fail_the_quiz(learner, now)
    jobs.roll_up(now=now)
    fail_the_quiz(learner, now + timedelta(hours=1), key="2")
    fail_the_quiz(learner, now + timedelta(hours=2), key="3")
    jobs.roll_up(now=now + timedelta(hours=3))
    finding = Finding.objects.open().get(reason="missed_not_covered")
    assert finding.opened_at == now
    assert Finding.objects.open().get(unit_key="q").evidence == {
        "attempt_count": 3,
        "best_share": 0.2,
        "attempt_ids": list(Attempt.objects.order_by("submitted_at").values_list("pk", flat=True)),
    }


def test_running_it_twice_changes_nothing(course, learner, now):
    fail_the_quiz(learner, now)
    jobs.mark_running_courses_changed(now=now)
    jobs.roll_up(now=now)
    jobs.mark_running_courses_changed(now=now)  # Risks are of the rows that are there by now.
    jobs.roll_up(now=now)
    before = list(Finding.objects.values())
    assert jobs.roll_up(now=now) == 0
    jobs.mark_running_courses_changed(now=now)
    jobs.roll_up(now=now)
    assert list(Finding.objects.values()) == before
    assert not PendingChange.objects.exists()


def test_absence_is_found_by_the_calendar_alone(course, learner, send_online, now):
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    jobs.roll_up(now=now)
    assert ("inactive", "") not in open_findings()
    later = now + timedelta(days=8)
    jobs.mark_running_courses_changed(now=later)
    jobs.roll_up(now=later)
    assert open_findings()[0] == ("inactive", "")


def test_one_who_never_started_is_found(course, learner, now):
    jobs.roll_up(now=now)
    assert open_findings() == [("never_started", "")]


def test_courses_that_are_over_are_left_in_peace(course, learner, now):
    jobs.roll_up(now=now)
    course.change("c", ends_at=now)
    jobs.refresh_outlines(now=now)
    jobs.roll_up(now=now)
    assert open_findings() == []
    assert jobs.mark_running_courses_changed(now=now) == 0


def test_one_who_does_not_share_is_not_said_to_have_skipped(
    course, learner, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        consent.refuse(learner.pk, [Purpose.ENGAGEMENT], source="test")
    fail_the_quiz(learner, now)
    jobs.roll_up(now=now)
    assert open_findings() == [("missed_questions", "a"), ("not_passed", "q")]


def test_a_run_is_recorded_with_what_it_handled(course, learner, now):
    fail_the_quiz(learner, now)
    waiting = PendingChange.objects.count()
    handled = jobs.roll_up(now=now)
    run = JobRun.objects.filter(job="roll_up").latest("pk")
    assert handled >= waiting
    assert (run.handled_count, run.error, run.finished_at is not None) == (handled, "", True)


def test_a_run_that_fails_is_recorded_with_its_error(course, learner, now, monkeypatch):
    fail_the_quiz(learner, now)

    def fail(*, now):
        raise ValueError(now)

    monkeypatch.setattr(pipeline, "process_changes_stepwise", fail)
    with pytest.raises(ValueError, match="2026"):
        jobs.roll_up(now=now)
    assert re.fullmatch(r"ValueError \(.*tests/test_jobs.py:\d+ in fail\)", JobRun.objects.latest("pk").error)


def test_a_run_that_is_killed_stays_on_record_as_not_finished(course, learner, now, monkeypatch):
    fail_the_quiz(learner, now)
    seen: list[JobRun] = []

    def look(*, now):
        seen.append(JobRun.objects.latest("pk"))
        yield 0

    monkeypatch.setattr(pipeline, "process_changes_stepwise", look)
    jobs.roll_up(now=now)
    assert [(run.job, run.finished_at) for run in seen] == [("roll_up", None)]


def test_a_run_that_is_told_to_end_is_not_taken_for_a_success(course, learner, now, monkeypatch):
    fail_the_quiz(learner, now)

    def stop(*, now):
        raise SystemExit(1)

    monkeypatch.setattr(pipeline, "process_changes_stepwise", stop)
    with pytest.raises(SystemExit):
        jobs.roll_up(now=now)
    assert JobRun.objects.latest("pk").error.startswith("SystemExit: 1 (")


def test_records_of_old_runs_go_and_the_newest_of_each_job_stays(db, now):
    for job, days_ago in [
        ("roll_up", 20),
        ("roll_up", 15),
        ("roll_up", 1),
        ("release_quarantine", 40),
        ("release_quarantine", 30),
    ]:
        JobRun.objects.create(job=job, started_at=now - timedelta(days=days_ago))
    jobs.purge_expired(now=now)
    kept = JobRun.objects.exclude(job="purge_expired").order_by("pk").values_list("job", "started_at")
    assert [(job, (now - at).days) for job, at in kept] == [("roll_up", 1), ("release_quarantine", 30)]

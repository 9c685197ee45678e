"""One screen that says whether the installation works."""

import io
import json
import socket
import time
import uuid
from datetime import timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from config import celery_app
from tests import factories, web_course
from tracking import tasks
from tracking.management.doctor import data, jobs, results, site
from tracking.management.doctor.results import CheckResult
from tracking.models import (
    Event,
    JobRun,
    LearnerCourseDay,
    PageView,
    PendingChange,
    QuarantinedRecord,
    RejectionCount,
    RollupStage,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment():
    return timezone.now()


def run(*options):
    out = io.StringIO()
    try:
        call_command("tracking_doctor", *options, stdout=out)
    except SystemExit as stopped:
        return stopped.code, out.getvalue()
    return 0, out.getvalue()


def health(line):
    return line.name, str(line.health)


def record_event(learner, at):
    Event.objects.create(
        id="00000000-0000-7000-8000-000000000001", learner=learner, course_key="web", unit_key="u",
        kind="page.opened", source="server", happened_at=at, received_at=at,
    )  # fmt: skip


@pytest.fixture
def well(moment, learner):
    """A site where everything runs."""
    web_course.make()
    tasks.refresh_outlines()
    tasks.roll_up()
    tasks.purge_expired()
    JobRun.objects.create(job="roll_up", started_at=moment, finished_at=moment)
    PendingChange.objects.all().delete()
    record_event(learner, moment)


def test_a_site_where_everything_runs_is_well(well):
    code, screen = run()
    assert code == 0, screen
    assert screen.splitlines()[-1] == "19 ok, 0 warning, 0 fault"


def test_a_new_site_is_told_what_is_missing(moment):
    code, text = run("--json")
    report = json.loads(text)
    unwell = {line["name"]: line["health"] for line in report["lines"] if line["health"] != "ok"}
    assert (code, report["is_ok"]) == (1, False)
    assert unwell == {
        "outlines": "fault", "last event": "warning", "rollup": "warning", "workers": "warning",
        "schedule": "warning", "retention": "warning",
    }  # fmt: skip
    assert all(line["advice"] for line in report["lines"] if line["health"] != "ok")


def test_an_adapter_that_cannot_be_found_is_a_fault_and_the_rest_is_told_all_the_same(settings):
    settings.TRACKING = {"ADAPTER": "nowhere.Adapter"}
    _, text = run("--json")
    report = json.loads(text)["lines"]
    assert report[0]["health"] == "fault"
    assert "'nowhere.Adapter' cannot be imported" in report[0]["fact"]
    assert len(report) == 19


def test_switched_off_is_a_fault(settings, moment):
    settings.TRACKING = {"ENABLED": False}
    assert site.check_adapter(moment).fact == "TRACKING['ENABLED'] is off: nothing is recorded."


def test_outlines_that_are_not_read_any_more_are_told(moment):
    factories.CourseOutlineFactory(refreshed_at=moment - timedelta(hours=2))
    factories.OutlineUnitFactory()
    line = data.check_outlines(moment)
    assert (health(line), line.fact) == (("outlines", "warning"), "1 courses, 1 units, refreshed 2 h ago.")


def test_courses_without_units_are_a_fault(moment):
    factories.CourseOutlineFactory(refreshed_at=moment)
    assert health(data.check_outlines(moment)) == ("outlines", "fault")


def test_the_age_of_the_last_event_is_told(learner, moment):
    record_event(learner, moment - timedelta(minutes=4))
    assert data.check_last_event(moment).fact == "4 min ago."


def test_figures_that_lag_are_a_fault(moment):
    JobRun.objects.create(job="roll_up", started_at=moment - timedelta(minutes=9), handled_count=5)
    PendingChange.objects.create(
        stage=RollupStage.CLASS, course_key="c", created_at=moment - timedelta(minutes=5)
    )
    line = data.check_last_rollup(moment)
    assert (health(line), line.fact) == (("rollup", "fault"), "9 min ago, 5 changes; the figures lag 5 min.")


def test_a_roll_up_that_failed_is_a_fault(moment):
    JobRun.objects.create(job="roll_up", started_at=moment, error="Broken: no\nmore")
    line = data.check_last_rollup(moment)
    assert (health(line), line.fact.endswith("It failed: Broken: no")) == (("rollup", "fault"), True)


def test_the_change_log_is_told_with_the_age_of_its_oldest_mark(moment):
    PendingChange.objects.create(
        stage=RollupStage.CLASS, course_key="c", created_at=moment - timedelta(minutes=1)
    )
    assert data.check_pending_changes(moment).fact == "1 changes pending, the oldest for 1 min; 0 given up."
    PendingChange.objects.create(stage=RollupStage.CLASS, course_key="c", failed_count=9)
    assert health(data.check_pending_changes(moment)) == ("change queue", "fault")


def hold(number, cause, moment):
    QuarantinedRecord.objects.create(
        fingerprint=str(number),
        cause=cause,
        kind="page.opened",
        happened_at=moment,
        quarantined_at=moment - timedelta(days=2),
    )


def test_the_quarantine_is_told_by_cause(moment, settings):
    for number, cause in enumerate(["unknown_unit", "unknown_unit", "no_learner"]):
        hold(number, cause, moment)
    line = data.check_quarantine(moment)
    assert (health(line), line.fact) == (
        ("quarantine", "warning"), "1 no_learner, 2 unknown_unit; the oldest for 2 d.",
    )  # fmt: skip
    settings.TRACKING = {"QUARANTINE_MAX": 3}
    assert health(data.check_quarantine(moment)) == ("quarantine", "fault")


@pytest.mark.parametrize(
    ("reason", "wanted"), [("no_consent", "ok"), ("bad_event", "warning"), ("fault", "fault")]
)
def test_refusals_are_told_by_cause(moment, reason, wanted):
    RejectionCount.objects.create(day=moment.date(), reason=reason, rejected_count=1200)
    RejectionCount.objects.create(day=moment.date() - timedelta(days=8), reason="fault", rejected_count=1)
    line = data.check_rejections(moment)
    assert (health(line), line.fact) == (("rejections", wanted), f"1,200 {reason} in 7 days.")


def test_a_purge_that_does_not_run_is_told(moment, settings):
    JobRun.objects.create(job="purge_expired", started_at=moment - timedelta(days=3))
    assert health(data.check_retention(moment)) == ("retention", "warning")
    settings.TRACKING = {"RAW_EVENT_DAYS": 0, "RECORD_EVENT_DAYS": 0}
    assert health(data.check_retention(moment)) == ("retention", "ok")


def test_a_database_that_fails_under_several_writers_is_a_fault(monkeypatch, moment):
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
        assert health(site.check_database(moment)) == ("database", "fault")
    else:
        assert health(site.check_database(moment)) == ("database", "ok")


def test_the_clock_is_compared(moment):
    assert health(site.check_clock(moment)) == ("clock", "ok")


def test_tasks_that_are_not_on_the_schedule_are_named(monkeypatch, moment):
    monkeypatch.setattr(tasks, "find_scheduled_tasks", set)
    line = jobs.check_schedule(moment)
    assert health(line) == ("schedule", "fault")
    assert "tracking.roll_up" in line.fact


def test_whatever_goes_wrong_while_looking_is_a_fault():
    def broken():
        raise OSError("gone")

    assert results.run_check("it", broken) == CheckResult(
        name="it", health=results.Health.FAULT, fact="OSError: gone", advice="Fix this first."
    )


def test_a_broker_that_refuses_is_a_fault_within_seconds(monkeypatch, moment):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setattr(celery_app.conf, "broker_url", f"redis://127.0.0.1:{unused.getsockname()[1]}/0")
        began = time.monotonic()
        [line] = jobs.check_broker_and_workers(moment)
    assert health(line) == ("broker", "fault")
    assert time.monotonic() - began < 5


def test_a_broker_that_never_answers_is_a_fault_within_seconds(monkeypatch, moment):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setattr(celery_app.conf, "broker_url", f"redis://127.0.0.1:{mute.getsockname()[1]}/0")
        began = time.monotonic()
        [line] = jobs.check_broker_and_workers(moment)
        assert time.monotonic() - began < 5
    assert (health(line), "no answer in time" in line.fact) == (("broker", "fault"), True)


def test_a_site_that_rolls_up_without_celery_is_only_warned(monkeypatch, moment):
    JobRun.objects.create(job="roll_up", started_at=moment)
    monkeypatch.setattr(tasks, "ping_broker", lambda: (_ for _ in ()).throw(OSError("refused")))
    assert [health(line) for line in jobs.check_broker_and_workers(moment)] == [("broker", "warning")]


def test_a_site_whose_jobs_are_done_by_the_command_needs_no_broker_worker_or_schedule(monkeypatch, moment):
    JobRun.objects.create(job="refresh_outlines", started_at=moment)
    monkeypatch.setattr(tasks, "find_scheduled_tasks", set)

    monkeypatch.setattr(tasks, "ping_broker", lambda: (_ for _ in ()).throw(OSError("refused")))
    assert [health(line) for line in jobs.check_broker_and_workers(moment)] == [("broker", "ok")]
    monkeypatch.setattr(tasks, "ping_broker", lambda: None)
    assert health(jobs.check_broker_and_workers(moment)[1]) == ("workers", "ok")
    assert health(jobs.check_schedule(moment)) == ("schedule", "ok")


@pytest.mark.django_db(transaction=True)
def test_a_real_broker_and_its_workers_are_seen(redis_url, monkeypatch, moment):
    monkeypatch.setattr(celery_app.conf, "broker_url", redis_url)
    # The app keeps the connections that an earlier test has opened to another broker.
    monkeypatch.setattr(celery_app, "_pool", None)
    monkeypatch.setattr(celery_app.amqp, "_producer_pool", None)
    broker, workers = jobs.check_broker_and_workers(moment)
    assert (health(broker), health(workers)) == (("broker", "ok"), ("workers", "fault"))
    with start_worker(celery_app, perform_ping_check=False, pool="solo", queues=["tracking"]):
        assert health(jobs.check_broker_and_workers(moment)[1]) == ("workers", "ok")
    with start_worker(celery_app, perform_ping_check=False, pool="solo", queues=["celery"]):
        line = jobs.check_broker_and_workers(moment)[1]
    assert (health(line), line.fact) == (
        ("workers", "fault"),
        "1 answer, but none takes the queue 'tracking'.",
    )


def test_runs_that_failed_and_runs_that_were_killed_are_told(moment):
    JobRun.objects.create(job="roll_up", started_at=moment - timedelta(hours=2))
    JobRun.objects.create(job="purge_expired", started_at=moment - timedelta(days=2), error="Old: news")
    line = data.check_job_runs(moment)
    assert (health(line), line.fact) == (
        ("job runs", "warning"),
        "1 in the last day, 0 failed, 1 never finished.",
    )
    JobRun.objects.create(job="release_quarantine", started_at=moment, error="Broken: no\nmore")
    assert data.check_job_runs(moment).fact.endswith(
        "1 failed, 1 never finished. release_quarantine: Broken: no"
    )


def test_the_days_of_each_purpose_are_told(moment, settings):
    settings.TRACKING = {"RECORD_EVENT_DAYS": 0, "RAW_EVENT_DAYS": 90}
    JobRun.objects.create(job="purge_expired", started_at=moment - timedelta(hours=3))
    assert data.check_retention(moment).fact == (
        "days of raw events: record forever, engagement 90; last purge 3 h ago."
    )


def test_a_learner_who_reports_more_than_can_be_true_is_named(moment, learner):
    assert data.check_reported_time(moment).health == "ok"
    PageView.objects.create(
        view_id=uuid.uuid4(), learner=learner, course_key="c", unit_key="u", opened_at=moment, last_at=moment,
        is_witnessed=False, reported_later_ms=13 * 3_600_000,
    )  # fmt: skip
    found = data.check_reported_time(moment)
    assert (found.health, str(learner.pk) in found.fact) == ("warning", True)


def test_a_day_of_more_than_sixteen_hours_is_named(moment, learner):
    LearnerCourseDay.objects.create(
        learner=learner, course_key="c", day=moment.date(), active_ms=17 * 3_600_000, last_at=moment
    )
    assert data.check_reported_time(moment).health == "warning"

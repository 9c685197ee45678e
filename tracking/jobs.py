"""Background jobs: from pending changes to findings, and all work that is due by time alone."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from tracking import conf, scrubbing, telemetry
from tracking.capture import quarantine_release
from tracking.exports import deliveries
from tracking.findings import sync
from tracking.models import (
    CourseOutline,
    Delivery,
    Enrolment,
    JobRun,
    PendingChange,
    QuarantinedRecord,
    RollupStage,
)
from tracking.privacy import downloads, partition_drop, partitions, retention
from tracking.privacy.inventory import INVENTORY
from tracking.privacy.partitions import Month
from tracking.reports.learner import idle_settings
from tracking.risk import assessment
from tracking.rollups.engine import batches, outline_refresh, pipeline

RUNS_AT_ONCE = 2000
"""Job runs deleted in one statement."""

log = logging.getLogger("tracking.jobs")


def roll_up(*, now: datetime, on_progress: Callable[[int], object] = int) -> int:
    """Process every due pending change, then update the findings; return how many changes were processed.

    ``on_progress`` is called with that number after each transaction. Safe to run twice and in parallel.
    """
    if not PendingChange.objects.due(now).exists():
        return 0
    idle_settings.note_idle_setting(now=now)
    with _recorded("roll_up") as run:
        while True:
            for count in chain(
                pipeline.process_changes_stepwise(now=now),
                batches.drain_stage(RollupStage.FINDINGS, _refresh_findings, now=now),
            ):
                run.handled_count += count
                on_progress(run.handled_count)
            # The rollup has just read new outlines. Records whose unit is known now are released, and their pending
            # changes need another pass.
            if not quarantine_release.release_known_records(now=now):
                break
    return run.handled_count


def refresh_outlines(*, now: datetime) -> int:
    """Read all outlines and enrolments from the host; return how many courses have changed."""
    with _recorded("refresh_outlines") as run:
        run.handled_count = outline_refresh.refresh_all_outlines(now=now)
    return run.handled_count


def release_quarantine(*, now: datetime) -> int:
    """Release the quarantined records whose keys are known now; return how many were released."""
    if not QuarantinedRecord.objects.exists():
        return 0
    with _recorded("release_quarantine") as run:
        run.handled_count = quarantine_release.release_known_records(now=now)
    return run.handled_count


def mark_running_courses_changed(*, now: datetime) -> int:
    """Mark every learner of a running course as changed, because due dates and inactivity change by time alone."""
    running = CourseOutline.objects.filter(
        Q(starts_at__isnull=True) | Q(starts_at__lte=now), Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    ).values("course_key")
    with _recorded("mark_running_courses_changed") as run, transaction.atomic():
        assessment.assess_running(now=now)
        enrolments = Enrolment.objects.filter(course_key__in=running).order_by("course_key", "learner_id")
        changes = [
            PendingChange(stage=RollupStage.LEARNER, course_key=course_key, learner_id=learner_id)
            for course_key, learner_id in enrolments.values_list("course_key", "learner_id")
        ]
        PendingChange.objects.bulk_create(changes, batch_size=1000)
        run.handled_count = len(changes)
    return run.handled_count


def send_deliveries(*, now: datetime, clock: Callable[[], datetime] = timezone.now) -> int:
    """Send the due deliveries to webhooks and other targets; return how many were delivered.

    A long queue takes minutes, so each post uses the time of ``clock`` instead of ``now``, when the job started.
    """
    if not Delivery.objects.due(now).exists():
        return 0
    with _recorded("send_deliveries") as run:
        run.handled_count = deliveries.send_due_deliveries(clock=clock)
    return run.handled_count


def purge_expired(*, now: datetime) -> int:
    """Delete expired raw events, page views, other personal data and job runs; return how many rows were deleted.

    If events are partitioned by month, drop whole months and create the coming ones. The summary of the run counts the
    deleted events by purpose, and the learners whose rows have to wait for a rollup.
    """
    with _recorded("purge_expired") as run:
        made = partitions.create_ahead(now=now)
        dropped = partition_drop.drop_expired_months(now=now)
        purged = retention.purge_raw_events(
            now=now, among=partition_drop.rows_outside_dropped_months(now=now)
        )
        purged_rows = Counter(
            {
                table.name: table.retention.purge(now)
                for table in INVENTORY
                if table.retention is not None and table.retention.purge is not None
            }
        )
        run.handled_count = purged.count + dropped.event_counts.total() + purged_rows.total()
        run.summary = _purge_summary(purged, dropped, made)
        run.summary += "".join(f"; {count:,} {name}" for name, count in purged_rows.items() if count)
        _delete_old_runs(before=now - timedelta(days=conf.get_settings().JOB_RUN_DAYS))
    return run.handled_count


def prepare_downloads(*, now: datetime) -> int:
    """Create the downloads that learners requested; return how many were created."""
    if not downloads.is_due(now=now):
        return 0
    with _recorded("prepare_downloads") as run:
        run.handled_count = downloads.prepare_downloads(now=now)
    return run.handled_count


def run_due_jobs(*, now: datetime) -> list[str]:
    """Run the jobs that the beat schedule would have run by now, for sites without one; return their names.

    A job is due if its last recorded run is older than its interval, no matter which process ran it.
    """
    last = dict(JobRun.objects.values("job").annotate(last=Max("started_at")).values_list("job", "last"))
    jobs = (
        refresh_outlines,
        release_quarantine,
        mark_running_courses_changed,
        send_deliveries,
        prepare_downloads,
        purge_expired,
    )
    every = {name: entry["schedule"] for name, entry in conf.beat_schedule(conf.given_options()).items()}
    due = [
        job
        for job in jobs
        if job.__name__ not in last or now - last[job.__name__] >= every[f"tracking.{job.__name__}"]
    ]
    for job in due:
        job(now=now)
    return [job.__name__ for job in due]


def _refresh_findings(changes: Sequence[PendingChange], now: datetime) -> None:
    learners_of: dict[str, set[Any]] = defaultdict(set)
    for change in changes:
        learners_of[change.course_key] |= {change.learner_id} if change.learner_id is not None else set()
    for course_key in sorted(learners_of):
        # Lock the outline until the transaction ends, so that two workers cannot both open the same finding.
        list(CourseOutline.objects.select_for_update().filter(course_key=course_key))
        sync.refresh_learners(course_key, sorted(learners_of[course_key], key=str), now=now)
    for course_key in sorted({change.course_key for change in changes if change.learner_id is None}):
        sync.refresh_class(course_key, now=now)


def _purge_summary(
    purged: retention.PurgeResult, dropped: partition_drop.DroppedMonths, made: Sequence[Month]
) -> str:
    counts = sorted((purged.event_counts + dropped.event_counts).items())
    parts = [f"{count:,} events ({purpose})" for purpose, count in counts]
    parts.append(f"{purged.view_count:,} page views")
    if purged.waiting:
        parts.append(f"left: {len(purged.waiting):,} learners with days that are not rolled up yet")
    parts += [f"dropped {month.table}" for month in dropped.months]
    if dropped.moved_count:
        parts.append(f"{dropped.moved_count:,} events of these kept")
    parts += [f"created {month.table}" for month in made]
    return "; ".join(parts)


def _delete_old_runs(*, before: datetime) -> None:
    newest = JobRun.objects.values("job").annotate(newest=Max("pk")).values_list("newest", flat=True)
    old = JobRun.objects.filter(started_at__lt=before).exclude(pk__in=list(newest))
    while keys := list(old.values_list("pk", flat=True)[:RUNS_AT_ONCE]):
        JobRun.objects.filter(pk__in=keys).delete()


@contextmanager
def _recorded(job: str) -> Iterator[JobRun]:
    """Record a job run from its start: a killed run stays unfinished, a failed one keeps its error."""
    run = JobRun.objects.create(job=job, started_at=timezone.now())
    try:
        with telemetry.span(job):
            yield run
    except BaseException as error:
        run.error = scrubbing.describe_error(error)
        _finish(run)
        raise
    _finish(run)


def _finish(run: JobRun) -> None:
    run.finished_at = timezone.now()
    try:
        run.save()
    except DatabaseError:
        # The database may be down, and that may have ended the run: raising here would hide the original error.
        if not run.error:
            raise
        log.warning("Cannot record that the run of %s failed.", run.job)

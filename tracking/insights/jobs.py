"""The whole way from marks to findings, and what the calendar alone makes due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from tracking import conf
from tracking.capture import reattachment
from tracking.insights import finding_rows
from tracking.models import ChangeMark, CourseOutline, Enrolment, HeldRecord, JobRun, Subject
from tracking.privacy import retention
from tracking.rollups import outlines, stages, work


def bring_up_to_date(*, now: datetime, told: Callable[[int], object] = int) -> int:
    """Roll up every waiting mark, then bring findings into step; return how many marks were handled.

    ``told`` is called with that number after each transaction. Safe to run twice and in parallel.
    """
    if not ChangeMark.objects.due(now).exists():
        return 0
    with _recorded("roll_up") as run:
        while True:
            for count in chain(work.turns(now=now), stages.drain(Subject.FINDINGS, _findings, now=now)):
                run.handled_count += count
                told(run.handled_count)
            # Outlines were read just now: what they know at last has marks of its own.
            if not reattachment.reattach(now=now):
                break
    return run.handled_count


def read_outlines(*, now: datetime) -> int:
    """Read every outline and enrolment from the host again; return how many courses had changed."""
    with _recorded("read_outlines") as run:
        run.handled_count = outlines.refresh_all(now=now)
    return run.handled_count


def reattach(*, now: datetime) -> int:
    """Bring what is in quarantine and known by now to where it belongs; return how many records that were."""
    if not HeldRecord.objects.exists():
        return 0
    with _recorded("reattach") as run:
        run.handled_count = reattachment.reattach(now=now)
    return run.handled_count


def mark_running_courses(*, now: datetime) -> int:
    """Mark every learner of a running course, for what changes by time alone: due dates and absences."""
    running = CourseOutline.objects.filter(
        Q(starts_at__isnull=True) | Q(starts_at__lte=now), Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    ).values("course_key")
    with _recorded("mark_running_courses") as run, transaction.atomic():
        enrolments = Enrolment.objects.filter(course_key__in=running).order_by("course_key", "learner_id")
        marks = [
            ChangeMark(subject=Subject.LEARNER, course_key=course_key, learner_id=learner_id)
            for course_key, learner_id in enrolments.values_list("course_key", "learner_id")
        ]
        ChangeMark.objects.bulk_create(marks, batch_size=1000)
        run.handled_count = len(marks)
    return run.handled_count


def purge(*, now: datetime) -> int:
    """Delete raw events that are older than they may be; return how many there were."""
    with _recorded("purge") as run:
        run.handled_count = retention.purge(now=now)
    return run.handled_count


def run_due(*, now: datetime) -> list[str]:
    """Do what the beat schedule would have done by now, for sites without one; return the names of the jobs that ran.

    A job is due where its last run on record is older than its interval, whoever ran it.
    """
    last = dict(JobRun.objects.values("job").annotate(last=Max("started_at")).values_list("job", "last"))
    jobs = (read_outlines, reattach, mark_running_courses, purge)
    every = {name: entry["schedule"] for name, entry in conf.beat_schedule(conf.given_options()).items()}
    due = [
        job
        for job in jobs
        if job.__name__ not in last or now - last[job.__name__] >= every[f"tracking.{job.__name__}"]
    ]
    for job in due:
        job(now=now)
    return [job.__name__ for job in due]


def _findings(marks: Sequence[ChangeMark], now: datetime) -> None:
    learners_of: dict[str, set[Any]] = defaultdict(set)
    for mark in marks:
        learners_of[mark.course_key] |= {mark.learner_id} if mark.learner_id is not None else set()
    for course_key in sorted(learners_of):
        # Held until the end, so that two workers cannot both open the same finding.
        list(CourseOutline.objects.select_for_update().filter(course_key=course_key))
        finding_rows.refresh_learners(course_key, sorted(learners_of[course_key], key=str), now=now)
    for course_key in sorted({mark.course_key for mark in marks if mark.learner_id is None}):
        finding_rows.refresh_class(course_key, now=now)


@contextmanager
def _recorded(job: str) -> Iterator[JobRun]:
    """Keep a record of a run: a failed one with its error, a run that found work with its count."""
    run = JobRun(job=job, started_at=timezone.now())
    try:
        yield run
    except Exception as error:
        run.error = f"{type(error).__name__}: {error}"
        raise
    finally:
        run.finished_at = timezone.now()
        run.save()

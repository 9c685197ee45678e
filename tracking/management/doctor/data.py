"""Checks of the stored data: outlines, events, rollups, change queue, quarantine, rejections, job runs, retention."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Sum

from tracking import conf
from tracking.capture.rejections import RejectReason
from tracking.management.doctor.results import CheckResult, fault, ok, span_text, warning
from tracking.models import (
    CourseOutline,
    Event,
    JobRun,
    LearnerCourseDay,
    OutlineUnit,
    PageView,
    PendingChange,
    QuarantinedRecord,
    RejectionCount,
)
from tracking.privacy import partitions, retention

NEWEST = 1000
"""Events with the highest ids, among which the last one is searched. No index is by time alone, but ids mostly are."""

LAG = timedelta(minutes=2)
UNFINISHED = timedelta(hours=1)
"""A run that takes longer counts as killed."""
IMPLAUSIBLE_DAY = timedelta(hours=16)
"""More active time of a learner in one day of a course than this is looked into."""
IMPLAUSIBLE_CLAIM = timedelta(hours=12)
"""More time in page views that nothing witnesses, in a week, than this is looked into."""
MAX_NAMED = 5
EXPECTED = frozenset({RejectReason.NO_CONSENT.value, RejectReason.TOO_OLD.value})
"""Reasons of rejection that are normal on a healthy site."""


def check_outlines(now: datetime) -> CheckResult:
    """Check that outlines exist, have units, and are refreshed on schedule."""
    oldest = CourseOutline.objects.aggregate(
        oldest=Min("refreshed_at"), newest=Max("refreshed_at"), count=Count("pk")
    )
    unit_count = OutlineUnit.objects.count()
    if not oldest["count"]:
        return fault(
            "outlines",
            "none read from the host yet.",
            "Run Celery beat and a worker, or manage.py tracking_rollup.",
        )
    fact = (
        f"{oldest['count']:,} courses, {unit_count:,} units, refreshed "
        f"{span_text(now - oldest['newest'])} ago."
    )
    if not unit_count:
        return fault("outlines", fact, "Run manage.py tracking_check: no course has a unit.")
    if now - oldest["newest"] > 3 * timedelta(seconds=conf.get_settings().OUTLINE_EVERY_SECONDS):
        return warning("outlines", fact, "Check the schedule: tracking.refresh_outlines does not run.")
    return ok("outlines", fact)


def check_last_event(now: datetime) -> CheckResult:
    """Check when the last event was stored."""
    newest = Event.objects.order_by("-id").values("received_at")[:NEWEST]
    moment = max((row["received_at"] for row in newest), default=None)
    if moment is None:
        advice = "Open a lesson as a learner who has agreed to being recorded, then run the doctor again."
        return warning("last event", "none yet.", advice)
    return ok("last event", f"{span_text(now - moment)} ago.")


def check_last_rollup(now: datetime) -> CheckResult:
    """Check the last rollup, and how far the figures lag."""
    run = JobRun.objects.filter(job="roll_up").order_by("-started_at").first()
    oldest = PendingChange.objects.waiting().aggregate(oldest=Min("created_at"))["oldest"]
    lag = now - oldest if oldest else timedelta(0)
    if run is None:
        advice = "Run Celery beat and a worker, or manage.py tracking_rollup."
        return (fault if oldest else warning)("rollup", "none yet.", advice)
    fact = (
        f"{span_text(now - run.started_at)} ago, {run.handled_count:,} changes; the "
        f"figures lag {span_text(lag)}."
    )
    if run.error:
        return fault(
            "rollup",
            f"{fact} It failed: {run.error.splitlines()[0][:120]}",
            "See the job runs in the admin.",
        )
    if lag > LAG:
        return fault(
            "rollup", fact, "Check the broker, the workers and the schedule; more workers may be needed."
        )
    return ok("rollup", fact)


def check_pending_changes(now: datetime) -> CheckResult:
    """Check how many changes are pending, since when, and how many are dead letters."""
    oldest = PendingChange.objects.waiting().aggregate(oldest=Min("created_at"), count=Count("pk"))
    dead_count = PendingChange.objects.dead().count()
    age = f", the oldest for {span_text(now - oldest['oldest'])}" if oldest["oldest"] else ""
    fact = f"{oldest['count']:,} changes pending{age}; {dead_count:,} given up."
    if dead_count:
        return fault(
            "change queue", fact, "Fix the error shown, then run manage.py tracking_rollup --retry-failed."
        )
    return ok("change queue", fact)


def check_quarantine(now: datetime) -> CheckResult:
    """Check the quarantine, by cause."""
    by_cause = dict(
        QuarantinedRecord.objects.values_list("cause").annotate(found=Count("pk")).order_by("cause")
    )
    if not by_cause:
        return ok("quarantine", "empty.")
    oldest = QuarantinedRecord.objects.aggregate(oldest=Min("quarantined_at"))["oldest"]
    by_cause_text = ", ".join(f"{count:,} {cause}" for cause, count in by_cause.items())
    fact = f"{by_cause_text}; the oldest for {span_text(now - oldest)}."
    if sum(by_cause.values()) >= conf.get_settings().QUARANTINE_MAX:
        return fault(
            "quarantine",
            f"full: {fact}",
            "Run manage.py tracking_check: the adapter names keys that no outline has.",
        )
    return warning(
        "quarantine",
        fact,
        "Run manage.py tracking_check, and see the keys of the quarantined records in the admin.",
    )


def check_rejections(now: datetime) -> CheckResult:
    """Check the rejections of the last 7 days, by reason."""
    since = (now - timedelta(days=7)).date()
    rows = (
        RejectionCount.objects.filter(day__gte=since)
        .values_list("reason")
        .annotate(found=Sum("rejected_count"))
    )
    counts = Counter({reason: count for reason, count in rows.order_by("reason") if count})
    by_reason = ", ".join(f"{count:,} {reason}" for reason, count in counts.most_common()) or "none"
    fact = f"{by_reason} in 7 days."
    if counts["fault"]:
        return fault("rejections", fact, "Read the log of 'tracking.capture': tracking itself failed.")
    if set(counts) - EXPECTED:
        return warning("rejections", fact, "See docs/operations.md for the meaning of each reason.")
    return ok("rejections", fact)


def check_retention(now: datetime) -> CheckResult:
    """Check that old raw events are purged, and show how many days each purpose keeps them."""
    days_kept = {
        purpose: days
        for purpose, days in retention.days_kept().items()
        if retention.has_events_of_purpose(purpose)
    }
    if not any(days_kept.values()):
        return ok("retention", "raw events are kept forever (RAW_EVENT_DAYS is 0).")
    run = JobRun.objects.filter(job="purge_expired").order_by("-started_at").first()
    last = f"last purge {span_text(now - run.started_at)} ago" if run else "no purge yet"
    by_purpose = ", ".join(f"{purpose} {days or 'forever'}" for purpose, days in days_kept.items())
    months = (
        [each.month for each in partitions.find_partitions() if each.month]
        if partitions.is_partitioned()
        else []
    )
    in_months = f"; in months up to {months[-1].first:%Y-%m}" if months else ""
    fact = f"days of raw events: {by_purpose}; {last}{in_months}."
    if run is not None and run.error:
        return fault(
            "retention",
            f"{fact} It failed: {run.error.splitlines()[0][:120]}",
            "See the job runs in the admin.",
        )
    if run is None or now - run.started_at > timedelta(days=2):
        return warning("retention", fact, "Check the beat schedule: tracking.purge_expired should run daily.")
    if months and months[-1].start < now:
        return warning(
            "retention",
            fact,
            "Run manage.py tracking_partition: tracking.purge_expired does not create the coming months.",
        )
    return ok("retention", fact)


def check_reported_time(now: datetime) -> CheckResult:
    """Check which learners report more time than can be true: in a day, or in page views that nothing witnesses."""
    since = now - timedelta(days=7)
    claims = PageView.objects.filter(opened_at__gte=since, is_witnessed=False).values("learner_id")
    unwitnessed = claims.annotate(claimed_ms=Sum("reported_later_ms")).filter(
        claimed_ms__gt=_milliseconds(IMPLAUSIBLE_CLAIM)
    )
    days = LearnerCourseDay.objects.filter(
        day__gte=since.date(), active_ms__gt=_milliseconds(IMPLAUSIBLE_DAY)
    )
    found = {*unwitnessed.values_list("learner_id", flat=True), *days.values_list("learner_id", flat=True)}
    if not found:
        return ok("reported time", "plausible in the last 7 days.")
    keys = sorted(map(str, found))
    named = ", ".join(keys[:MAX_NAMED]) + (", …" if len(keys) > MAX_NAMED else "")
    return warning(
        "reported time",
        f"{len(keys):,} learners report more than can be true: {named}.",
        "Look at their page views in the admin. Claims without a witness are in no figure.",
    )


def check_job_runs(now: datetime) -> CheckResult:
    """Check for job runs of the last 24 hours that failed or never finished."""
    since = JobRun.objects.filter(started_at__gt=now - timedelta(days=1))
    failed = since.exclude(error="")
    unfinished = since.filter(finished_at__isnull=True, started_at__lt=now - UNFINISHED)
    fact = (
        f"{since.count():,} in the last day, {failed.count():,} failed, "
        f"{unfinished.count():,} never finished."
    )
    newest = failed.order_by("-started_at").first()
    if newest is not None:
        return warning(
            "job runs", f"{fact} {newest.job}: {newest.error.splitlines()[0][:120]}", "See them in the admin."
        )
    if unfinished.exists():
        return warning(
            "job runs", fact, "Check the memory of the workers: some were killed. Their work was retried."
        )
    return ok("job runs", fact)


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)

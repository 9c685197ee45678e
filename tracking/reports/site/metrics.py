"""Metrics of an installation: events in and statements out, how far jobs are behind, and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Min, Q, Sum

from tracking.models import (
    Delivery,
    Event,
    Finding,
    JobRun,
    LearnerCourseDay,
    PendingChange,
    QuarantinedRecord,
    RejectionCount,
    Tally,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sample: the name of its metric, the labels that distinguish it from others of that name, and the value."""

    name: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric and its type: ``counter`` or ``gauge``."""

    name: str
    kind: str
    meaning: str


METRICS = (
    Metric(
        name="events",
        kind="counter",
        meaning="Events stored (in), deliveries accepted (out, by target), and events rejected "
        "(rejected, by reason).",
    ),
    Metric(name="page_views", kind="gauge", meaning="Page views and accesses in the rollups."),
    Metric(name="deliveries", kind="gauge", meaning="Deliveries to other systems, by state."),
    Metric(name="quarantined_records", kind="gauge", meaning="Quarantined records, by cause."),
    Metric(name="rollup_lag_seconds", kind="gauge", meaning="Age of the oldest pending change."),
    Metric(name="pending_changes", kind="gauge", meaning="Pending changes, by state."),
    Metric(name="open_findings", kind="gauge", meaning="Open findings, by reason."),
    Metric(name="job_last_run_timestamp_seconds", kind="gauge", meaning="When a job last ended, by job."),
)


def read_metrics(*, now: datetime) -> list[Sample]:
    """Return the current value of every metric. Ten queries; on PostgreSQL none of them reads raw events."""
    return [*_events(), *_deliveries(now), *_jobs(now), *_findings()]


def _events() -> list[Sample]:
    views = LearnerCourseDay.objects.aggregate(views=Sum("view_count"), accesses=Sum("access_count"))
    refused = (
        RejectionCount.objects.values_list("reason").annotate(total=Sum("rejected_count")).order_by("reason")
    )
    held = QuarantinedRecord.objects.values_list("cause").annotate(total=Count("pk")).order_by("cause")
    tallies = Tally.objects.filter(name__startswith="out:").values_list("name", "count").order_by("name")
    return [
        Sample(name="events", value=_stored(), labels=(("direction", "in"),)),
        *(
            Sample(
                name="events",
                value=count,
                labels=(("direction", "out"), ("target", name.removeprefix("out:"))),
            )
            for name, count in tallies
        ),
        *(
            Sample(name="events", value=total, labels=(("direction", "rejected"), ("reason", reason)))
            for reason, total in refused
        ),
        Sample(name="page_views", value=(views["views"] or 0) + (views["accesses"] or 0)),
        *(
            Sample(name="quarantined_records", value=total, labels=(("cause", cause),))
            for cause, total in held
        ),
    ]


def _stored() -> int:
    """Return how many events were ever stored, by all processes together.

    PostgreSQL counts every inserted row at no cost to the writer. A crash resets that count, as a counter may be.
    On another database, count the rows that exist now.
    """
    if connection.vendor != "postgresql":
        return Event.objects.count()
    table = Event._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(SUM(n_tup_ins), 0) FROM pg_stat_user_tables WHERE relid = %s::regclass"
            " OR relid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %s::regclass)",
            [table, table],
        )
        return int(cursor.fetchone()[0])


def _deliveries(now: datetime) -> list[Sample]:
    states = {
        "waiting": Delivery.objects.waiting().count(),
        "dead": Delivery.objects.dead().count(),
        "delivered": Delivery.objects.filter(delivered_at__isnull=False).count(),
    }
    return [
        Sample(name="deliveries", value=count, labels=(("state", state),)) for state, count in states.items()
    ]


def _jobs(now: datetime) -> list[Sample]:
    in_line = PendingChange.objects.waiting().aggregate(oldest=Min("created_at"), count=Count("pk"))
    lag = max((now - in_line["oldest"]).total_seconds(), 0.0) if in_line["oldest"] else 0.0
    ended = JobRun.objects.filter(~Q(finished_at=None), error="").values_list("job")
    last = ended.annotate(last=Max("finished_at")).order_by("job")
    return [
        Sample(name="rollup_lag_seconds", value=lag),
        Sample(name="pending_changes", value=in_line["count"], labels=(("state", "waiting"),)),
        Sample(
            name="pending_changes",
            value=PendingChange.objects.dead().count(),
            labels=(("state", "dead"),),
        ),
        *(
            Sample(name="job_last_run_timestamp_seconds", value=at.timestamp(), labels=(("job", job),))
            for job, at in last
        ),
    ]


def _findings() -> list[Sample]:
    counted = Finding.objects.open().values_list("reason").annotate(total=Count("pk")).order_by("reason")
    return [
        Sample(name="open_findings", value=total, labels=(("reason", reason),)) for reason, total in counted
    ]

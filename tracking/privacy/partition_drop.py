"""Drop whole months of raw events at once, without loss to the rollups."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from tracking import events
from tracking.events import LearnerId, Purpose
from tracking.models import Event, LearnerCourseDay, PendingChange, RollupStage
from tracking.privacy import partitions, retention
from tracking.privacy.partitions import TABLE, Month, execute_sql, query_sql
from tracking.privacy.retention import RetentionCutoffs

STRAY = timedelta(days=10)
"""How long before its month an event may have happened. Older ones come from a wrong clock and are moved instead."""


@dataclass(slots=True, kw_only=True)
class DroppedMonths:
    """The dropped months and their events."""

    months: list[Month] = field(default_factory=list)
    event_counts: Counter[Purpose] = field(default_factory=Counter)
    moved_count: int = 0
    """Events of these months that must be kept longer or are not rolled up yet: moved to the default partition."""


def drop_expired_months(*, now: datetime) -> DroppedMonths:
    """Drop the months whose last event has expired, without loss to the rollups.

    Pages and ingest wait while one month is searched for events to keep. Safe to run twice and to kill at any point:
    each month is dropped in one transaction.
    """
    dropped, at = DroppedMonths(), retention.retention_cutoffs(now)
    end = at.ends[Purpose.ENGAGEMENT]
    if end is None or not partitions.is_partitioned():
        return dropped
    for month in [each.month for each in partitions.find_partitions() if each.month is not None]:
        if month.next.start <= end:
            counts = Counter(dict(query_sql(f'SELECT kind, count(*) FROM "{month.table}" GROUP BY kind')))
            _finalise(month, at)
            moved = partitions.retry_on_lock_timeout(lambda month=month: _drop(month, at))  # type: ignore[misc]  # bound here, for the loop
            counts.subtract(moved)
            dropped.months.append(month)
            dropped.moved_count += moved.total()
            for kind, count in counts.items():
                dropped.event_counts[retention.purpose_of(kind)] += count
    return dropped


def rows_outside_dropped_months(*, now: datetime) -> Q:
    """Return the filter for events that are not dropped with a whole month: all events if there are no partitions."""
    outside = partitions.rows_in_default_partition()
    if not outside:
        return outside
    at = retention.retention_cutoffs(now)
    month_end = at.ends[Purpose.ENGAGEMENT]
    shorter = {purpose for purpose, end in at.ends.items() if end and (month_end is None or end > month_end)}
    return outside | Q(kind__in=events.kinds_for_purposes(shorter)) if shorter else outside


def _finalise(month: Month, at: RetentionCutoffs) -> None:
    """Make the days final that the month's events were rolled up into, before the lock that makes others wait."""
    learners: dict[str, set[LearnerId]] = defaultdict(set)
    for course_key, learner_id in _open_days(month, at).values_list("course_key", "learner_id").distinct():
        learners[course_key].add(learner_id)
    for course_key in sorted(learners):
        learner_ids = sorted(learners[course_key], key=str)
        for start in range(0, len(learner_ids), retention.LEARNERS):
            batch = learner_ids[start : start + retention.LEARNERS]
            with transaction.atomic():
                retention.lock_learner_rows(course_key, batch)
                retention.finalise_days(course_key, batch, at)


def _drop(month: Month, at: RetentionCutoffs) -> Counter[str]:
    """Drop ``month``; return how many events of each kind were moved out of it first.

    The exclusive lock keeps all others from the events, so that no rollup has read one but not stored its day yet.
    """
    execute_sql(f'LOCK TABLE "{TABLE}" IN ACCESS EXCLUSIVE MODE')
    kept = _kept(month, at)
    execute_sql(f'ALTER TABLE "{TABLE}" DETACH PARTITION "{month.table}"')
    # Insert only after the detach: now the ids of this month are routed to the default partition.
    columns, select, parameters = _select_from(month, kept)
    moved = query_sql(
        f'WITH moved AS (INSERT INTO "{TABLE}" ({columns}) {select} RETURNING kind)'
        " SELECT kind, count(*) FROM moved GROUP BY kind",
        parameters,
    )
    execute_sql(f'DROP TABLE "{month.table}"')
    return Counter(dict(moved))


def _kept(month: Month, at: RetentionCutoffs) -> Q:
    """Return the filter for events of ``month`` that must not be dropped with it."""
    kept = ~at.due() | Q(happened_at__lt=month.start - STRAY)
    for course_key, learner_ids in _unready(month, at).items():
        kept |= Q(course_key=course_key, learner_id__in=learner_ids)
    return kept


def _unready(month: Month, at: RetentionCutoffs) -> dict[str, set[LearnerId]]:
    """Return the learners, by course, with days of ``month`` that are still to be rolled up or could be again."""
    unready: dict[str, set[LearnerId]] = defaultdict(set)
    if at.last_final_day is not None:
        waiting = PendingChange.objects.filter(
            stage=RollupStage.LEARNER, day__lte=at.last_final_day + retention.MARGIN
        )
        for rows in (waiting, _open_days(month, at)):
            for course_key, learner_id in rows.values_list("course_key", "learner_id").distinct():
                unready[course_key].add(learner_id)
    return unready


def _open_days(month: Month, at: RetentionCutoffs) -> QuerySet[LearnerCourseDay]:
    """Return the days that events of ``month`` were rolled up into and that a rollup would recompute."""
    first = (month.start - STRAY - 2 * retention.MARGIN).date()
    return LearnerCourseDay.objects.filter(is_final=False, day__range=(first, at.last_final_day or first))


def _select_from(month: Month, which: Q) -> tuple[str, str, list[Any]]:
    """Return the columns, and the ORM's statement for ``which`` events, changed to read the month's own table."""
    fields = Event._meta.concrete_fields
    rows = Event.objects.filter(which).order_by().values_list(*(field.attname for field in fields))
    sql, parameters = rows.query.sql_with_params()
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return columns, sql.replace(f'"{TABLE}"', f'"{month.table}"'), [*parameters]

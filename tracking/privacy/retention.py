"""Retention of raw events, by purpose. Rollups of them stay.

Before raw rows of a day are deleted, the day is made final under the lock of the rollup: no rollup and no rebuild may
recompute it without its source. Rows that are not rolled up yet are left for the next purge, whatever their age.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import Q

from tracking import conf, events
from tracking.events import LearnerId, Purpose
from tracking.models import Event, LearnerCourse, LearnerCourseDay, PageView, PendingChange, RollupStage

CHUNK = 2000
"""Rows deleted in one statement: few enough that ingest on SQLite waits only a moment."""
LEARNERS = 200
"""Learners of one course per transaction."""
MARGIN = timedelta(days=1)
"""Rolling up a day also reads the day before, so the day after the last purged one must become final too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionCutoffs:
    """For each purpose, the moment from which raw rows are kept; ``None`` means for ever."""

    ends: Mapping[Purpose, datetime | None]

    @property
    def views_end(self) -> datetime | None:
        """Page views opened before this are deleted: they are derived from events of engagement."""
        return self.ends[Purpose.ENGAGEMENT]

    @property
    def last_final_day(self) -> date | None:
        """The last day that cannot be recomputed once all due rows are deleted."""
        ends = [end for purpose in events.PURPOSES_WITH_ROLLUPS if (end := self.ends[purpose]) is not None]
        return max(ends).date() + MARGIN if ends else None

    def due(self) -> Q:
        """Return the filter for expired events."""
        by_end: dict[datetime, list[Purpose]] = {}
        for purpose, end in self.ends.items():
            if end is not None and has_events_of_purpose(purpose):
                by_end.setdefault(end, []).append(purpose)
        if not by_end:
            return Q(pk__in=[])
        due = Q()
        for end, purposes in by_end.items():
            due |= Q(_serves(purposes), happened_at__lt=end)
        # Repeat the latest end for all purposes: only then can the database use the index on time.
        return Q(due, happened_at__lt=max(by_end))


@dataclass(slots=True, kw_only=True)
class PurgeResult:
    """What a purge deleted, and the learners whose rows it had to leave."""

    event_counts: Counter[Purpose] = field(default_factory=Counter)
    view_count: int = 0
    waiting: set[tuple[str, LearnerId]] = field(default_factory=set)
    """Pairs of course and learner with a day that is due but not rolled up yet."""

    @property
    def count(self) -> int:
        """How many rows were deleted."""
        return self.event_counts.total() + self.view_count


def days_kept() -> dict[Purpose, int]:
    """Return how many days raw events of each purpose are kept; 0 means for ever."""
    settings = conf.get_settings()
    return {
        purpose: settings.RECORD_EVENT_DAYS if purpose is Purpose.RECORD else settings.RAW_EVENT_DAYS
        for purpose in Purpose
    }


def retention_cutoffs(now: datetime) -> RetentionCutoffs:
    """Return the cutoffs at ``now``: whole days in UTC."""
    return RetentionCutoffs(
        ends={purpose: _days_ago(days, now) if days else None for purpose, days in days_kept().items()}
    )


def purpose_of(kind: str) -> Purpose:
    """Return the purpose that events of ``kind`` serve; engagement if the kind is no longer registered."""
    known = events.find_kind(kind)
    return known.purpose if known else Purpose.ENGAGEMENT


def has_events_of_purpose(purpose: Purpose) -> bool:
    """Return whether there may be raw events of ``purpose``. Kinds no longer registered count as engagement."""
    return purpose is Purpose.ENGAGEMENT or bool(events.kinds_for_purposes({purpose}))


def purge_raw_events(*, now: datetime, among: Q | None = None) -> PurgeResult:
    """Delete expired raw events and page views; with ``among`` only the events that match it.

    Safe to run twice, in parallel with ingest and with rollups, and to kill at any point.
    """
    purged, at = PurgeResult(), retention_cutoffs(now)
    old = at.due() & (among or Q())
    for course_key, learner_ids in _classes():
        _purge_learners(course_key, learner_ids, at, old, purged)
    return purged


def finalise_days(course_key: str, learner_ids: Sequence[LearnerId], at: RetentionCutoffs) -> set[LearnerId]:
    """Make days final whose raw rows are about to be deleted; return the learners with such a day not rolled up yet.

    Call it inside a transaction, under the lock of ``lock_learner_rows``, and after choosing the rows: an event stored
    later has a pending change of its own.
    """
    last_day = at.last_final_day
    if last_day is None or not learner_ids:
        return set()
    filters = {"course_key": course_key, "learner_id__in": learner_ids}
    waiting = set(
        PendingChange.objects.filter(
            **filters, stage=RollupStage.LEARNER, day__lte=last_day + MARGIN
        ).values_list("learner_id", flat=True)
    )
    ready = [learner_id for learner_id in learner_ids if learner_id not in waiting]
    LearnerCourseDay.objects.filter(
        course_key=course_key, learner_id__in=ready, day__lte=last_day, is_final=False
    ).update(is_final=True)
    return waiting


def lock_learner_rows(course_key: str, learner_ids: Sequence[LearnerId]) -> None:
    """Lock the rows that a rollup of these learners locks, in its order, until the transaction ends."""
    rows = LearnerCourse.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    list(rows.select_for_update().order_by("learner_id").values_list("pk"))


def _days_ago(days: int, now: datetime) -> datetime:
    return datetime.combine((now - timedelta(days=days)).astimezone(UTC).date(), time(), tzinfo=UTC)


def _serves(purposes: Sequence[Purpose]) -> Q:
    """Return the filter for events that serve ``purposes``; unknown kinds count as engagement."""
    if Purpose.ENGAGEMENT not in purposes:
        return Q(kind__in=events.kinds_for_purposes(purposes))
    others = events.kinds_for_purposes(set(Purpose) - set(purposes))
    return ~Q(kind__in=others) if others else Q()


def _classes() -> Iterator[tuple[str, list[LearnerId]]]:
    """Yield the learners of each course in batches of ``LEARNERS``."""
    pairs = LearnerCourse.objects.order_by("course_key", "learner_id").values_list("course_key", "learner_id")
    for course_key, of_course in groupby(pairs.iterator(), key=itemgetter(0)):
        learner_ids: list[LearnerId] = []
        for _, learner_id in of_course:
            learner_ids.append(learner_id)
            if len(learner_ids) == LEARNERS:
                yield course_key, learner_ids
                learner_ids = []
        if learner_ids:
            yield course_key, learner_ids


def _purge_learners(
    course_key: str, learner_ids: list[LearnerId], at: RetentionCutoffs, old: Q, purged: PurgeResult
) -> None:
    while learner_ids:
        with transaction.atomic():
            lock_learner_rows(course_key, learner_ids)
            old_events, old_views = _due_rows(
                {"course_key": course_key, "learner_id__in": learner_ids}, at, old
            )
            found = {row[1] for row in (*old_events, *old_views)}
            waiting = finalise_days(course_key, sorted(found, key=str), at)
            _delete(
                [row for row in old_events if row[1] not in waiting],
                [row for row in old_views if row[1] not in waiting],
                purged,
            )
        purged.waiting |= {(course_key, learner_id) for learner_id in waiting}
        is_more = len(old_events) == CHUNK or len(old_views) == CHUNK
        learner_ids = [each for each in learner_ids if each not in waiting] if is_more else []


def _due_rows(
    filters: dict[str, Any], at: RetentionCutoffs, old: Q
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return at most ``CHUNK`` expired events and page views each: key, learner, and the kind of an event."""
    old_events = Event.objects.filter(old, **filters).values_list("pk", "learner_id", "kind")
    if at.views_end is None:
        return list(old_events[:CHUNK]), []
    old_views = PageView.objects.filter(**filters, opened_at__lt=at.views_end).values_list("pk", "learner_id")
    return list(old_events[:CHUNK]), list(old_views[:CHUNK])


def _delete(
    old_events: Sequence[tuple[Any, ...]], old_views: Sequence[tuple[Any, ...]], purged: PurgeResult
) -> None:
    Event.objects.filter(pk__in=[row[0] for row in old_events]).delete()
    PageView.objects.filter(pk__in=[row[0] for row in old_views]).delete()
    purged.event_counts.update(purpose_of(kind) for _, _, kind in old_events)
    purged.view_count += len(old_views)

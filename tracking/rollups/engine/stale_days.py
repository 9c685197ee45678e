"""Which days of which learners a batch of changes makes stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import TypeAlias

from tracking.events import LearnerId
from tracking.models import PendingChange
from tracking.rollups.learner import days

DayRange: TypeAlias = tuple[date, date]
"""The first and the last day of several in a row, both included."""

MAX_DAY_GAP = timedelta(days=2)
"""Days no further apart than this are read from the database at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleDays:
    """Days in a course's time zone to recompute, by learner; most learners have one range or two."""

    ranges: Mapping[LearnerId, tuple[DayRange, ...]]
    final: frozenset[tuple[LearnerId, date]] = frozenset()
    """Days whose raw events have been purged: recomputing one would lose its figures."""

    def includes(self, learner_id: LearnerId, day: date) -> bool:
        """Return whether the learner's ``day`` is to be recomputed."""
        return any(first <= day <= last for first, last in self.ranges.get(learner_id, ())) and (
            (learner_id, day) not in self.final
        )

    def all_ranges(self) -> set[DayRange]:
        """Return the ranges of all learners."""
        return {day_range for own_ranges in self.ranges.values() for day_range in own_ranges}

    def runs(self) -> Iterator[tuple[DayRange, list[LearnerId]]]:
        """Yield disjoint ranges that together include all the days, each with its learners."""
        pairs = sorted(
            (
                (day_range, learner_id)
                for learner_id, own_ranges in self.ranges.items()
                for day_range in own_ranges
            ),
            key=lambda pair: (pair[0], str(pair[1])),
        )
        first = last = None
        learner_ids: dict[LearnerId, None] = {}
        for (start, end), learner_id in pairs:
            if first is None or last is None or start - last > MAX_DAY_GAP:
                if first is not None and last is not None:
                    yield (first, last), list(learner_ids)
                first, last, learner_ids = start, end, {}
            last = max(last, end)
            learner_ids[learner_id] = None
        if first is not None and last is not None:
            yield (first, last), list(learner_ids)


def stale_days_of_changes(changes: Iterable[PendingChange], zone: tzinfo) -> StaleDays:
    """Return the days in ``zone`` that ``changes`` cover; their own days are in UTC."""
    found: dict[LearnerId, set[DayRange]] = {}
    for change in changes:
        if change.day is not None:
            first, last = (
                days.local_days_of_utc_day(change.day, zone)[0],
                days.local_days_of_utc_day(change.last_day or change.day, zone)[-1],
            )
            found.setdefault(change.learner_id, set()).add((first, last))
    return StaleDays(ranges={learner_id: _merged(own_ranges) for learner_id, own_ranges in found.items()})


def _merged(ranges: Iterable[DayRange]) -> tuple[DayRange, ...]:
    merged: list[DayRange] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + timedelta(days=1):
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)

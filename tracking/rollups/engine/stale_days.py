"""Which days of which learners a batch of marks makes stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import TypeAlias

from tracking.events import LearnerId
from tracking.models import PendingChange
from tracking.rollups.learner import days

Stretch: TypeAlias = tuple[date, date]
"""The first and the last day of several in a row, both of them included."""

MAX_DAY_GAP = timedelta(days=2)
"""Days no further apart than this are read from the database at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleDays:
    """Days in a course's time zone that are to be made again, by learner; most learners have one stretch or two."""

    stretches: Mapping[LearnerId, tuple[Stretch, ...]]
    final: frozenset[tuple[LearnerId, date]] = frozenset()
    """Days whose raw events have been purged: they stay as they are."""

    def holds(self, learner_id: LearnerId, day: date) -> bool:
        """Return whether the learner's ``day`` is to be made again."""
        return any(first <= day <= last for first, last in self.stretches.get(learner_id, ())) and (
            (learner_id, day) not in self.final
        )

    def all_stretches(self) -> set[Stretch]:
        """Return the stretches of all learners."""
        return {stretch for mine in self.stretches.values() for stretch in mine}

    def runs(self) -> Iterator[tuple[Stretch, list[LearnerId]]]:
        """Yield stretches that together hold all the days, apart from one another, with their learners."""
        pairs = sorted(
            ((stretch, learner_id) for learner_id, mine in self.stretches.items() for stretch in mine),
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


def stale_days_of_changes(marks: Iterable[PendingChange], zone: tzinfo) -> StaleDays:
    """Return the days in ``zone`` that ``marks``, whose days are in UTC, speak of."""
    found: dict[LearnerId, set[Stretch]] = {}
    for mark in marks:
        if mark.day is not None:
            first, last = (
                days.local_days_of_utc_day(mark.day, zone)[0],
                days.local_days_of_utc_day(mark.last_day or mark.day, zone)[-1],
            )
            found.setdefault(mark.learner_id, set()).add((first, last))
    return StaleDays(stretches={learner_id: _merged(mine) for learner_id, mine in found.items()})


def _merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    merged: list[Stretch] = []
    for first, last in sorted(stretches):
        if merged and first <= merged[-1][1] + timedelta(days=1):
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)

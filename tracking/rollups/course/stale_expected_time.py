"""Mark learners whose lesson states depend on an outdated class median.

Each class rollup compares the stored rows with the medians that it has just set, and does not ask why they differ. So a
worker may read a median and write learner rows after another median was set. A worker that writes learner rows marks
the class in the same transaction, so the class rollup checks them afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import ceil
from typing import Any

from django.db.models import Q

from tracking import conf
from tracking.definitions import times
from tracking.events import LearnerId
from tracking.models import (
    Attempt,
    LearnerUnit,
    LearnerUnitDay,
    OutlineUnit,
    PendingChange,
    RollupStage,
    UnitState,
)
from tracking.rollups.course import expected_time
from tracking.rollups.engine import change_queue
from tracking.rollups.learner import states

TIME_DEPENDENT = (UnitState.COMPLETED, UnitState.SKIMMED, UnitState.IN_PROGRESS, UnitState.BOUNCED)
"""States of a lesson whose end was reached: its expected time may decide between them."""

AT_ONCE = 500
"""Learners in one query."""


def mark_stale_expected_time(course_key: str, outline: Sequence[OutlineUnit]) -> None:
    """Mark each learner whose rows no longer match. No query if the host gives the time of every lesson."""
    unit_keys = [unit.unit_key for unit in outline if expected_time.uses_class_median(unit)]
    if not unit_keys:
        return
    known = expected_time.class_medians(course_key, outline)
    default = conf.get_settings().DEFAULT_EXPECTED_SECONDS
    learner_ids = _find(course_key, {key: known.get(key) or default for key in unit_keys})
    if learner_ids:
        waiting = PendingChange.objects.filter(
            Q(day__isnull=True) | Q(last_day__isnull=False),
            stage=RollupStage.LEARNER,
            course_key=course_key,
        )
        learner_ids -= set(waiting.values_list("learner_id", flat=True))
    change_queue.append_changes(
        [
            PendingChange(stage=RollupStage.LEARNER, course_key=course_key, learner_id=learner_id)
            for learner_id in sorted(learner_ids, key=str)
        ]
    )


def _find(course_key: str, seconds: Mapping[str, int]) -> set[LearnerId]:
    """Return learners with a row that is *skimmed* and should not be, or should be and is not."""
    settings = conf.get_settings()
    reached_end = LearnerUnit.objects.filter(
        course_key=course_key,
        unit_key__in=list(seconds),
        state__in=TIME_DEPENDENT,
        scroll_percent__gte=settings.END_REACHED_PERCENT,
    )
    max_ms = ceil(settings.SKIMMED_SHARE * max(seconds.values()) * 1000)
    rows = reached_end.annotate(spent_ms=times.SPENT_MS).filter(
        Q(state=UnitState.SKIMMED) | Q(spent_ms__lt=max_ms)
    )
    found: set[LearnerId] = set()
    fast: defaultdict[LearnerId, set[str]] = defaultdict(set)
    for learner_id, unit_key, state, spent_ms in rows.values_list(
        "learner_id", "unit_key", "state", "spent_ms"
    ).iterator(5000):
        is_fast = states.is_faster_than_reading(spent_ms, seconds[unit_key], settings)
        if is_fast and state != UnitState.SKIMMED:
            fast[learner_id].add(unit_key)
        elif state == UnitState.SKIMMED and not is_fast:
            found.add(learner_id)
    return found | _unexplained(course_key, fast)


def _unexplained(course_key: str, fast: Mapping[LearnerId, Collection[str]]) -> set[LearnerId]:
    """Return learners in ``fast`` with a unit that the host has not completed and at which no attempt was started."""
    found: set[LearnerId] = set()
    learner_ids = list(fast)
    for start in range(0, len(learner_ids), AT_ONCE):
        batch = learner_ids[start : start + AT_ONCE]
        head: dict[str, Any] = {
            "course_key": course_key,
            "learner_id__in": batch,
            "unit_key__in": set().union(*(fast[learner_id] for learner_id in batch)),
        }
        # Look up why a row may be right although it is fast: otherwise it would be marked and recomputed for ever.
        explained = {*_units(LearnerUnitDay.objects.filter(**head, is_completed=True))}
        explained |= {*_units(Attempt.objects.filter(**head))}
        found |= {each for each in batch if any((each, unit_key) not in explained for unit_key in fast[each])}
    return found


def _units(rows: Any) -> Any:
    return rows.order_by().values_list("learner_id", "unit_key").distinct()

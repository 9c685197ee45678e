"""Learners with a lesson that was judged by another time than its class needs by now: they are made again.

Every roll-up of a class compares the rows there are with the figures it has just set, and does not ask how they came to
differ. So it does not matter that a worker may read a figure, and write what follows from it after another figure was
set: whoever writes rows of learners marks the class in the same transaction, and the class looks at them after that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import ceil
from typing import Any

from django.db.models import F, Q

from tracking import conf
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

JUDGED = (UnitState.COMPLETED, UnitState.SKIMMED, UnitState.IN_PROGRESS, UnitState.BOUNCED)
"""States of a lesson whose end was reached, between which its expected time may decide."""

AT_ONCE = 500
"""Learners that one query asks for."""


def mark_stale_expected_time(course_key: str, outline: Sequence[OutlineUnit]) -> None:
    """Leave a mark for each learner whose rows do not fit. No query where the host says the time of every lesson."""
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
    """Return whose rows say *skimmed* where they should not, or do not where they should."""
    rules = conf.get_settings()
    reached_end = LearnerUnit.objects.filter(
        course_key=course_key,
        unit_key__in=list(seconds),
        state__in=JUDGED,
        scroll_percent__gte=rules.END_REACHED_PERCENT,
    )
    longest = ceil(rules.SKIMMED_SHARE * max(seconds.values()) * 1000)
    rows = reached_end.annotate(spent_ms=F("active_ms") + F("estimated_ms")).filter(
        Q(state=UnitState.SKIMMED) | Q(spent_ms__lt=longest)
    )
    found: set[LearnerId] = set()
    hasty: defaultdict[LearnerId, set[str]] = defaultdict(set)
    for learner_id, unit_key, state, spent_ms in rows.values_list(
        "learner_id", "unit_key", "state", "spent_ms"
    ).iterator(5000):
        is_hasty = states.is_faster_than_reading(spent_ms, seconds[unit_key], rules)
        if is_hasty and state != UnitState.SKIMMED:
            hasty[learner_id].add(unit_key)
        elif state == UnitState.SKIMMED and not is_hasty:
            found.add(learner_id)
    return found | _without_excuse(course_key, hasty)


def _without_excuse(course_key: str, hasty: Mapping[LearnerId, Collection[str]]) -> set[LearnerId]:
    """Return those of ``hasty`` with a unit that neither the host calls done nor an attempt was begun at."""
    found: set[LearnerId] = set()
    learner_ids = list(hasty)
    for start in range(0, len(learner_ids), AT_ONCE):
        some = learner_ids[start : start + AT_ONCE]
        head: dict[str, Any] = {
            "course_key": course_key,
            "learner_id__in": some,
            "unit_key__in": set().union(*(hasty[learner_id] for learner_id in some)),
        }
        excused = {*_units(LearnerUnitDay.objects.filter(**head, is_completed=True))}
        excused |= {*_units(Attempt.objects.filter(**head))}
        found |= {each for each in some if any((each, unit_key) not in excused for unit_key in hasty[each])}
    return found


def _units(rows: Any) -> Any:
    return rows.order_by().values_list("learner_id", "unit_key").distinct()

"""How long raw events are kept. What was counted from them stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from tracking import conf
from tracking.events import LearnerId
from tracking.models import ChangeMark, Event, LearnerCourse, LearnerCourseDay, Subject, View

CHUNK = 2000
"""Rows deleted in one statement: short enough that an intake on SQLite waits a moment only."""
MARGIN = timedelta(days=1)
"""A day is folded from the day before it too, so one more day than the purged ones cannot be folded again."""


def purge(*, now: datetime) -> int:
    """Delete raw events and views older than ``RAW_DAYS``; return how many there were.

    The days that they were folded into are marked as final first, so that no roll-up makes them again without their
    source. Safe to run twice, in parallel with roll-ups, and to be killed anywhere.
    """
    kept_days = conf.get_settings().RAW_DAYS
    if not kept_days:
        return 0
    before = (now - timedelta(days=kept_days)).astimezone(UTC).date()
    pairs = LearnerCourse.objects.order_by("pk").values_list("learner_id", "course_key")
    return sum(_purge_learner(*pair, before=before) for pair in pairs.iterator())


def _purge_learner(learner_id: LearnerId, course_key: str, *, before: date) -> int:
    head = {"learner_id": learner_id, "course_key": course_key}
    end = datetime(before.year, before.month, before.day, tzinfo=UTC)
    old_events = Event.objects.filter(**head, happened_at__lt=end)
    old_views = View.objects.filter(**head, opened_at__lt=end)
    if not (old_events.exists() or old_views.exists()) or not _finalise(head, before + MARGIN):
        return 0
    return sum(_deleted(old_events)) + sum(_deleted(old_views))


@transaction.atomic
def _finalise(head: dict[str, Any], last_day: date) -> bool:
    """Mark the days up to ``last_day`` as final; ``False`` where some have not been rolled up yet."""
    # The lock under which a roll-up folds: none is under way while it is held.
    list(LearnerCourse.objects.select_for_update().filter(**head).values_list("pk"))
    waiting = ChangeMark.objects.filter(**head, subject=Subject.LEARNER, day__lte=last_day + MARGIN)
    if waiting.exists():
        return False
    LearnerCourseDay.objects.filter(**head, day__lte=last_day, is_final=False).update(is_final=True)
    return True


def _deleted(rows: Any) -> Iterator[int]:
    while keys := list(rows.values_list("pk", flat=True)[:CHUNK]):
        yield rows.model.objects.filter(pk__in=keys).delete()[0]

"""What every case does and looks at: the jobs of a day, and what they say about a learner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tracking import jobs
from tracking.models import Finding, LearnerCourse, LearnerUnit


def update(*, now: datetime) -> None:
    """Do what the schedule does in a day, as if it were ``now``."""
    jobs.refresh_outlines(now=now)
    jobs.mark_running_courses_changed(now=now)
    jobs.roll_up(now=now)


def states(learner: Any, course_key: str = "c") -> dict[str, str]:
    """Return the state of every unit for a learner."""
    rows = LearnerUnit.objects.filter(learner_id=learner.pk, course_key=course_key)
    return {row.unit_key: row.state for row in rows}


def progress(learner: Any, course_key: str = "c") -> list[tuple[int, int]]:
    """Return how many units are completed, and of how many; empty if the course does not know the learner."""
    rows = LearnerCourse.objects.filter(learner_id=learner.pk, course_key=course_key)
    return list(rows.values_list("completed_count", "required_count"))


def findings(learner: Any, course_key: str = "c") -> list[tuple[str, str]]:
    """Return the unit and the reason of every open finding about a learner."""
    rows = Finding.objects.open().filter(learner_id=learner.pk, course_key=course_key)
    return sorted(rows.values_list("unit_key", "reason"))

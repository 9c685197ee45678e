"""A course in which people act on findings, brought up to date, and what either side then sees."""

from datetime import timedelta

from tracking import jobs
from tracking.findings.actions import ActionSubject
from tracking.models import (
    Audience,
    Finding,
)

DAY = timedelta(days=1)
SIDES = (Audience.LEARNER, Audience.INSTRUCTOR)


def bring_up_to_date(now):
    jobs.refresh_outlines(now=now)
    jobs.roll_up(now=now)


def shown(now):
    return [side for side in SIDES if Finding.objects.visible_to(side, now=now).exists()]


def at(learner, unit_key="a"):
    return ActionSubject(learner_id=learner.pk, course_key="c", unit_key=unit_key)


def absent(now):
    jobs.mark_running_courses_changed(now=now)
    bring_up_to_date(now)
    return Finding.objects.get(reason="never_started")

"""A lesson is due on a date. Its page prints that date, wherever the course and the server are."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template

from tests.cases import figures
from tests.school import node
from tracking.lms import datetimes
from tracking.reports.learner import progress

DUE_ON = date(2026, 3, 14)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_a_due_date_is_printed_as_the_day_that_the_host_named(school, learner, now, zone):
    due_at = datetimes.day_end_or_moment(DUE_ON, within=ZoneInfo(zone))
    school.course("c", nodes=(node("essay", due_at=due_at),), time_zone=zone)
    school.enrol(learner, "c")
    figures.update(now=now)
    found = progress.find_learner_progress(learner.pk, "c", now=now)
    assert found is not None
    [unit] = found.due
    page = Template("{% load tracking_formats %}{{ unit.due_at|course_day }}").render(Context({"unit": unit}))
    assert unit.due_at is not None
    assert (unit.due_at.date(), "Mar 14" in page or "March 14" in page) == (DUE_ON, True)


def test_a_due_date_is_over_once_its_day_is_over():
    due_at = datetimes.day_end_or_moment(DUE_ON, within=ZoneInfo("Europe/Paris"))
    assert due_at is not None
    assert due_at < datetime(2026, 3, 15, tzinfo=ZoneInfo("Europe/Paris"))

"""A course's slug is corrected, and its adapter uses the slug as key, as that of ``courses`` does."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from courses import attempts as host
from courses import models as courses
from tests import web_course
from tests.cases import figures
from tests.web_course import NOON
from tracking.models import Finding


@pytest.fixture
def renamed(make_learner):
    """A learner who has done everything in a course of three before it was renamed."""
    course = web_course.make()
    people = [make_learner(name) for name in ("lena", "mo", "ida")]
    for each in people:
        courses.Enrolment.objects.create(course=course, learner=each)
    attempt = web_course.begin_attempt(people[0])
    web_course.answer(attempt, number=1)
    host.submit(attempt, now=NOON)
    lesson = courses.Lesson.objects.get(slug="names")
    courses.LessonCompletion.objects.create(lesson=lesson, learner=people[0], completed_at=NOON)
    figures.update(now=NOON)
    course.slug = "the-web"
    course.save()
    figures.update(now=NOON + timedelta(minutes=1))
    call_command("tracking_backfill", verbosity=0)
    figures.update(now=NOON + timedelta(minutes=2))
    return people[0]


def test_attempts_and_completions_are_under_the_new_key_after_a_backfill(renamed):
    assert figures.progress(renamed, "the-web") == [(2, 2)]


def test_no_finding_opens_under_a_key_that_no_course_has(renamed):
    figures.update(now=NOON + timedelta(days=9))
    new = Finding.objects.open().filter(course_key="web", opened_at__gt=NOON + timedelta(days=1))
    assert list(new.values_list("reason", flat=True)) == []

"""A quiz is part of two courses, and the learner is enrolled in one of them."""

import contextlib
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.cases import figures
from tests.hosts.academy.models import Course, Lesson, Member, Sitting, Topic
from tests.hosts.driving import agreed, attempts
from tracking import lms
from tracking.lms import AttemptFields, Node, Structure, UnitKind

pytest_plugins = ["tests.hosts.committing"]
pytestmark = pytest.mark.once


def quiz_of(sitting):
    return Lesson.objects.get(slug=sitting.topic.title)


class Adapter(lms.Adapter):
    """An adapter as the installation guide has it, whose quizzes are in several courses."""

    structure = Structure(
        "academy.Course",
        key="slug",
        learners="students",
        nodes=[Node("academy.Lesson", course="courses", kind=UnitKind.QUIZ, key="slug")],
    )
    attempts = {
        "academy.Sitting": AttemptFields(
            learner="member", unit=quiz_of, is_submitted="complete", score="points", max_score=10
        )
    }


@pytest.fixture
def mo(settings):
    """A learner of course ``spring`` who passed the quiz that course ``autumn`` has as well."""
    settings.TRACKING = {"ADAPTER": f"{__name__}.Adapter"}
    autumn, spring = (Course.objects.create(slug=slug) for slug in ("autumn", "spring"))
    Lesson.objects.create(slug="safety").courses.add(autumn, spring)
    mo = agreed(Member.objects.create_user("mo"))
    spring.students.add(mo)
    figures.update(now=timezone.now())
    topic = Topic.objects.create(course=spring, title="safety")
    Sitting.objects.create(topic=topic, member=mo, points=9, complete=True)
    figures.update(now=timezone.now())
    return mo


def test_an_attempt_at_a_shared_quiz_counts_in_the_course_of_its_learner(mo):
    assert {course_key for _, course_key, *_ in attempts()} == {"spring"}


def test_a_shared_quiz_is_completed_in_the_course_of_its_learner(mo):
    assert figures.states(mo, "spring") == {"quiz:safety": "completed"}


def test_an_attempt_is_in_the_right_course_or_the_check_reports_an_ambiguous_course(mo):
    out = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("tracking_check", stdout=out)
    is_right = {course_key for _, course_key, *_ in attempts()} == {"spring"}
    assert is_right or "several courses" in out.getvalue()

"""An essay is submitted and not graded yet, on a host with the adapter of the installation guide, word for word."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests.cases import figures
from tests.hosts.driving import agreed
from tests.hosts.school.models import Course, Quiz, Section, Sitting

pytest_plugins = ["tests.hosts.committing"]
pytestmark = pytest.mark.once


@pytest.fixture
def essay():
    """The attempt of a learner at an essay of the course ``physics``, without points."""
    course = Course.objects.create(slug="physics", title="Physics", teacher=User.objects.create_user("tea"))
    section = Section.objects.create(course=course, title="Waves", position=1)
    quiz = Quiz.objects.create(section=section, title="Essay", position=1)
    ida = agreed(User.objects.create_user("ida"))
    course.students.add(ida)
    essay = Sitting.objects.create(user=ida, quiz=quiz, ended=timezone.now(), points=None)
    figures.update(now=timezone.now())
    return essay


def test_an_ungraded_essay_is_submitted(essay):
    assert list(figures.states(essay.user, "physics").values()) == ["submitted"]


def test_an_ungraded_essay_has_no_findings(essay):
    assert figures.findings(essay.user, "physics") == []


def test_an_essay_with_enough_points_is_completed(essay):
    essay.points = 15
    essay.save()
    figures.update(now=timezone.now())
    assert list(figures.states(essay.user, "physics").values()) == ["completed"]

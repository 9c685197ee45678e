"""The tiny course, and people who learn or teach it."""

from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from courses import content_files, loading
from courses.models import Attempt, Course, Enrolment, Quiz

FOLDER = Path(__file__).parent
TINY = FOLDER / "content" / "tiny"
MEDIA = FOLDER / "media"


@pytest.fixture
def course(db: None) -> Course:
    """The tiny course, from the first Monday of March 2026."""
    return loading.load(content_files.read(TINY), starts_on=date(2026, 3, 2)).course


@pytest.fixture
def quiz(course: Course) -> Quiz:
    """The quiz with a question of every kind; 6 points, 60 % to pass, two attempts."""
    return Quiz.objects.select_related("module__course").get(module__course=course, slug="check")


@pytest.fixture
def learner(course: Course) -> User:
    """Someone enrolled in the tiny course."""
    user = User.objects.create_user("lea", first_name="Lea", last_name="Lund")
    Enrolment.objects.create(course=course, learner=user)
    return user


@pytest.fixture
def instructor(course: Course) -> User:
    """Someone who teaches the tiny course."""
    user = User.objects.create_user("ida")
    course.instructors.add(user)
    return user


@pytest.fixture
def attempt(quiz: Quiz, learner: User) -> Attempt:
    """The learner's first attempt, in progress."""
    return quiz.attempts.create(learner=learner, number=1)


@pytest.fixture
def learner_client(learner: User) -> Client:
    """A browser in which the learner is logged in."""
    client = Client()
    client.force_login(learner)
    return client

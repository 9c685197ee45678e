"""A class of two in one course, played within a test's own transaction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from config.demo import classes
from config.demo.simulation import playing, populating
from config.demo.simulation.browser import BatchRejected
from courses.models import Attempt, Course, Enrolment, LessonCompletion
from tracking.events import EventSource
from tracking.models import Consent, Event

NOW = datetime(2026, 11, 26, 15, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(capsys: pytest.CaptureFixture[str]) -> Course:
    call_command("load_courses")
    return Course.objects.get(slug="how-the-web-works")


def play(course: Course, *, seed: str = "s") -> list[tuple[Any, ...]]:
    """Simulate a class of two, and return all that is known of it."""
    classroom = populating.open_class(course, f"Class {seed}", seed=seed, now=NOW)
    playing.play(populating.fill(classroom, 2), classroom.term, playing.report_nothing, rolls_up_weekly=False)
    events = Event.objects.filter(source=EventSource.SIMULATED).order_by("id")
    attempts = Attempt.objects.order_by("started_at", "learner__username")
    return [
        *events.values_list("id", "learner__username", "kind", "unit_key", "happened_at", "payload"),
        *attempts.values_list("learner__username", "quiz__slug", "started_at", "submitted_at", "score"),
    ]


def test_the_same_seed_at_the_same_moment_gives_the_same_class(course):
    first = play(course)
    populating.delete_learners([course])
    Event.objects.all().delete()
    assert len(first) > 50
    assert play(course) == first


def test_another_seed_gives_another_class(course):
    first = play(course)
    populating.delete_learners([course])
    Event.objects.all().delete()
    assert play(course, seed="t") != first


def test_nothing_happens_before_the_term_or_after_now(course):
    play(course)
    moments = [
        *Event.objects.values_list("happened_at", flat=True),
        *Event.objects.values_list("received_at", flat=True),
        *Attempt.objects.values_list("started_at", flat=True),
        *Attempt.objects.values_list("submitted_at", flat=True),
        *LessonCompletion.objects.values_list("completed_at", flat=True),
    ]
    begins_at = datetime(2026, 9, 7, tzinfo=UTC)
    assert [moment for moment in moments if moment is None or not begins_at <= moment <= NOW] == []


def test_no_message_is_older_than_the_intake_allows_when_it_arrives(course):
    play(course)
    ages = [
        event.received_at - event.happened_at for event in Event.objects.filter(source=EventSource.SIMULATED)
    ]
    assert timedelta() <= min(ages)
    assert max(ages) < timedelta(days=7)


def test_a_message_that_the_intake_refuses_stops_the_simulation(course, settings):
    settings.TRACKING = {"MAX_EVENT_AGE_DAYS": 0}
    with pytest.raises(BatchRejected, match="too_old"):
        play(course)


def test_a_demo_whose_first_start_was_broken_off_begins_anew(course):
    play(course)
    classes.seed(size=0)
    names = set(User.objects.values_list("username", flat=True))
    assert names == {person.username for person in classes.PEOPLE}
    assert not Attempt.objects.exclude(learner__username="lena").exists()
    assert Attempt.objects.filter(learner__username="lena").exists()


def test_who_learned_in_an_older_demo_keeps_what_they_did(course):
    lena = User.objects.create_user("lena")
    Enrolment.objects.create(course=course, learner=lena)
    classes.seed(size=1)
    assert Attempt.objects.filter(learner__username="skye").exists()
    assert not Consent.objects.filter(learner=lena).exists()
    assert not Attempt.objects.by(lena).exists()


def test_a_class_of_any_size_can_be_added_by_command(course, capsys):
    call_command("simulate", course=course.slug, learners=2, seed="s")
    assert "2 simulated learners in How the web works:" in capsys.readouterr().out
    course.refresh_from_db()
    assert course.has_simulated_learners
    call_command("simulate", course=course.slug, learners=1, seed="t")
    assert course.enrolments.count() == 3


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (
            {"course": "nope"},
            ("'nope' is not a loaded course. Choose from: how-the-web-works, learning-to-learn, "),
        ),
        ({"learners": 0}, "A class needs at least one learner, not 0."),
        ({"seed": "there"}, "How the web works already has a 'Class there'. Choose another --seed."),
    ],
)
def test_a_class_that_cannot_be_is_refused(course, given, error):
    course.groups.create(name="Class there", starts_on=course.starts_on)
    with pytest.raises(CommandError, match=error.replace(".", r"\.")):
        call_command("simulate", **{"course": course.slug, "learners": 2, "seed": "s", **given})

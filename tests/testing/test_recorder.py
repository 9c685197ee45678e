"""What a host's test collects with the recorder, on the demo's platform."""

import pytest
from django.db import transaction
from django.urls import reverse

from courses.models import Lesson, LessonCompletion
from tests.courses.conftest import attempt, course, learner, learner_client, quiz
from tracking import hooks
from tracking.testing.consent import grant_all_purposes
from tracking.testing.plugin import tracking_recorder
from tracking.testing.recorder import RecordedUnit, Recorder

__all__ = ["attempt", "course", "learner", "learner_client", "quiz", "tracking_recorder"]

LESSON = {"course": "tiny", "module": "first-steps", "lesson": "reading"}


@pytest.fixture
def opened(learner, learner_client):
    """Open a lesson, with the learner's consent."""
    grant_all_purposes(learner)

    def open_lesson():
        return learner_client.get(reverse("courses:lesson", kwargs=LESSON))

    return open_lesson


def unit(learner, unit_key):
    return RecordedUnit(learner_id=learner.pk, course_key="tiny", unit_key=unit_key)


def test_a_page_view_is_collected(learner, opened):
    with Recorder() as recorder:
        opened()

    assert recorder.page_views == [unit(learner, "lesson:first-steps/reading")]


def test_what_was_recorded_before_or_after_is_not_collected(opened):
    opened()
    with Recorder() as recorder:
        pass
    opened()

    assert recorder.events == []


def test_a_completion_is_collected(learner, course):
    with Recorder() as recorder:
        LessonCompletion.objects.create(learner=learner, lesson=Lesson.objects.get(slug="reading"))

    assert recorder.completions == [unit(learner, "lesson:first-steps/reading")]


def test_an_attempt_that_is_corrected_is_collected_once(attempt):
    with Recorder() as recorder:
        attempt.save()
        attempt.save()

    assert [(each.unit_key, each.submitted_at) for each in recorder.attempts] == [
        ("quiz:first-steps/check", None)
    ]


def test_what_is_rolled_back_is_not_collected(attempt):
    type(attempt).objects.all().delete()
    with Recorder() as recorder, transaction.atomic():
        type(attempt).objects.create(learner=attempt.learner, quiz=attempt.quiz, number=1)
        transaction.set_rollback(True)

    assert recorder.attempts == []


def test_an_event_of_an_unknown_unit_is_collected_as_quarantined(learner, course):
    with Recorder() as recorder:
        hooks.record_event(learner, "unit.completed", course_key="tiny", unit_key="lesson:gone")

    assert [(row.cause, row.unit_key) for row in recorder.quarantined] == [("unknown_unit", "lesson:gone")]
    assert recorder.events == []


def test_a_call_that_fails_is_collected_as_a_rejection(learner):
    with Recorder() as recorder:
        hooks.record_event(learner, "no.such.kind", course_key="tiny", unit_key="")

    assert recorder.rejections == {"fault": 1}


def test_the_fixture_collects_during_the_test(tracking_recorder, learner, opened):
    opened()

    assert tracking_recorder.page_views == [unit(learner, "lesson:first-steps/reading")]

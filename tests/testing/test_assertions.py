"""An assertion that fails says what was found instead."""

import pytest
from django.utils import timezone

from courses.models import Attempt, Lesson, LessonCompletion
from tests.courses.conftest import attempt, course, learner, learner_client, quiz
from tracking.testing.assertions import (
    assert_row_becomes_attempt,
    assert_row_becomes_completion,
    assert_view_maps_to_unit,
)
from tracking.testing.consent import grant_all_purposes

__all__ = ["attempt", "course", "learner", "learner_client", "quiz"]

URL = "/courses/tiny/first-steps/lesson/reading/"
UNIT = "lesson:first-steps/reading"


@pytest.fixture
def graded(attempt):
    Attempt.objects.filter(pk=attempt.pk).update(
        submitted_at=timezone.now(), score=4, max_score=6, passed=True
    )
    return Attempt.objects.get(pk=attempt.pk)


@pytest.fixture
def client(learner, learner_client):
    grant_all_purposes(learner)
    return learner_client


def failure(assertion, *args, **kwargs):
    """Return what the assertion says when it fails."""
    with pytest.raises(AssertionError) as raised:
        assertion(*args, **kwargs)
    return str(raised.value)


def test_a_view_is_named_by_its_name_or_its_url(client):
    kwargs = {"course": "tiny", "module": "first-steps", "lesson": "reading"}

    assert_view_maps_to_unit("courses:lesson", "tiny", UNIT, client=client, kwargs=kwargs)
    assert_view_maps_to_unit(URL, "tiny", UNIT, client=client)


def test_another_unit_is_named(client):
    said = failure(assert_view_maps_to_unit, URL, "tiny", "lesson:other", client=client)
    assert said.endswith(f"It is recorded as unit '{UNIT}' of course 'tiny'.")


def test_a_page_that_redirects_is_named(client):
    said = failure(assert_view_maps_to_unit, "/courses/tiny/enrol/", "tiny", UNIT, client=client)
    assert "only pages with status 200 are recorded." in said


def test_a_view_without_an_entry_is_named(client):
    said = failure(assert_view_maps_to_unit, "/courses/tiny/", "tiny", UNIT, client=client)
    assert said.endswith("adapter.views has no entry for the view 'courses:course'.")


def test_missing_consent_is_named(learner_client):
    said = failure(assert_view_maps_to_unit, URL, "tiny", UNIT, client=learner_client)
    assert "The learner has not agreed" in said


def test_a_row_becomes_an_attempt(graded, learner):
    record = assert_row_becomes_attempt(
        graded, "tiny", "quiz:first-steps/check", learner=learner, score=4, max_score=6, is_passed=True
    )
    assert record.submitted_at == graded.submitted_at


def test_a_field_of_an_attempt_that_differs_is_named(graded, learner):
    said = failure(
        assert_row_becomes_attempt, graded, "tiny", "quiz:first-steps/check", learner=learner, score=5
    )
    assert said == f"courses.Attempt {graded.pk} is read as an attempt, but score is 4.0, not 5."


def test_another_learner_of_an_attempt_is_named(graded, learner):
    said = failure(
        assert_row_becomes_attempt, graded, "tiny", "quiz:first-steps/check", learner=learner.pk + 1
    )
    assert (
        said == f"courses.Attempt {graded.pk} leads to the learners [{learner.pk}], not to {learner.pk + 1}."
    )


def test_a_model_without_an_entry_is_named(learner):
    said = failure(assert_row_becomes_attempt, learner, "tiny", "quiz:first-steps/check", learner=learner)
    assert said == "adapter.attempts has no entry for auth.User."


def test_a_unit_that_the_outline_lacks_is_named(graded, learner):
    graded.quiz.module.course.delete()
    said = failure(assert_row_becomes_attempt, graded, "tiny", "quiz:first-steps/check", learner=learner)
    assert said.startswith(f"courses.Attempt {graded.pk} would be quarantined: no outline has unit 'quiz:")


def test_a_row_becomes_a_completion(course, learner):
    row = LessonCompletion.objects.create(learner=learner, lesson=Lesson.objects.get(slug="reading"))

    assert_row_becomes_completion(row, "tiny", UNIT, learner=learner)

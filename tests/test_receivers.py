import contextlib

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.db import DatabaseError, transaction
from django.db.models.signals import post_save, pre_delete

from courses import attempts as host
from courses import models as courses
from courses.tracking_adapter import Adapter as CoursesAdapter
from tests import web_course
from tests.web_course import NOON
from tracking import lms, receivers, tasks
from tracking.capture import attempts
from tracking.events import UNIT_COMPLETED
from tracking.models import Answer, Attempt, Event, PendingChange, RejectionCount, RollupStage

pytestmark = pytest.mark.django_db


class Forgetful(CoursesAdapter):
    """The adapter of ``courses`` for a host that wants deleted attempts gone."""

    attempts = {
        label: lms.AttemptFields(**{**vars(entry), "on_delete": "forget"})
        for label, entry in CoursesAdapter.attempts.items()
    }


@pytest.fixture(autouse=True)
def course():
    return web_course.make()


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Run the block as a transaction that commits."""

    @contextlib.contextmanager
    def committed():
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            yield

    return committed


@pytest.fixture
def attempt(learner, commit):
    """A submitted attempt with a right answer."""
    with commit():
        attempt = web_course.begin_attempt(learner)
        web_course.answer(attempt, number=1)
        return host.submit(attempt, now=NOON)


def figures():
    return list(Attempt.objects.values_list("unit_key", "score", "max_score", "is_passed"))


def answers():
    return list(Answer.objects.values_list("question_key", "is_correct", "lesson_keys"))


RIGHT = ("what", True, ["lesson:dns/names"])


def test_an_attempt_is_copied_with_its_answers_once_the_host_has_committed(attempt, learner):
    stored = Attempt.objects.get()

    assert (stored.source_label, stored.source_key, stored.learner_id) == (
        "courses.Attempt",
        str(attempt.pk),
        learner.pk,
    )
    assert (stored.course_key, stored.started_at, stored.submitted_at) == ("web", NOON, NOON)
    assert figures() == [("quiz:dns/check", 2.0, 2.0, True)]
    assert answers() == [RIGHT]


def test_the_figures_of_an_attempt_are_stored_in_the_transaction_of_the_host(learner):
    web_course.begin_attempt(learner)

    assert figures() == [("quiz:dns/check", None, None, None)]


def test_what_the_host_takes_back_is_not_stored(learner):
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        web_course.begin_attempt(learner)
        raise ZeroDivisionError

    assert figures() == []


def test_an_attempt_that_is_graded_again_is_corrected(attempt, commit):
    with commit():
        attempt.score, attempt.passed = 1, False
        attempt.save()

    assert figures() == [("quiz:dns/check", 1.0, 2.0, False)]


def test_an_answer_that_is_graded_alone_corrects_its_attempt(attempt, commit):
    with commit():
        answer = attempt.answers.get()
        answer.is_correct = False
        answer.save()

    assert answers() == [("what", False, ["lesson:dns/names"])]


def test_an_attempt_saved_often_is_read_once_after_the_commit(learner, commit, monkeypatch):
    read = []
    original = CoursesAdapter.attempt_records

    def spy(self, row, *, has_answers=True):
        read.append(has_answers)
        return original(self, row, has_answers=has_answers)

    monkeypatch.setattr(CoursesAdapter, "attempt_records", spy)

    with commit():
        attempt = web_course.begin_attempt(learner)
        web_course.answer(attempt, number=1)
        attempt.save()

    assert read == [False, False, True]


def test_an_attempt_that_the_host_deletes_in_the_request_that_scored_it_is_kept(learner, commit):
    with commit():
        attempt = web_course.begin_attempt(learner)
        web_course.answer(attempt, number=1)
        host.submit(attempt, now=NOON).delete()

    assert not courses.Attempt.objects.exists()
    assert figures() == [("quiz:dns/check", 2.0, 2.0, True)]
    assert answers() == [RIGHT]


def test_an_attempt_that_is_deleted_after_its_answers_keeps_them(attempt, commit):
    with commit():
        attempt.answers.all().delete()
        attempt.delete()

    assert answers() == [RIGHT]


def test_an_attempt_in_progress_goes_with_the_row_of_the_host(learner, commit):
    with commit():
        attempt = web_course.begin_attempt(learner)
    with commit():
        attempt.delete()

    assert figures() == []


def test_a_host_may_want_deleted_attempts_gone(attempt, commit, settings):
    settings.TRACKING = {"ADAPTER": f"{Forgetful.__module__}.Forgetful"}

    with commit():
        attempt.delete()

    assert figures() == []


def test_a_deleted_learner_leaves_no_attempt_behind(attempt, learner, commit):
    with commit():
        learner.delete()

    assert figures() == []


def test_a_deleted_learner_whose_attempts_were_never_copied_can_be_deleted(attempt, learner, commit):
    Attempt.objects.all().delete()

    with commit():
        learner.delete()

    assert figures() == []


def test_a_deleted_quiz_leaves_the_record_of_its_attempts(attempt, commit):
    with commit():
        courses.Answer.objects.all().delete()
        courses.Quiz.objects.get().delete()

    assert figures() == [("quiz:dns/check", 2.0, 2.0, True)]


def test_an_attempt_in_a_fixture_is_read_once_everything_is_loaded(learner, commit):
    row = courses.Attempt(pk=5, quiz=courses.Quiz.objects.get(), learner=learner, number=1, started_at=NOON)
    fixture = serializers.serialize("json", [row])

    with commit():
        for loaded in serializers.deserialize("json", fixture):
            loaded.save()
        assert figures() == []

    assert figures() == [("quiz:dns/check", None, None, None)]


def test_a_fault_of_ours_lets_the_host_save_and_is_logged_and_counted(learner, commit, monkeypatch, caplog):
    def fail(record):
        raise DatabaseError("no such column")

    monkeypatch.setattr(attempts, "store_attempt", fail)

    with commit():
        web_course.begin_attempt(learner)

    assert courses.Attempt.objects.count() == 1
    assert "Copying an attempt of the host failed" in caplog.text
    assert RejectionCount.objects.get().reason == "fault"


def test_a_completed_lesson_is_recorded_once(learner):
    lesson = courses.Lesson.objects.get(slug="names")
    done = courses.LessonCompletion.objects.create(lesson=lesson, learner=learner, completed_at=NOON)
    done.save()

    assert list(Event.objects.values_list("kind", "course_key", "unit_key", "happened_at")) == [
        (UNIT_COMPLETED, "web", "lesson:dns/names", NOON)
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda course: course.save(),
        lambda course: course.modules.get().save(),
        lambda course: courses.Lesson.objects.get(slug="names").save(),
        lambda course: courses.Lesson.objects.get(slug="draft").delete(),
        lambda course: courses.Quiz.objects.get().save(),
        lambda course: course.enrolments.create(learner=User.objects.create_user("lea")),
    ],
)
def test_a_change_of_what_is_learned_or_by_whom_marks_the_course(course, change):
    PendingChange.objects.all().delete()

    change(course)

    assert list(PendingChange.objects.values_list("stage", "course_key")) == [(RollupStage.OUTLINE, "web")]


def test_a_roll_up_is_asked_for_once_something_is_committed(learner, commit, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "trigger_rollup", lambda: asked.append(1))

    with commit():
        web_course.begin_attempt(learner)
        assert asked == []

    assert asked


def test_switched_off_nothing_of_the_host_is_listened_to(settings):
    settings.TRACKING = {"ENABLED": False}

    assert not post_save.has_listeners(courses.Attempt)
    assert not pre_delete.has_listeners(courses.Attempt)


def test_an_adapter_that_names_no_model_of_the_host_is_reported_and_nothing_is_followed(settings, caplog):
    settings.TRACKING = {"ADAPTER": "tests.test_receivers.Unknown"}

    assert "'quiz.Sitting' is not an installed model" in caplog.text
    assert not post_save.has_listeners(courses.Course)


class Unknown(lms.Adapter):
    attempts = {"quiz.Sitting": lms.AttemptFields(learner="user", unit="quiz")}


def test_connecting_twice_follows_everything_once(learner, commit):
    receivers.connect()
    before = len(post_save.receivers)

    receivers.connect()

    assert len(post_save.receivers) == before

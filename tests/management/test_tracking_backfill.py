"""Taking in what the host had before us: once, from wherever it stopped, and at a bounded cost."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses import content_files, loading
from courses.models import Answer as HostAnswer
from courses.models import Attempt as HostAttempt
from courses.models import Lesson, LessonCompletion, Quiz
from courses.tracking_adapter import Adapter
from tracking.capture import attempts
from tracking.events import Purpose
from tracking.exceptions import ImportFailed
from tracking.lms import AccessFields, UnitRef
from tracking.management import backfill_models
from tracking.models import Answer, Attempt, Event, ImportRun, PendingChange, QuarantinedRecord
from tracking.privacy import consent

TINY = Path(__file__).parents[1] / "courses/content/tiny"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
ATTEMPTS = "courses.Attempt"


@pytest.fixture
def quiz(db):
    loading.load(content_files.read(TINY), starts_on=date(2026, 3, 2))
    return Quiz.objects.get(slug="check")


@pytest.fixture
def history(quiz):
    """Eight attempts of four learners, with answers, and a lesson that each has completed; none of it told us."""
    learners = User.objects.bulk_create(User(username=f"learner-{number}") for number in range(4))
    rows = HostAttempt.objects.bulk_create(
        HostAttempt(
            quiz=quiz, learner=learner, number=number, started_at=NOON + timedelta(days=number),
            submitted_at=NOON + timedelta(days=number, minutes=9), score=number, max_score=6, passed=False,
        )
        for number in (1, 2)
        for learner in learners
    )  # fmt: skip
    question = quiz.questions.earliest("pk")
    HostAnswer.objects.bulk_create(
        HostAnswer(attempt=row, question=question, is_correct=True, points=1) for row in rows
    )
    lesson = Lesson.objects.earliest("pk")
    LessonCompletion.objects.bulk_create(
        LessonCompletion(lesson=lesson, learner=learner, completed_at=NOON) for learner in learners
    )
    return rows


def run(*options):
    out = io.StringIO()
    call_command("tracking_backfill", *options, stdout=out, stderr=out)
    return out.getvalue()


def stored():
    """Return what is on record, but for our own keys and the moments of writing."""
    of_answers = Answer.objects.values_list("attempt__source_key", "question_key", "points", "is_correct")
    of_attempts = Attempt.objects.values_list(
        "source_label", "source_key", "learner_id", "course_key", "unit_key", "submitted_at", "score"
    )
    of_events = Event.objects.values_list("id", "learner_id", "course_key", "unit_key", "kind", "happened_at")
    return sorted(of_attempts), sorted(of_answers), sorted(of_events)


def source(label=ATTEMPTS):
    return next(each for each in backfill_models.mapped_models() if each.label == label)


def read(**changes):
    return backfill_models.backfill_model(
        **{"source": source(), "since": None, "batch_size": 3, "report_progress": lambda *_: None} | changes
    )


@pytest.mark.usefixtures("history")
def test_attempts_answers_and_completions_of_before_are_on_record_with_the_moments_they_had():
    said = run()

    assert "courses.Attempt: 8 rows read" in said
    assert "8 new" in said
    assert Attempt.objects.filter(course_key="tiny", submitted_at__lt=NOON + timedelta(days=3)).count() == 8
    assert Answer.objects.filter(is_correct=True).count() == 8
    assert list(Event.objects.values_list("kind", "happened_at")) == [("unit.completed", NOON)] * 4


@pytest.mark.usefixtures("history")
def test_what_is_read_is_rolled_up_next():
    run()

    assert set(PendingChange.objects.values_list("course_key", flat=True)) == {"tiny"}


@pytest.mark.usefixtures("history")
def test_reading_it_again_stores_nothing_twice():
    run()
    before = stored()

    said = run()

    assert stored() == before
    assert "8 rows read" in said
    assert "0 new, 8 already recorded" in said


@pytest.mark.usefixtures("history")
def test_a_row_that_was_recorded_as_it_happened_is_not_stored_again():
    for row in HostAttempt.objects.all():
        row.save()
    LessonCompletion.objects.get(learner__username="learner-0").save()
    live = stored()

    run()

    assert stored()[0] == live[0]
    assert Event.objects.count() == 4


@pytest.mark.usefixtures("history")
def test_an_interrupted_run_goes_on_where_it_stopped(monkeypatch):
    def stop(done, total):
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(report_progress=stop)
    assert Attempt.objects.count() == 6
    asked = []
    record_all = attempts.store_attempts

    def asking(given):
        asked.append(len(given))
        return record_all(given)

    monkeypatch.setattr(attempts, "store_attempts", asking)

    account = read()

    assert asked == [2]
    assert (account.resumed_count, account.read_count, account.new_count) == (6, 8, 8)
    assert Attempt.objects.count() == 8


@pytest.mark.usefixtures("history")
def test_an_interruption_says_how_to_go_on(monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(backfill_models, "backfill_model", stop)

    with pytest.raises(CommandError, match="Run the command again"):
        run()


@pytest.mark.usefixtures("history")
def test_a_batch_that_fails_leaves_nothing_of_itself(monkeypatch):
    def fail(given):
        record_all(given)
        if Attempt.objects.count() > 3:
            raise OSError("disk full")
        return 3

    record_all = attempts.store_attempts
    monkeypatch.setattr(attempts, "store_attempts", fail)

    with pytest.raises(OSError, match="disk full"):
        read()

    assert Attempt.objects.count() == 3
    assert ImportRun.objects.get().read_count == 3


@pytest.mark.usefixtures("history")
def test_two_processes_do_not_read_the_same_rows():
    def other_reads(done, _):
        if done == 3:
            ImportRun.objects.update(read_count=6)

    with pytest.raises(ImportFailed, match="another process"):
        read(report_progress=other_reads)

    assert Attempt.objects.count() == 3


@pytest.mark.usefixtures("history")
def test_since_a_day_nothing_before_it_is_read():
    said = run("--since", "2026-03-05")

    assert "courses.Attempt: 4 rows read" in said
    assert Attempt.objects.count() == 4
    assert not Event.objects.exists()


@pytest.mark.usefixtures("history")
def test_one_model_can_be_read_alone():
    run("--model", "courses.lessoncompletion")

    assert (Attempt.objects.count(), Event.objects.count()) == (0, 4)


@pytest.mark.django_db
def test_a_model_that_the_adapter_does_not_map_is_refused_with_those_it_does():
    with pytest.raises(CommandError) as refused:
        run("--model", "courses.Lesson")

    assert str(refused.value) == (
        "'courses.Lesson' is not a model that the adapter maps. Choose from: "
        "courses.Attempt, courses.LessonCompletion."
    )


class Astray(Adapter):
    """An adapter whose attempts name a unit that its outline does not have."""

    def attempt_records(self, row, **options):
        found = super().attempt_records(row, **options)
        return [replace(each, unit=UnitRef(course_key="tiny", unit_key="gone")) for each in found]


@pytest.mark.usefixtures("history")
def test_an_attempt_at_a_unit_that_no_outline_knows_waits_in_quarantine(settings):
    settings.TRACKING = {"ADAPTER": f"{__name__}.Astray"}

    run("--model", ATTEMPTS)

    assert (Attempt.objects.count(), QuarantinedRecord.objects.count()) == (0, 8)


class Remembering(Adapter):
    """An adapter of a host that logged openings itself; here in the rows that say when a lesson was completed."""

    history = {
        "courses.LessonCompletion": AccessFields(
            learner="learner", unit="lesson", accessed_at="completed_at", count=3
        )
    }


@pytest.fixture
def remembering(history, settings):
    settings.TRACKING = {"ADAPTER": f"{__name__}.Remembering"}
    return history


@pytest.mark.usefixtures("remembering")
def test_openings_that_the_host_logged_itself_are_on_record_once():
    run()
    run()

    accesses = Event.objects.filter(kind="unit.accessed").values_list("happened_at", "source", "payload")
    assert list(accesses) == [(NOON, "imported", {"count": 3})] * 4
    assert Event.objects.filter(kind="unit.completed").count() == 4


def test_openings_need_no_yes_and_heed_a_no(remembering):
    consent.refuse(remembering[0].learner_id, [Purpose.ENGAGEMENT], source="test")

    run()

    assert Event.objects.filter(kind="unit.accessed").count() == 3


def test_a_learner_who_objects_is_passed_over(history):
    objecting = history[0].learner_id
    consent.refuse(objecting, [Purpose.RECORD], source="test")

    run("--model", ATTEMPTS)

    assert Attempt.objects.count() == 6
    assert not Attempt.objects.filter(learner=objecting).exists()


@pytest.mark.usefixtures("history")
def test_a_batch_costs_as_many_queries_as_its_double():
    costs = []
    for size in (2, 4):
        after: list[int] = []

        def told(*_, after=after):
            after.append(len(queries))

        Attempt.objects.all().delete()
        ImportRun.objects.all().delete()
        cache.clear()  # Or what one of the two runs finds in the cache would make them differ.
        with CaptureQueriesContext(connection) as queries:
            read(batch_size=size, report_progress=told)
        costs.append(after[1] - after[0])

    assert costs[0] == costs[1]

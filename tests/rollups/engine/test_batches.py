"""What cannot be rolled up holds up nothing else, is tried again, and is set aside in the end."""

import gc
from datetime import timedelta

import pytest
from django.db import OperationalError

from tests.messages import progress
from tracking.models import CourseOutline, LearnerUnit, PendingChange, RollupStage
from tracking.rollups import freshness
from tracking.rollups.engine import change_queue, pipeline
from tracking.rollups.learner import rollup

WAIT = timedelta(days=1)


@pytest.fixture
def course(school, learner):
    school.course("c", lessons=["a", "b"])
    school.enrol(learner, "c")
    return school


@pytest.fixture
def poisoned(course, make_learner, send_online, now, monkeypatch):
    """A learner whose rows cannot be made, beside others who have read as much; call what is yielded to mend it."""
    other, poisoned = make_learner("other"), make_learner("poisoned")
    for each in (other, poisoned):
        course.enrol(each, "c")
        send_online(each, progress(now, "a", [[0, 60_000]]))
    fold = rollup.roll_up_learners

    def fail(course_key, learner_ids, **options):
        if poisoned.pk in learner_ids:
            raise ValueError("a row that nobody thought of")
        fold(course_key, learner_ids, **options)

    monkeypatch.setattr(rollup, "roll_up_learners", fail)
    poisoned.mend = lambda: monkeypatch.setattr(rollup, "roll_up_learners", fold)
    return poisoned


def marks_of(learner):
    return PendingChange.objects.filter(stage=RollupStage.LEARNER, learner=learner)


def fail_until_set_aside(now):
    for tries in range(10):
        pipeline.process_changes(now=now + tries * WAIT)


def test_a_learner_who_cannot_be_rolled_up_holds_nobody_up(poisoned, now):
    pipeline.process_changes(now=now)
    assert set(LearnerUnit.objects.values_list("learner__username", flat=True)) == {"other"}


def test_what_failed_is_told_with_the_kind_and_the_place_of_its_error(poisoned, now):
    pipeline.process_changes(now=now)
    ((failed_count, error),) = set(marks_of(poisoned).values_list("failed_count", "error"))
    assert failed_count == 1
    assert error.startswith("ValueError (")
    assert "test_batches.py" in error


def test_what_failed_is_not_tried_again_at_once(poisoned, now):
    pipeline.process_changes(now=now)
    assert pipeline.process_changes(now=now + timedelta(seconds=59)) == 0


def test_what_failed_is_rolled_up_later_where_the_cause_has_gone(poisoned, now):
    pipeline.process_changes(now=now)
    poisoned.mend()
    pipeline.process_changes(now=now + timedelta(minutes=1))
    assert LearnerUnit.objects.filter(learner=poisoned).exists()
    assert not marks_of(poisoned).exists()


def test_what_fails_again_and_again_is_set_aside(poisoned, now):
    fail_until_set_aside(now)
    assert set(PendingChange.objects.dead()) == set(marks_of(poisoned))
    assert set(marks_of(poisoned).values_list("failed_count", flat=True)) == {5}


def test_what_was_set_aside_does_not_make_the_others_look_old(poisoned, now):
    fail_until_set_aside(now)
    PendingChange.objects.due(now).exclude(learner=poisoned).delete()
    assert freshness.find_freshness(CourseOutline.objects.get(), now=now + 20 * WAIT).lag_seconds == 0


def test_figures_that_lack_what_was_set_aside_say_up_to_when_they_are_complete(poisoned, make_learner, now):
    fail_until_set_aside(now)
    course, later = CourseOutline.objects.get(), now + 20 * WAIT
    PendingChange.objects.due(later).exclude(learner=poisoned).delete()
    set_aside_at = marks_of(poisoned).earliest("created_at").created_at
    of_class = freshness.find_freshness(course, now=later)
    of_learner = freshness.find_freshness(course, now=later, learner_id=poisoned.pk)
    assert of_class.as_of == of_class.missing_since == of_learner.as_of == set_aside_at
    of_another = freshness.find_freshness(course, now=later, learner_id=make_learner("another").pk)
    assert (of_another.as_of, of_another.missing_since) == (later, None)


def test_what_was_set_aside_is_tried_again_where_somebody_asks_for_it(poisoned, now):
    fail_until_set_aside(now)
    poisoned.mend()
    assert change_queue.retry_failed_changes() == marks_of(poisoned).count()
    pipeline.process_changes(now=now)
    assert LearnerUnit.objects.filter(learner=poisoned).exists()


def test_a_database_that_is_away_is_no_fault_of_a_mark(poisoned, now, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(change_queue, "claim_changes", fail)
    with pytest.raises(OperationalError):
        pipeline.process_changes(now=now)
    assert set(marks_of(poisoned).values_list("failed_count", flat=True)) == {0}


def test_a_batch_leaves_the_garbage_collector_as_it_found_it(poisoned, now):
    seen = []
    pipeline.process_changes(now=now)
    seen.append(gc.isenabled())
    gc.disable()
    try:
        pipeline.process_changes(now=now + WAIT)
        seen.append(gc.isenabled())
    finally:
        gc.enable()
    assert seen == [True, False]

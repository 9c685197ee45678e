"""The roll-up as a whole: from marks to rows, exact whatever happens on the way."""

import random
import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.messages import batch, opened, progress
from tests.rollups.all_rows import ROLLUPS, rows
from tests.school import node
from tracking.capture import attempts, changes
from tracking.events import UnitKind
from tracking.lms.values import AnswerRecord, AttemptRecord, UnitRef
from tracking.models import (
    CourseDay,
    CourseOutline,
    Event,
    LearnerCourse,
    LearnerUnit,
    OutlineUnit,
    PendingChange,
    RollupStage,
    UnitStats,
)
from tracking.rollups.course import rollup
from tracking.rollups.engine import pipeline


@pytest.fixture
def course(school, learner):
    school.course("c", lessons=["a", "b", "d"], quizzes=["q"])
    school.enrol(learner, "c")
    return school


def states(learner):
    return dict(LearnerUnit.objects.filter(learner=learner).values_list("unit_key", "state"))


def attempt(learner, now, *, score, key="1", answers=None):
    return AttemptRecord(
        source_label="quiz.Sitting",
        source_key=key,
        learner_id=learner.pk,
        unit=UnitRef(course_key="c", unit_key="q"),
        started_at=now,
        submitted_at=now,
        score=score,
        max_score=10,
        is_passed=score >= 7,
        answers=answers,
    )


def test_reading_one_lesson_and_passing_over_another_is_told_apart_from_not_being_there_yet(
    course, learner, send_online, now
):
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    pipeline.process_changes(now=now)
    assert states(learner) == {"a": "skipped", "b": "completed"}


def test_nothing_is_skipped_by_who_lets_nothing_be_recorded(course, make_learner, now):
    """Their quizzes were known and their reading was not, so the class page counted every lesson as skipped by them."""
    shy = make_learner("shy", purposes=())
    course.enrol(shy, "c")
    attempts.store_attempt(attempt(shy, now, score=9))
    pipeline.process_changes(now=now)
    assert states(shy) == {"q": "completed"}
    assert sum(UnitStats.objects.values_list("skipped_count", flat=True)) == 0


@pytest.mark.parametrize(
    ("days_ago", "states_now"), [(8, {"a": "skipped"}), (6, {}), (None, {"a": "skipped"})]
)
def test_what_was_due_before_somebody_came_was_never_due_for_them(school, learner, now, days_ago, states_now):
    """A learner who signed up late in a term found every lesson so far among those that they had skipped."""
    school.course("c", lessons=[], nodes=(node("a", due_at=now - timedelta(days=7)), node("b")))
    enrolled_at = now - timedelta(days=days_ago) if days_ago else None
    school.enrol(learner, "c", enrolled_at=enrolled_at)
    changes.mark_learner_changed(learner_id=learner.pk, course_key="c")
    pipeline.process_changes(now=now)
    assert states(learner) == states_now


def test_time_in_two_tabs_is_the_union_and_not_the_sum(course, learner, send_online, now):
    first, second = uuid.uuid4(), uuid.uuid4()
    send_online(
        learner,
        progress(now, "a", [[0, 60_000]], view=first),
        progress(now + timedelta(seconds=30), "a", [[0, 60_000]], view=second),
    )
    pipeline.process_changes(now=now)
    assert LearnerUnit.objects.get(unit_key="a").active_ms == 90_000
    assert LearnerCourse.objects.get().active_ms == 90_000


def test_a_late_message_takes_nothing_away(course, learner, send, send_online, now):
    view = uuid.uuid4()
    send_online(learner, progress(now, "a", [[0, 60_000]], view=view))
    pipeline.process_changes(now=now)
    late = progress(now - timedelta(seconds=30), "a", [[0, 30_000]], view=view)
    later = now + timedelta(hours=5)
    send(learner, batch(late, sent_at=later), received_at=later)
    before = rows()
    pipeline.process_changes(now=now)
    assert rows() == before


def test_a_passed_quiz_completes_it_and_a_regrade_takes_it_back(course, learner, now):
    attempts.store_attempt(attempt(learner, now, score=8))
    pipeline.process_changes(now=now)
    assert states(learner)["q"] == "completed"
    attempts.store_attempt(attempt(learner, now, score=5))
    pipeline.process_changes(now=now)
    assert states(learner)["q"] == "failed"
    attempts.delete_attempts(source_label="quiz.Sitting", source_key="1")
    pipeline.process_changes(now=now)
    assert states(learner) == {}


def test_the_row_of_a_course_counts_what_is_required_and_open(course, learner, send_online, now):
    course.change(
        "c",
        nodes=(
            node("a"),
            node("b", is_required=False),
            node("d", is_available=False),
            node("q", UnitKind.QUIZ),
        ),
    )
    send_online(learner, progress(now, "a", [[0, 60_000]]))
    pipeline.process_changes(now=now)
    row = LearnerCourse.objects.get()
    assert (row.required_count, row.completed_count, row.last_unit_key) == (2, 1, "a")


def test_a_change_of_the_outline_decides_states_anew(course, learner, send_online, now):
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    pipeline.process_changes(now=now)
    course.change("c", nodes=(node("b"), node("a")))
    changes.mark_outline_changed("c")
    pipeline.process_changes(now=now)
    assert states(learner) == {"b": "completed"}


def test_a_course_nobody_has_heard_of_is_read_from_the_host(course, learner, send, now):
    send(learner, batch(opened(now, "a"), sent_at=now))
    pipeline.process_changes(now=now)
    assert CourseOutline.objects.get().title == "Course c"
    assert OutlineUnit.objects.count() == 5


def test_the_class_is_counted_over_the_enrolled_learners_only(
    course, learner, make_learner, send_online, now
):
    guest = make_learner("guest")
    for who in (learner, guest):
        send_online(who, progress(now, "b", [[0, 60_000]]))
    pipeline.process_changes(now=now)
    summary = UnitStats.objects.get(unit_key="b")
    assert (summary.learner_count, summary.reached_count, summary.timed_count) == (1, 1, 1)
    assert UnitStats.objects.get(unit_key="a").skipped_count == 1
    assert list(CourseDay.objects.values_list("day", "learner_count", "active_ms")) == [
        (now.date(), 1, 60_000)
    ]


def test_a_lessons_first_answers_are_those_of_the_first_attempt(course, learner, now):
    def record(number, is_correct):
        answers = (AnswerRecord(question_key="1", is_correct=is_correct, lesson_keys=("a",)),)
        at = now + timedelta(minutes=number)
        attempts.store_attempt(
            attempt(learner, at, score=9 if is_correct else 1, key=str(number), answers=answers)
        )

    record(1, is_correct=False)
    record(2, is_correct=True)
    pipeline.process_changes(now=now)
    lesson, quiz = UnitStats.objects.get(unit_key="a"), UnitStats.objects.get(unit_key="q")
    assert (lesson.answered_count, lesson.correct_count) == (1, 0)
    assert (quiz.attempted_count, quiz.first_passed_count, quiz.passed_count) == (1, 0, 1)


def test_running_it_twice_changes_nothing(course, learner, send_online, now):
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    pipeline.process_changes(now=now)
    before = rows()
    changes.mark_learner_changed(learner_id=learner.pk, course_key="c")
    changes.mark_outline_changed("c")
    pipeline.process_changes(now=now)
    assert rows() == before


def test_a_job_that_dies_loses_neither_marks_nor_rows(course, learner, send_online, now, monkeypatch):
    send_online(learner, progress(now, "b", [[0, 60_000]]))

    def die(*_args, **_kwargs):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(rollup, "roll_up_course", die)
        with pytest.raises(SystemExit):
            pipeline.process_changes(now=now)
    assert PendingChange.objects.filter(stage=RollupStage.CLASS).exists()
    pipeline.process_changes(now=now)
    assert UnitStats.objects.get(unit_key="b").completed_count == 1


def test_the_mark_of_a_deleted_learner_is_worked_off(course, learner, make_learner, send, now):
    gone = make_learner("gone")
    send(gone, batch(opened(now, "a"), sent_at=now))
    gone.delete()
    pipeline.process_changes(now=now)
    assert not PendingChange.objects.filter(stage=RollupStage.LEARNER).exists()


def test_a_unit_that_leaves_the_outline_leaves_the_figures(course, learner, send_online, now):
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    pipeline.process_changes(now=now)
    course.change("c", nodes=(node("a"),))
    changes.mark_outline_changed("c")
    pipeline.process_changes(now=now)
    assert set(UnitStats.objects.values_list("unit_key", flat=True)) == {"a"}
    assert states(learner) == {}


moments = st.integers(-3 * 24 * 60, 0)
views = st.tuples(
    st.sampled_from(["a", "b", "d"]), moments, st.integers(1, 90), st.integers(0, 100), st.booleans()
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=st.lists(views, min_size=1, max_size=6), seed=st.integers(0, 1000))
@example(some=[("a", 0, 1, 0, False), ("a", -997, 1, 0, False)], seed=1)
def test_any_order_of_messages_with_roll_ups_in_between_ends_in_what_one_rebuild_gives(
    course, learner, send, now, some, seed
):
    for model in (*ROLLUPS, Event, PendingChange):
        model.objects.all().delete()
    messages = []
    for number, (unit, minute, minutes, scroll, is_measured) in enumerate(some):
        view = uuid.UUID(int=seed * 100 + number + 1)
        began = now + timedelta(minutes=minute - minutes)
        messages.append(opened(began, unit, view=view if is_measured else None))
        if not is_measured:
            messages[-1]["view"] = None
            continue
        for share in (0.5, 1):
            end = int(minutes * 60_000 * share)
            at = began + timedelta(milliseconds=end)
            messages.append(progress(at, unit, [[0, end]], view=view, payload={"scroll": scroll}))
    shuffled = [*messages, *messages[::2]]
    random.Random(seed).shuffle(shuffled)
    for message in shuffled:
        send(learner, batch(message, sent_at=now))
        if random.Random(seed).random() < 0.5:
            pipeline.process_changes(now=now)
    pipeline.process_changes(now=now)
    incremental = rows()
    _rebuild(learner, now)
    assert rows() == incremental


def _rebuild(learner, now):
    for model in ROLLUPS:
        model.objects.all().delete()
    days = {
        at.date() + timedelta(days=step)
        for at in Event.objects.values_list("happened_at", flat=True)
        for step in (-1, 0, 1)
    }
    changes.mark_days_changed(
        changes.ChangedDay(learner_id=learner.pk, course_key="c", day=day) for day in days
    )
    changes.mark_outline_changed("c")
    changes.mark_learner_changed(learner_id=learner.pk, course_key="c")
    pipeline.process_changes(now=now)

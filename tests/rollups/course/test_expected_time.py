"""How long a lesson should take where the host does not say: what the class needs, once it is large enough to tell."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.messages import progress
from tests.rollups.all_rows import rows
from tests.school import node
from tracking import hooks
from tracking.capture import attempts, changes
from tracking.events import UNIT_COMPLETED, UnitKind
from tracking.lms.values import AttemptRecord, UnitRef
from tracking.models import LearnerUnit, OutlineUnit, PendingChange, RollupStage, UnitStats
from tracking.rollups.course import expected_time, stale_expected_time
from tracking.rollups.engine import outline_refresh, pipeline
from tracking.rollups.learner import rollup

FEWEST = 3
MINUTE = 60


@pytest.fixture
def course(school, settings):
    """A course whose lesson ``told`` should take a minute, while nobody says it of ``untold``."""
    settings.TRACKING = {**settings.TRACKING, "MIN_CLASS_SIZE": FEWEST, "MIN_GROUP_SIZE": FEWEST}
    nodes = (node("told", expected_seconds=MINUTE), node("untold"), node("q", UnitKind.QUIZ))
    school.course("c", nodes=nodes)
    return school


@pytest.fixture
def enrol(course, make_learner):
    def enrolled(name):
        learner = make_learner(name)
        course.enrol(learner, "c")
        changes.mark_outline_changed("c")
        return learner

    return enrolled


@pytest.fixture
def read(send_online, now):
    def read_lesson(learner, seconds, unit="untold", *, at=now, **payload):
        message = progress(at, unit, [[0, seconds * 1000]], payload=payload)
        send_online(learner, message)

    return read_lesson


@pytest.fixture
def hasty(enrol, read, now):
    """Somebody through with the lesson in half a minute, while two others are too few to tell how long it takes."""
    learner = enrol("ada")
    read(learner, 30)
    read(enrol("bo"), 10 * MINUTE)
    pipeline.process_changes(now=now)
    return learner


def state_of(learner, unit="untold"):
    return LearnerUnit.objects.get(learner=learner, unit_key=unit).state


def test_too_few_learners_say_nothing(hasty):
    assert state_of(hasty) == "completed"


def test_a_class_that_is_large_enough_says_how_long_a_lesson_takes(hasty, enrol, read, now):
    read(enrol("cy"), 11 * MINUTE)
    pipeline.process_changes(now=now)
    assert (state_of(hasty), UnitStats.objects.get(unit_key="untold").skimmed_count) == ("skimmed", 1)


def test_what_the_class_needs_may_take_it_back(hasty, enrol, read, now):
    states = []
    for name, minutes in (("cy", 11), ("di", 1), ("ed", 1)):
        read(enrol(name), minutes * MINUTE)
        pipeline.process_changes(now=now)
        states.append(state_of(hasty))
    assert states == ["skimmed", "skimmed", "completed"]


def test_whoever_comes_later_is_judged_by_it_at_once(hasty, enrol, read, now):
    read(enrol("cy"), 11 * MINUTE)
    pipeline.process_changes(now=now)
    late = enrol("di")
    read(late, 40)
    pipeline.process_changes(now=now)
    assert state_of(late) == "skimmed"


def test_what_the_host_says_goes_before_what_the_class_needs(enrol, read, now):
    people = [enrol(name) for name in ("ada", "bo", "cy")]
    for learner, seconds in zip(people, (30, 600, 660), strict=True):
        read(learner, seconds, "told")
    pipeline.process_changes(now=now)
    assert [state_of(each, "told") for each in people] == ["completed"] * 3


def test_what_the_class_needs_goes_before_the_setting(hasty, enrol, read, now, settings):
    settings.TRACKING = {**settings.TRACKING, "DEFAULT_EXPECTED_SECONDS": MINUTE}
    read(enrol("cy"), 11 * MINUTE)
    pipeline.process_changes(now=now)
    assert state_of(hasty) == "skimmed"


def test_another_minimum_judges_everybody_anew(hasty, now, settings):
    settings.TRACKING = {**settings.TRACKING, "MIN_CLASS_SIZE": 2, "MIN_GROUP_SIZE": 2}
    assert outline_refresh.refresh_all_outlines(now=now) == 1
    pipeline.process_changes(now=now)
    assert state_of(hasty) == "skimmed"


def test_a_host_that_says_it_after_all_is_believed(hasty, enrol, read, now, course):
    read(enrol("cy"), 11 * MINUTE)
    pipeline.process_changes(now=now)
    course.change("c", nodes=(node("untold", expected_seconds=MINUTE),))
    changes.mark_outline_changed("c")
    pipeline.process_changes(now=now)
    assert state_of(hasty) == "completed"


@pytest.mark.parametrize("finish", ["by the host", "by an attempt"])
def test_what_is_no_matter_of_reading_is_left_alone_for_good(hasty, enrol, read, now, finish):
    """Their rows look like those of somebody who was judged by another time: they were made again and again."""
    if finish == "by the host":
        hooks.record_event(hasty, UNIT_COMPLETED, course_key="c", unit_key="untold", at=now)
    else:
        attempts.store_attempt(
            AttemptRecord(
                source_label="quiz.Sitting",
                source_key="1",
                learner_id=hasty.pk,
                unit=UnitRef(course_key="c", unit_key="untold"),
                started_at=now,
            )
        )
    read(enrol("cy"), 11 * MINUTE)
    pipeline.process_changes(now=now)
    before = rows()
    stale_expected_time.mark_stale_expected_time("c", list(OutlineUnit.objects.filter(course_key="c")))
    assert not PendingChange.objects.exclude(stage=RollupStage.FINDINGS).exists()
    assert (state_of(hasty) == "skimmed", rows() == before) == (False, True)


@pytest.mark.parametrize("column", ["reported_later_ms", "media_ms"])
def test_time_that_counts_for_the_state_is_not_taken_for_haste(hasty, enrol, read, now, column):
    """Such rows were made again and again: they were judged by less time than their state."""
    read(enrol("cy"), 11 * MINUTE)
    pipeline.process_changes(now=now)
    LearnerUnit.objects.filter(learner=hasty).update(state="completed", **{column: 10 * MINUTE * 1000})
    stale_expected_time.mark_stale_expected_time("c", list(OutlineUnit.objects.filter(course_key="c")))
    assert not PendingChange.objects.filter(stage=RollupStage.LEARNER).exists()


def test_only_those_whose_state_is_another_now_are_made_again(hasty, enrol, read, now, monkeypatch):
    fold, folded = rollup.roll_up_learners, []

    def noting(course_key, learner_ids, **options):
        folded.append(list(learner_ids))
        fold(course_key, learner_ids, **options)

    last = enrol("cy")
    pipeline.process_changes(now=now)
    monkeypatch.setattr(rollup, "roll_up_learners", noting)
    read(last, 11 * MINUTE)
    pipeline.process_changes(now=now)
    assert folded == [[last.pk], [hasty.pk]]


def test_whoever_waits_to_be_made_again_is_not_marked_twice(hasty, enrol, read, now):
    read(enrol("cy"), 11 * MINUTE)
    pipeline.process_changes(now=now)
    LearnerUnit.objects.filter(learner=hasty, unit_key="untold").update(state="completed")
    for _ in range(2):
        stale_expected_time.mark_stale_expected_time("c", list(OutlineUnit.objects.filter(course_key="c")))
    assert list(
        PendingChange.objects.filter(stage=RollupStage.LEARNER).values_list("learner_id", flat=True)
    ) == [hasty.pk]


def test_a_course_whose_host_says_it_all_costs_nothing(course, enrol, now, django_assert_num_queries):
    course.change("c", nodes=(node("told", expected_seconds=MINUTE), node("q", UnitKind.QUIZ)))
    enrol("ada")
    pipeline.process_changes(now=now)
    outline = list(OutlineUnit.objects.filter(course_key="c"))
    with django_assert_num_queries(0):
        assert expected_time.class_medians("c", outline) == {}
        stale_expected_time.mark_stale_expected_time("c", outline)


def test_a_page_reads_the_figure_that_the_roll_up_goes_by(hasty, enrol, read, now):
    read(enrol("cy"), 11 * MINUTE)
    for name in ("di", "ed", "flo"):
        read(enrol(name), 2 * MINUTE, "told")
    pipeline.process_changes(now=now)
    outline = list(expected_time.annotate_class_median(OutlineUnit.objects.filter(course_key="c")))
    learned = {unit.unit_key: expected_time.annotated_class_median(unit) for unit in outline}
    assert learned == {"told": None, "untold": 10 * MINUTE, "q": None}
    assert expected_time.class_medians("c", outline) == {"untold": 10 * MINUTE}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_read_the_figure_before_it_was_set_and_writes_after_leaves_nothing_wrong(
    hasty, enrol, read, now, monkeypatch
):
    """The class looks for whom its new figure judges otherwise, and this one has not been written yet."""
    read(enrol("cy"), 11 * MINUTE)
    pipeline.process_changes(now=now)
    late = enrol("di")
    pipeline.process_changes(now=now)
    UnitStats.objects.update(timed_count=0, median_active_ms=None)
    read(late, 35)
    has_read, may_write = threading.Event(), threading.Event()
    learned = expected_time.class_medians

    def waiting(course_key, outline):
        found = learned(course_key, outline)
        if threading.current_thread().name.startswith("late"):
            has_read.set()
            assert may_write.wait(30)
        return found

    def roll_up_late():
        try:
            return next(pipeline.process_changes_stepwise(now=now))
        finally:
            connection.close()

    monkeypatch.setattr(expected_time, "class_medians", waiting)
    with ThreadPoolExecutor(1, thread_name_prefix="late") as pool:
        worker = pool.submit(roll_up_late)
        assert has_read.wait(30)
        PendingChange.objects.create(stage=RollupStage.CLASS, course_key="c")
        pipeline.process_changes(now=now)
        assert expected_time.class_medians("c", OutlineUnit.objects.all()) == {"untold": 10 * MINUTE}
        may_write.set()
        assert worker.result() == 2  # One change for each of its two messages.
    pipeline.process_changes(now=now)
    assert state_of(late) == "skimmed"

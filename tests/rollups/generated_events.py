"""A course, two learners, and whatever may happen to them, in any order and with workers that die."""

from __future__ import annotations

import uuid
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests import proofs
from tests.messages import batch, opened, progress
from tests.rollups.all_rows import ROLLUPS
from tests.school import node
from tracking.capture import attempts
from tracking.capture import changes as capture_changes
from tracking.events import Purpose, UnitKind
from tracking.lms.values import AttemptRecord, UnitRef
from tracking.models import (
    Attempt,
    Calibration,
    Consent,
    CourseOutline,
    Enrolment,
    Event,
    OutlineUnit,
    PendingChange,
    RollupStage,
)
from tracking.privacy import consent
from tracking.rollups.engine import batches, pipeline, rebuild
from tracking.rollups.engine.rebuild import RebuildScope

UNITS = ("a", "b", "d")
MINUTE = 60_000
STORED = (*ROLLUPS, Calibration, Event, Attempt, PendingChange, CourseOutline, OutlineUnit, Enrolment)


def outline(units=UNITS, *, hidden=None):
    """The nodes of the course. How long ``a`` takes is said, and of the others it is learned from the class."""
    lessons = [
        node(key, is_available=key != hidden, expected_seconds=600 if key == "a" else None) for key in units
    ]
    return (*lessons, node("q", UnitKind.QUIZ))


class Crash(BaseException):
    """The end of a worker: nothing below catches it, as nothing catches SIGKILL."""


@contextmanager
def dying_at(statement):
    """Let the worker die at its ``statement``-th statement from now on, if it comes so far."""
    left = statement

    def count(execute, sql, params, many, context):
        nonlocal left
        left -= 1
        # Once: the transaction that is under way has to be rolled back, as the database does for the dead.
        if left == -1:
            raise Crash
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count), suppress(Crash):
        yield


people = st.integers(0, 1)
minutes = st.integers(-4 * 24 * 60, 0)
reading = st.tuples(
    st.just("read"),
    people,
    st.sampled_from(UNITS),
    minutes,
    st.one_of(st.integers(1, 10), st.integers(1, 200)),
    st.one_of(st.integers(0, 100), st.just(100)),
    st.integers(0, 3),
)
changes = st.one_of(
    reading,
    reading,
    reading,
    st.tuples(st.just("again"), st.integers(0, 20)),
    st.tuples(st.just("open"), people, st.sampled_from(UNITS), minutes),
    st.tuples(st.just("attempt"), people, st.integers(0, 1), st.integers(0, 10), minutes),
    st.tuples(st.just("forget"), people, st.integers(0, 1)),
    st.tuples(st.just("order"), st.permutations(UNITS), st.sampled_from([None, *UNITS])),
    st.tuples(st.just("consent"), people, st.booleans()),
    st.tuples(st.just("enrol"), people, st.sampled_from(["", "red", "blue", None])),
    st.tuples(st.just("zone"), st.sampled_from(["", "Asia/Tokyo", "America/New_York"])),
    st.tuples(st.just("work"), st.integers(0, 60)),
    st.tuples(st.just("work"), st.just(100_000)),
    st.tuples(st.just("rebuild"), st.integers(0, 60)),
)


class World:
    """A course, two learners, and what may happen to them."""

    def __init__(self, school, learners, send, now):
        self.school, self.learners, self.send, self.now = school, learners, send, now
        self.sent = []
        self.groups = {0: "red", 1: ""}

    def do(self, change):
        name, *details = change
        getattr(self, name)(*details)

    def read(self, who, unit, minute, length, scroll, view):
        view_id = uuid.UUID(int=who * 100 + UNITS.index(unit) * 10 + view + 1)
        at = self.now + timedelta(minutes=minute)
        spans = [[0, length * MINUTE // 2], [length * MINUTE * 2 // 3, length * MINUTE]]
        self._send(who, progress(at, unit, spans, view=view_id, payload={"scroll": scroll}))

    def open(self, who, unit, minute):
        self._send(who, {**opened(self.now + timedelta(minutes=minute), unit), "view": None})

    def again(self, place):
        if self.sent:
            who, message = self.sent[place % len(self.sent)]
            self.send(self.learners[who], batch(message, sent_at=self.now), received_at=self.now)

    def _send(self, who, message):
        self.sent.append((who, message))
        self.send(self.learners[who], batch(message, sent_at=self.now), received_at=self.now)

    def attempt(self, who, number, score, minute):
        attempts.store_attempt(
            AttemptRecord(
                source_label="quiz.Sitting",
                source_key=str(number),
                learner_id=self.learners[who].pk,
                unit=UnitRef(course_key="c", unit_key="q"),
                started_at=self.now + timedelta(minutes=minute),
                submitted_at=self.now + timedelta(minutes=minute),
                score=score,
                max_score=10,
                is_passed=score >= 7,
            )
        )

    def forget(self, who, number):
        del who
        attempts.delete_attempts(source_label="quiz.Sitting", source_key=str(number))

    def order(self, units, hidden):
        self.school.change("c", nodes=outline(units, hidden=hidden))
        capture_changes.mark_outline_changed("c")

    def consent(self, who, is_given):
        answer = consent.grant if is_given else consent.refuse
        answer(self.learners[who].pk, [Purpose.ENGAGEMENT], source="test")
        cache.clear()  # Answers are forgotten at commit, and a test never commits.

    def enrol(self, who, group):
        self.groups[who] = group
        self.school.enrolled["c"] = []
        for place, key in self.groups.items():
            if key is not None:
                self.school.enrol(self.learners[place], "c", group_key=key)
        capture_changes.mark_outline_changed("c")

    def zone(self, name):
        self.school.change("c", time_zone=name)
        capture_changes.mark_outline_changed("c")

    def work(self, statement):
        with dying_at(statement):
            pipeline.process_changes(now=self.now)

    def settle(self):
        """Roll up what is left, and measure by answers as they are now.

        By design a calibration holds for a day, also where an answer was corrected meanwhile: that day is over.
        """
        pipeline.process_changes(now=self.now)
        Calibration.objects.update(is_stale=True)
        PendingChange.objects.create(stage=RollupStage.QUESTIONS, course_key="c")
        pipeline.process_changes(now=self.now)

    def rebuild(self, statement):
        with dying_at(statement):
            sum(rebuild.mark_for_rebuild(RebuildScope()))
            pipeline.process_changes(now=self.now)


@pytest.fixture
def make_world(school, make_learner, send, now, monkeypatch, settings):
    """Make the world anew as often as it is asked for. Two are a class from which something can be learned."""
    settings.TRACKING = {**settings.TRACKING, "MIN_CLASS_SIZE": 2, "MIN_GROUP_SIZE": 2}
    learners = [make_learner("ada"), make_learner("bo")]
    # A batch that dies is a worker that dies; the try of each key alone is for what cannot be handled.
    monkeypatch.setattr(batches.log, "disabled", True)

    def make():
        for model in STORED:
            model.objects.all().delete()
        Consent.objects.all().delete()
        cache.clear()
        for learner in learners:
            consent.grant(learner.pk, tuple(Purpose), source="test")
        school.outlines.clear()
        school.enrolled.clear()
        school.course("c", nodes=outline(), starts_at=now - timedelta(days=2))
        school.enrol(learners[0], "c", group_key="red")
        school.enrol(learners[1], "c")
        return World(school, learners, send, now)

    return make


hasty = ("read", 1, "b", -1000, 10, 100, 0)
slow = ("read", 0, "b", -500, 200, 100, 0)
at_once = ("work", 100_000)
learned_later = example(happening=[hasty, at_once, slow, at_once])
"""The second of two to read a lesson decides that the first has skimmed it."""
early, late = ("read", 0, "d", -1739, 4, 100, 1), ("read", 0, "d", -281, 37, 20, 1)
earlier_later = example(happening=[late, at_once, early])
later_later = example(happening=[early, at_once, late])
"""Messages of one view on two days: what comes later about one of them is said of both."""
corrected = example(happening=[("attempt", 0, 0, 2, -1622), at_once, ("attempt", 0, 0, 10, -520)])
"""An answer that was wrong when questions were last measured."""
any_changes = given(happening=st.lists(changes, min_size=1, max_size=12))
exactly = settings(
    max_examples=proofs.examples(6, 100),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

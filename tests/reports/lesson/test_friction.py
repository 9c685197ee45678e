"""Where pages get in the way: counted by learner, lesson by lesson."""

import uuid
from datetime import timedelta

import pytest

from tests.factories import EnrolmentFactory, EventFactory, OutlineUnitFactory, UserFactory, share_engagement
from tracking.models import Enrolment, OutlineUnit, PageView
from tracking.reports.lesson import friction, page_events
from tracking.reports.lesson.friction import ClickedElement

MINUTE = timedelta(minutes=1)


@pytest.fixture
def readers(db, now):
    """Twenty learners who share how they work, each of whom has opened lesson ``a``."""
    OutlineUnitFactory.create(course_key="c", unit_key="a")
    OutlineUnitFactory.create(course_key="c", unit_key="b")
    learners = [UserFactory.create() for _ in range(20)]
    for learner in learners:
        EnrolmentFactory.create(course_key="c", learner=learner)
        share_engagement(learner)
        read(learner, "a", now - MINUTE)
    return learners


def read(learner, unit_key, at, *, active_ms=60_000, visit=None):
    PageView.objects.create(
        view_id=uuid.uuid4(), learner=learner, course_key="c", unit_key=unit_key, visit_id=visit,
        opened_at=at, last_at=at, active_ms=active_ms, visible_ms=active_ms,
    )  # fmt: skip


def happen(learners, event, now, /, **payload):
    for learner in learners:
        EventFactory.create(
            learner=learner, course_key="c", unit_key="a", kind=event, happened_at=now - MINUTE,
            view_id=uuid.uuid4(), payload=payload,
        )  # fmt: skip


def of(now, unit_key="a"):
    sharing = set(Enrolment.objects.values_list("learner_id", flat=True))
    told = page_events.read_page_events("c", unit_key, sharing, now=now)
    return friction.unit_friction(OutlineUnit.objects.get(unit_key=unit_key), sharing, told.details, now=now)


def test_rage_and_dead_clicks_are_counted_by_learner_with_what_was_clicked(readers, now):
    happen(readers[:6], "friction.detected", now, kind="rage", element="button", name="play")
    happen(readers[:6], "friction.detected", now, kind="rage", element="button", name="play")
    happen(readers[:5], "friction.detected", now, kind="dead", element="a")
    found = of(now)
    assert (found.learner_count, found.view_count, found.rage_count, found.dead_count) == (20, 20, 6, 5)
    assert found.elements == (ClickedElement("play", 6), ClickedElement("a", 5))
    assert found.share == 6 / 20


def test_who_goes_back_within_five_seconds_has_gone_in_vain(readers, now):
    for number, learner in enumerate(readers[:8]):
        visit = uuid.uuid4()
        read(learner, "b", now - 5 * MINUTE, visit=visit)
        read(learner, "a", now - 4 * MINUTE, active_ms=4_999 if number < 6 else 5_000, visit=visit)
        read(learner, "b", now - 3 * MINUTE, visit=visit)
    assert of(now).quick_back_count == 6
    assert of(now, "b").quick_back_count == 0


def test_a_glance_at_the_end_of_a_visit_is_no_way_back(readers, now):
    for learner in readers[:8]:
        read(learner, "b", now - 5 * MINUTE, visit=uuid.uuid4())
        read(learner, "a", now - 4 * MINUTE, active_ms=1000, visit=uuid.uuid4())
        read(learner, "b", now - 3 * MINUTE, visit=uuid.uuid4())
    assert of(now).quick_back_count == 0


def test_scrolling_is_thrashing_only_beside_the_page_itself(readers, now):
    for _ in range(7):
        happen(readers, "page.details", now, turns=40)
    assert of(now).thrashing_count == 0
    happen(readers[:6], "page.details", now, turns=90)
    assert of(now).thrashing_count == 6


def test_forms_given_up_are_counted_of_those_who_began_them(readers, now):
    happen(readers[:9], "form.started", now, name="poll", is_quiz=True)
    happen(readers[4:12], "form.abandoned", now, name="poll", is_quiz=True)
    found = of(now)
    assert (found.begun_count, found.abandoned_count) == (9, 5)


def test_what_is_over_four_weeks_old_counts_no_more(readers, now):
    happen(readers[:6], "friction.detected", now, kind="rage", element="button")
    found = of(now + timedelta(days=29))
    assert (found.learner_count, found.rage_count) == (0, 0)


def test_the_friction_of_a_unit_takes_one_query(readers, now, django_assert_num_queries):
    happen(readers[:6], "friction.detected", now, kind="rage", element="button")
    sharing = {reader.pk for reader in readers}
    unit = OutlineUnit.objects.get(unit_key="a")
    told = page_events.read_page_events("c", "a", sharing, now=now)
    with django_assert_num_queries(1):
        friction.unit_friction(unit, sharing, told.details, now=now)

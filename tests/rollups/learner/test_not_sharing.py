"""Nothing follows from silence: who does not share how they work is in no figure about the class."""

from datetime import timedelta

import pytest

from tests import factories
from tests.messages import progress
from tracking import jobs
from tracking.capture import changes
from tracking.models import Finding, LearnerUnit, UnitStats
from tracking.reports.course import overview as course_overview
from tracking.reports.learner import progress as learner_progress


@pytest.fixture
def class_of_two(school, learner, make_learner, send_online, now):
    """Lena shares and went past lesson a to b; the other shares nothing. Both tried the quiz."""
    silent = make_learner("silent", purposes=())
    school.course("c", lessons=["a", "b"], quizzes=["q"], starts_at=now - timedelta(days=30))
    for each in (learner, silent):
        school.enrol(each, "c")
        factories.AttemptFactory(
            learner=each,
            course_key="c",
            unit_key="q",
            score=9,
            is_passed=True,
            started_at=now,
            submitted_at=now,
        )
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    changes.mark_learners_changed([(each.pk, "c") for each in (learner, silent)])
    jobs.roll_up(now=now)
    return silent


def test_lessons_and_quizzes_count_those_who_share(class_of_two):
    figures = {
        row.unit_key: (row.learner_count, row.reached_count, row.skipped_count)
        for row in UnitStats.objects.all()
    }
    assert figures == {"a": (1, 0, 1), "b": (1, 1, 0), "q": (1, 1, 0)}


def test_the_course_record_of_who_shares_nothing_works(class_of_two, now):
    found = learner_progress.find_learner_progress(class_of_two.pk, "c", now=now)
    assert found is not None
    assert (found.shares_engagement, found.completed_count, len(found.attempts)) == (False, 1, 1)
    overview = course_overview.find_class_overview("c", now=now)
    assert overview is not None
    assert overview.not_sharing_count == 1


def test_nothing_is_found_in_silence(class_of_two, learner, now):
    jobs.roll_up(now=now + timedelta(days=20))
    assert not LearnerUnit.objects.filter(learner=class_of_two, state="skipped").exists()
    assert not Finding.objects.filter(learner=class_of_two, unit_key__in=["a", "b"]).exists()
    assert Finding.objects.filter(learner=learner, unit_key="a").exists()

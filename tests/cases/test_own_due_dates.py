"""One learner has an extension: a lesson that was due two days ago for all is due next week for them."""

from datetime import timedelta

from tests.cases import figures
from tests.school import node
from tracking.reports.learner import progress


def test_a_lesson_is_not_skipped_before_the_due_date_of_that_learner(school, learner, now):
    month = timedelta(days=30)
    lessons = (node("late", due_at=now - timedelta(days=2)), node("next"))
    school.course("c", nodes=lessons, starts_at=now - month, ends_at=now + month)
    school.enrol(learner, "c", enrolled_at=now - month, due_at={"late": now + timedelta(days=5)})
    figures.update(now=now)
    assert figures.states(learner).get("late", "not_reached") == "not_reached"


def test_the_page_of_that_learner_shows_their_own_due_date(school, learner, now):
    own = now + timedelta(days=5)
    school.course("c", nodes=(node("late", due_at=now - timedelta(days=2)), node("next")))
    school.enrol(learner, "c", due_at={"late": own})
    figures.update(now=now)
    found = progress.find_learner_progress(learner.pk, "c", now=now)
    assert found is not None
    assert [(unit.due_at, unit.is_overdue) for unit in found.due] == [(own, False)]


def test_a_withdrawn_extension_no_longer_counts(school, learner, now):
    month = timedelta(days=30)
    lessons = (node("late", due_at=now - timedelta(days=2)), node("next"))
    school.course("c", nodes=lessons, starts_at=now - month, ends_at=now + month)
    school.enrol(learner, "c", enrolled_at=now - month, due_at={"late": now + timedelta(days=5)})
    figures.update(now=now)
    school.enrolled["c"].clear()
    school.enrol(learner, "c", enrolled_at=now - month)
    figures.update(now=now)
    assert figures.states(learner)["late"] == "skipped"

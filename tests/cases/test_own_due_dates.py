"""One learner has an extension: a lesson that was due two days ago for all is due next week for them."""

from datetime import timedelta

import pytest

from tests.cases import figures
from tests.school import node


@pytest.mark.xfail(
    strict=True, reason="The host cannot give one learner their own due date: Enrolled has no field for it."
)
def test_a_lesson_is_not_skipped_before_the_due_date_of_that_learner(school, learner, now):
    month = timedelta(days=30)
    lessons = (node("late", due_at=now - timedelta(days=2)), node("next"))
    school.course("c", nodes=lessons, starts_at=now - month, ends_at=now + month)
    school.enrol(learner, "c", enrolled_at=now - month, due_at={"late": now + timedelta(days=5)})
    figures.update(now=now)
    assert figures.states(learner)["late"] == "not_reached"

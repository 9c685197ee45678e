"""Who acts, on what, and where."""

import pytest

from tests.factories import FindingFactory
from tests.findings.actions.acting import DAY, bring_up_to_date
from tracking.findings.actions import Actor
from tracking.models import (
    Audience,
)


@pytest.fixture
def teacher(make_learner):
    return Actor(user_id=make_learner("ines").pk, audience=Audience.INSTRUCTOR)


@pytest.fixture
def herself(learner):
    return Actor(user_id=learner.pk, audience=Audience.LEARNER)


@pytest.fixture
def finding(learner, now):
    return FindingFactory.create(
        learner=learner, reason="repeated_failure", unit_key="q", severity=4, opened_at=now
    )


@pytest.fixture
def course(school, learner, now):
    school.course("c", lessons=["a", "b"], quizzes=["q"], starts_at=now - 30 * DAY)
    school.enrol(learner, "c", enrolled_at=now - 30 * DAY)
    bring_up_to_date(now)
    return school

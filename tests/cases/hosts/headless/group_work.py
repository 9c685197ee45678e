"""A group submits work, and a teacher then corrects its members: one leaves, another joins."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from tests.cases import figures
from tests.hosts.driving import agreed, attempts
from tests.hosts.headless.models import Program, Step, Work

pytest_plugins = ["tests.hosts.committing"]
pytestmark = pytest.mark.once


@pytest.fixture
def people():
    """By name: Ada and Ben, who submitted an accepted task, and Dora, who then replaced Ben."""
    program = Program.objects.create()
    step = Step.objects.create(program=program, text="task", is_task=True)
    people = {name: agreed(User.objects.create_user(name)) for name in ("ada", "ben", "dora")}
    program.members.set(people.values())
    work = Work.objects.create(step=step, is_accepted=True)
    work.group.set([people["ada"], people["ben"]])
    figures.update(now=timezone.now())
    work.group.set([people["ada"], people["dora"]])
    work.save()
    figures.update(now=timezone.now())
    return people


def owners():
    return sorted(name for name, *_ in attempts())


def test_a_group_attempt_belongs_to_the_current_members(people):
    assert owners() == ["ada", "dora"]


def test_a_learner_who_left_the_group_has_not_completed_its_task(people):
    [program] = Program.objects.all()
    assert "completed" not in figures.states(people["ben"], str(program.pk)).values()


def test_a_learner_who_joined_the_group_has_completed_its_task(people):
    [program] = Program.objects.all()
    assert list(figures.states(people["dora"], str(program.pk)).values()) == ["completed"]


def test_the_backfill_removes_the_attempt_of_a_learner_who_left_the_group(people):
    call_command("tracking_backfill", verbosity=0)
    assert owners() == ["ada", "dora"]


def test_a_learner_who_leaves_from_their_own_side_has_no_attempt(people):
    people["dora"].work_set.clear()
    assert owners() == ["ada"]

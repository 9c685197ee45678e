import pytest
from django.contrib.auth.models import Permission, User
from django.core import signing
from django.test import Client
from django.utils import timezone

from tests.hosts.driving import agreed, attempts, learners, openings, outlines
from tests.hosts.headless.models import Program, Step, Work
from tests.messages import batch, opened
from tracking import lms

pytest_plugins = ["tests.hosts.committing"]


@pytest.fixture
def program():
    return Program.objects.create()


@pytest.fixture
def step(program):
    return Step.objects.create(program=program, text="Read this")


@pytest.fixture
def join(program):
    def joined(name):
        user = User.objects.create_user(name)
        program.members.add(user)
        return agreed(user)

    return joined


def front_end_of(user):
    return Client(headers={"Authorization": f"Bearer {signing.dumps(user.pk)}"})


def test_a_step_that_the_front_end_fetches_is_opened_by_the_one_whose_token_it_sends(program, step, join):
    ida, tom = join("ida"), join("tom")

    fetched = front_end_of(ida).get(f"/api/steps/{step.pk}/")
    front_end_of(tom).get(f"/api/steps/{step.pk}/")

    assert fetched.json() == {"id": step.pk, "text": "Read this"}
    unit = f"step:{step.pk}"
    assert openings() == [("ida", str(program.pk), unit), ("tom", str(program.pk), unit)]
    assert outlines() == {str(program.pk): [unit]}


def test_a_list_a_wrong_token_and_a_stranger_open_nothing(step, join):
    front_end_of(join("ida")).get("/api/steps/")
    Client(headers={"Authorization": "Bearer forged"}).get(f"/api/steps/{step.pk}/")
    front_end_of(agreed(User.objects.create_user("stranger"))).get(f"/api/steps/{step.pk}/")

    assert openings() == []


def test_work_of_a_group_is_an_attempt_of_each_who_was_added_to_it_after_the_row(program, step, join):
    ida, tom = join("ida"), join("tom")

    front_end_of(ida).post(f"/api/steps/{step.pk}/work/", {"with": [tom.pk]}, content_type="application/json")

    row = (str(program.pk), f"step:{step.pk}", None, None, None)
    assert attempts() == [("ida", *row), ("tom", *row)]

    work = Work.objects.get()
    work.is_accepted = True
    work.save()
    assert [(name, is_passed) for name, *_, is_passed in attempts()] == [("ida", True), ("tom", True)]


def test_whoever_has_the_permission_instructs_every_program(program, join):
    coach = User.objects.create_user("coach")
    coach.user_permissions.add(Permission.objects.get(codename="coach"))
    ida = join("ida")
    adapter = lms.get_adapter()

    assert adapter.instructed_course_keys(User.objects.get(pk=coach.pk)) == [str(program.pk)]
    assert adapter.instructed_course_keys(ida) == []
    assert learners(str(program.pk)) == [ida.pk]


def test_the_front_end_loads_the_tracker_with_its_token_and_sends_by_the_pass_that_it_gets(
    program, step, join
):
    ida = join("ida")
    told = front_end_of(ida).get(f"/tracking/api/v1/courses/{program.pk}/tracker/").json()
    moment = timezone.now()
    body = batch(opened(moment, f"step:{step.pk}", course=str(program.pk)), sent_at=moment)

    without_token = Client(headers={"Sec-Fetch-Site": "same-origin"})
    answers = [
        without_token.post(address, body, content_type="application/json").status_code
        for address in (told["endpoint"], "/tracking/events/")
    ]

    assert (told["state"], answers) == ("on", [202, 401])
    assert openings() == [("ida", str(program.pk), f"step:{step.pk}")]

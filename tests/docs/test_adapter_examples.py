"""Every example of the guides works on the demo's platform, and every adapter that they show is a tested one."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.test import RequestFactory

from courses.models import Attempt as HostAttempt
from courses.tracking_adapter import Adapter as DemoAdapter
from tracking import lms
from tracking.lms import UnitRef

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/adapter.md").read_text()
BLOCK = r"<!-- {kind}: (\w+) -->\n```python\n(.*?)```"
EXAMPLES = dict(re.findall(BLOCK.format(kind="example"), GUIDE, re.DOTALL))
HOSTS = dict(re.findall(BLOCK.format(kind="host"), GUIDE + (ROOT / "docs/install.md").read_text(), re.DOTALL))
LESSON = UnitRef(course_key="tiny", unit_key="lesson:first-steps/reading")


def adapter(name):
    """Return the demo's adapter with what the example called ``name`` overrides."""
    code = compile(EXAMPLES[name], f"docs/adapter.md {name}", "exec")
    names = {"lms": lms, "User": User, **{each: getattr(lms, each) for each in lms.__all__}}
    exec(code, names)
    return type("Adapter", (names["Adapter"], DemoAdapter), {})()


def page(path="/"):
    request = RequestFactory().get(path)
    request.session, request.user, request.resolver_match = SessionBase(), AnonymousUser(), None
    return request


@pytest.mark.parametrize("name", HOSTS)
def test_the_adapter_that_a_guide_shows_is_the_one_of_the_host(name):
    assert (ROOT / f"tests/hosts/{name}/tracking_adapter.py").read_text() == HOSTS[name]


def test_every_host_stands_in_a_guide():
    assert set(HOSTS) == {path.parent.name for path in ROOT.glob("tests/hosts/*/tracking_adapter.py")}


def test_every_method_that_may_be_overridden_has_an_example():
    source = (ROOT / "tracking/lms/adapter.py").read_text()
    section = source.partition("# Methods that a host may override")[2].partition("# Derived from")[0]
    assert set(re.findall(r"def (\w+)\(", section)) == set(EXAMPLES)


def test_course_keys(course):
    type(course).objects.create(
        slug="draft-2", title="Soon", starts_on=course.starts_on, ends_on=course.ends_on
    )
    assert list(adapter("course_keys").course_keys()) == ["tiny"]


def test_outline():
    nodes = adapter("outline").outline("handbook").nodes
    assert [(node.key, node.parent_key) for node in nodes] == [("intro", ""), ("intro/tools", "intro")]


def test_enrolments(learner):
    assert [each.learner_id for each in adapter("enrolments").enrolments("tiny")] == [learner.pk]


def test_unit_of_request():
    given = adapter("unit_of_request")
    assert given.unit_of_request(page("/handbook/tools/"), None) == UnitRef(
        course_key="handbook", unit_key="handbook/tools"
    )
    assert given.unit_of_request(page("/other/"), None) is None


def test_viewed():
    given = adapter("viewed")
    assert given.viewed(page(), HttpResponse(headers={"X-Locked": "1"}), LESSON) is None
    assert given.viewed(page(), HttpResponse(), LESSON) is LESSON


def test_ignore():
    request = page()
    assert not adapter("ignore").ignore(request)
    request.session["acting_as"] = 7
    assert adapter("ignore").ignore(request)


def test_can_view_course(course, learner):
    given = adapter("can_view_course")
    assert not given.can_view_course(learner, "tiny")
    learner.groups.add(Group.objects.create(name="Tutors"))
    assert given.can_view_course(learner, "tiny")


def test_instructed_course_keys(course, learner):
    given = adapter("instructed_course_keys")
    assert given.instructed_course_keys(learner) == []
    learner.is_staff = True
    assert given.instructed_course_keys(learner) == ["tiny"]


def test_display_name():
    assert adapter("display_name").display_name(User(first_name="Lea", last_name="Lund")) == "Lund, Lea"


@pytest.mark.usefixtures("course")
def test_unit_url():
    nodes = adapter("unit_url").outline("tiny").nodes
    assert {node.url for node in nodes} == {f"/read/tiny/{node.key}/" for node in nodes}


@pytest.mark.usefixtures("course")
def test_skills():
    skills = {node.key: node.skills for node in adapter("skills").outline("tiny").nodes}
    assert skills.pop("quiz:first-steps/check") == ("colours", "shapes")
    assert set(skills.values()) == {()}


def test_may_consent(learner):
    given = adapter("may_consent")
    assert given.may_consent(learner, lms.Purpose.ENGAGEMENT)
    learner.groups.add(Group.objects.create(name="Under 16 without a parent's yes"))
    assert not given.may_consent(learner, lms.Purpose.ENGAGEMENT)


def test_purpose_rules():
    given = adapter("purpose_rules")
    assert given.purpose_rules("counselling-1") == {lms.Purpose.ENGAGEMENT: lms.ConsentRequirement.OFF}
    assert given.purpose_rules("tiny") == {}


def test_attempt_records(attempt):
    given = adapter("attempt_records")
    assert given.attempt_records(attempt) == []
    HostAttempt.objects.filter(pk=attempt.pk).update(
        score=1, max_score=6, passed=False, submitted_at=attempt.started_at
    )
    attempt.refresh_from_db()
    assert [each.max_score for each in given.attempt_records(attempt)] == [6]

"""The description of the API: complete, checked in, and true of every answer to everybody."""

import itertools
import json
import os
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rest_framework.authtoken.models import Token
from schemathesis import checks

from config.wsgi import application
from docs import openapi
from tests import factories
from tests.messages import progress
from tests.school import Adapter
from tests.undoing import undone
from tracking import jobs
from tracking.models import Answer, Attempt, Download, Event, Finding
from tracking.privacy import downloads

MARKER = "zzmarker"
"""Stands in whatever is about the learner called ``other``, and about nobody else."""

PROMISES = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]

EXAMPLES = int(os.environ.get("TRACKING_API_EXAMPLES", "4"))
"""Requests for each operation and role; ``make fuzz-api`` sends many more."""

described = schemathesis.openapi.from_dict(json.loads(json.dumps(openapi.described())))
described.app = application
OPERATIONS: dict[str, Any] = {
    operation.label: operation
    for operation in (each.ok() for each in described.get_all_operations())  # type: ignore[union-attr]  # None is broken.
}

_labels = sorted(OPERATIONS, key=lambda label: label.split("/"))
GROUPS = {f"from {_labels[start]}": _labels[start : start + 6] for start in range(0, len(_labels), 6)}
"""Operations, six at a time: what they are asked about is made once for each group."""

ROLES = ("anonymous", "learner", "instructor", "elsewhere", "operator")
SEES_OTHERS = {"instructor", "operator"}


def test_the_description_that_is_checked_in_is_that_of_the_code():
    assert openapi.FILE.read_bytes() == openapi.rendered(), "Run make openapi."


@pytest.fixture(autouse=True)
def keep_the_connection():
    """Let requests be answered within the test's transaction, as Django's own test client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def people(school, make_learner, monkeypatch, send_online, now, django_user_model):
    """A course with two learners, all data of one of them marked, and who else may ask."""
    school.course("c", lessons=["a", "b"], quizzes=["q"], starts_at=now - timedelta(days=30))
    school.course("d", lessons=["a"])
    made = {name: make_learner(name) for name in ("learner", "instructor", "elsewhere")}
    made["operator"] = django_user_model.objects.create_superuser("operator")
    other = make_learner(f"{MARKER}-name")
    for each in (made["learner"], other):
        school.enrol(each, "c", group_key="g", group_title=f"{MARKER} group" if each is other else "")
        send_online(each, progress(now, "b", [[0, 60_000]]))
    teaches = {made["instructor"].pk: "c", made["elsewhere"].pk: "d"}
    monkeypatch.setattr(
        Adapter,
        "can_view_course",
        lambda self, who, key: who.is_active and (who.is_superuser or teaches.get(who.pk) == key),
    )
    monkeypatch.setattr(Adapter, "instructed_course_keys", lambda self, who: [teaches.get(who.pk, "")])
    jobs.roll_up(now=now)
    attempt = factories.AttemptFactory.create(
        learner=other, course_key="c", unit_key="q", source_key=MARKER, submitted_at=now
    )
    Answer.objects.create(attempt=attempt, question_key=f"{MARKER}-question", chosen=[MARKER])
    Event.objects.filter(learner=other).update(payload={"name": MARKER})
    Finding.objects.filter(learner=other).update(evidence={"days": MARKER})
    downloads.request_download(other.pk, now=now)
    downloads.prepare_downloads(now=timezone.now())
    return {**made, "other": other}


def of_other(people) -> dict[str, Any]:
    """What stands in addresses about the one whose data is marked."""
    attempt = Attempt.objects.get(learner=people["other"])
    finding = Finding.objects.filter(learner=people["other"]).first()
    file = Download.objects.filter(learner=people["other"]).first()
    return {
        "download_id": str(file.pk) if file else MARKER,
        "course_key": "c",
        "unit_key": "q",
        "learner_id": str(people["other"].pk),
        "attempt_id": attempt.pk,
        "finding_id": finding.pk if finding else 1,
        "nudge_id": 1,
    }


@pytest.mark.parametrize("group", GROUPS)
def test_everybody_gets_what_is_described_and_nothing_of_others(people, group, subtests):
    own = {"table": "attempts", **of_other(people)}
    for label, role in itertools.product(GROUPS[group], ROLES):
        with subtests.test(f"{label} as {role}"), undone():
            ask_as(role, people.get(role), OPERATIONS[label], own)
            assert Attempt.objects.filter(learner=people["other"]).exists()


def ask_as(role, user, operation, own):
    """Send requests of every shape as somebody, some of them about what there really is."""
    headers = {"Authorization": f"Token {Token.objects.create(user=user).key}"} if user else {}

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_real=st.booleans())
    def ask(case, is_real):
        if is_real:
            case.path_parameters = {name: own[name] for name in case.path_parameters or {} if name in own}
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=PROMISES)
        if role not in SEES_OTHERS:
            assert MARKER not in answer.text

    ask()


def test_an_operator_gets_everything_that_there_is_of_a_learner(people, school, client, subtests):
    """Without this the test above could pass by never being answered."""
    school.enrol(people["operator"], "c")
    jobs.refresh_outlines(now=timezone.now())
    downloads.request_download(people["operator"].pk, now=timezone.now())
    client.force_login(people["operator"])
    for label in OPERATIONS:
        if not label.startswith("GET") or "/exports/" in label or "{download_id}" in label:
            continue
        with subtests.test(label), undone():
            path = label.removeprefix("GET ").format(**of_other(people))
            answer = client.get(path)
            assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
            assert "as_of" in json.dumps(answer.json())
            assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304

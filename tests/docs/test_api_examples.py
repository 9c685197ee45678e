"""The examples of the API's guide do what the guide says, by curl and by Python, against a live server."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from rest_framework.authtoken.models import Token

from tests import factories
from tracking import jobs
from tracking.events import Purpose
from tracking.models import Attempt, Event
from tracking.privacy import consent

GUIDE = (Path(__file__).parents[2] / "docs/api.md").read_text()
EXAMPLES = dict(re.findall(r"<!-- example: (\w+) -->\n```\w+\n(.*?)```", GUIDE, re.DOTALL))
FINDING = {
    "course_key": "tiny",
    "unit_key": "lesson:first-steps/reading",
    "reason": "skipped",
    "evidence": {},
}


def example(name):
    """Return an example with the prefix of this site in place of the one that the guides propose."""
    return EXAMPLES[name].replace("/learning/", reverse("tracking:start"))


class Runner:
    """Runs an example of curl as a learner, and returns the answer."""

    def __init__(self, variables):
        self.variables = variables

    def __call__(self, name):
        answer = subprocess.run(
            ["sh", "-c", example(name)], env=self.variables, capture_output=True, text=True, check=True
        )
        return json.loads(answer.stdout)


@pytest.fixture
def run(live_server, course, learner, now):
    """Run examples as the learner of the tiny course."""
    consent.grant(learner.pk, list(Purpose), source="test")
    jobs.refresh_outlines(now=now)
    jobs.roll_up(now=now)
    finding = factories.FindingFactory.create(learner=learner, **FINDING)
    variables = {
        "TOKEN": Token.objects.create(user=learner).key,
        "SITE": live_server.url,
        "FINDING": str(finding.pk),
        "PATH": "/usr/bin:/bin",
    }

    return Runner(variables)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    shutil.which("curl") is None, reason="there is no curl on this machine to run its examples with"
)
def test_the_examples_of_curl_do_what_they_say(run, learner):
    assert [each["course_key"] for each in run("courses")["learned"]] == ["tiny"]
    assert [each["reason"] for each in run("findings")["results"]] == ["skipped"]
    assert run("progress")["course_key"] == "tiny"
    assert run("event")["is_stored"] is True
    assert Event.objects.filter(learner=learner, kind="feature.clicked").exists()
    assert run("action")["kind"] == "dismissed"
    assert run("findings")["results"] == []


@pytest.mark.django_db(transaction=True)
def test_the_example_in_python_reads_every_row_and_only_what_changed(run):
    names: dict = {}
    exec(example("python"), names)
    site, token = run.variables["SITE"], run.variables["TOKEN"]
    findings = f"{site}{reverse('tracking:start')}api/v1/courses/tiny/findings/"
    assert [each["reason"] for each in names["read_all"](findings, token)] == ["skipped"]
    told, etag = names["read"](findings, token)
    assert told is not None
    assert names["read"](findings, token, etag) == (None, etag)


@pytest.mark.django_db(transaction=True)
def test_the_example_of_an_attempt_records_and_corrects_one(run, learner):
    learner.user_permissions.add(
        Permission.objects.get(content_type__app_label="tracking", codename="add_attempt")
    )
    names: dict = {}
    exec(example("attempt"), names)
    site, token = run.variables["SITE"], run.variables["TOKEN"]
    given = names["attempt"] | {"learner_id": str(learner.pk)}
    assert names["record"](site, token, given) is True
    assert names["record"](site, token, given | {"score": 4}) is True
    assert list(Attempt.objects.values_list("source_key", "score")) == [("exam-7", 4.0)]


def test_the_problem_is_what_the_api_answers_with(client, db, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody"))
    assert client.get("/learning/api/v1/courses/nowhere/").json() == json.loads(EXAMPLES["problem"])

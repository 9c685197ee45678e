"""A client of the store, and statements to tell it."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.test import Client

from tracking.lms.values import UnitRef
from tracking.xapi import identifiers

BASE = "/learning/xapi"
ADL = "http://adlnet.gov/expapi/verbs/"
VIDEO = "https://w3id.org/xapi/video"
AT = datetime(2026, 3, 11, 12, tzinfo=UTC)


def basic(user, password):
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


class Store:
    """A client of the store."""

    actor: dict
    endpoint: str

    def __init__(self, authorization):
        self.headers = {"Authorization": authorization, "X-Experience-API-Version": "1.0.3"}
        self.client = Client(headers=self.headers)

    def tell(self, *statements):
        body = statements[0] if len(statements) == 1 else list(statements)
        return self.client.post(f"{BASE}/statements", json.dumps(body), content_type="application/json")

    def get(self, path, **query):
        return self.client.get(f"{BASE}/{path}", query)


def statement(learner, verb="experienced", unit="a", **parts):
    return {
        "id": str(uuid4()),
        "actor": {"account": {"homePage": "https://lms.example.org", "name": learner.username}},
        "verb": {"id": f"{ADL}{verb}", "display": {"en": verb}},
        "object": {"id": identifiers.unit_iri(UnitRef(course_key="c", unit_key=unit))},
        "timestamp": AT.isoformat(),
    } | parts


def film(learner, verb, seconds, **extensions):
    """A statement of the video profile, ``seconds`` after noon."""
    return statement(learner) | {
        "verb": {"id": f"{VIDEO}/verbs/{verb}"},
        "timestamp": (AT + timedelta(seconds=seconds)).isoformat(),
        "context": {"extensions": {f"{VIDEO}/extensions/session-id": "f0a1"}},
        "result": {"extensions": {f"{VIDEO}/extensions/{key}": value for key, value in extensions.items()}},
    }

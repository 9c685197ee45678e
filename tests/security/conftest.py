"""A class whose every name, title and word is hostile, and the pages that show them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.privacy import everything
from tests.school import Adapter
from tracking.models import Action, Delivery, Enrolment, Event, Finding, QuarantinedRecord
from tracking.xapi.models import XapiDocument, XapiStatement

PLANTED = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
COURSE = "c/1?x=<b>"
NAME = "Zoe-Zoe"
"""By which the learner is known wherever she is shown."""


@pytest.fixture
def ines(school: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The instructor of every course."""
    ines = factories.UserFactory.create(username="ines")
    monkeypatch.setattr(Adapter, "can_view_course", lambda self, who, key: who.pk == ines.pk)
    monkeypatch.setattr(
        Adapter, "instructed_course_keys", lambda self, who: [COURSE] if who.pk == ines.pk else []
    )
    return ines


@pytest.fixture
def zoe(school: Any, ines: Any) -> Any:
    """A learner of a course of whom everything is on record, all of it hostile where somebody may write it."""
    names = {"first_name": NAME, "last_name": PLANTED}
    zoe = factories.UserFactory.create(username="zoe", email="zoe@zoe.example", **names)
    factories.CourseOutlineFactory.create(course_key=COURSE, title=PLANTED)
    module = {"unit_key": "m", "kind": "module", "position": 0}
    factories.OutlineUnitFactory.create(course_key=COURSE, title=PLANTED, **module)
    for position, key in enumerate(("m/mean", "m/check", "m/other"), 1):
        kind = "quiz" if key == "m/check" else "lesson"
        factories.OutlineUnitFactory.create(
            course_key=COURSE, unit_key=key, parent_key="m", kind=kind, title=PLANTED, position=position
        )
    everything.fill(zoe, ines, course_key=COURSE)
    zoe.refresh_from_db()
    Event.objects.update(payload={"name": PLANTED})
    Action.objects.update(text=PLANTED)
    Finding.objects.update(evidence={"days": 9, "note": PLANTED})
    Enrolment.objects.update(group_key="g", group_title=PLANTED)
    XapiStatement.objects.update(
        verb=PLANTED, activity=PLANTED, agent_key=PLANTED, statement={"actor": {"name": PLANTED}}
    )
    XapiDocument.objects.update(name=PLANTED, activity=PLANTED, content=PLANTED.encode())
    QuarantinedRecord.objects.update(unit_key=PLANTED, kind=PLANTED[:40], payload={"name": PLANTED})
    Delivery.objects.update(source_key=PLANTED, payload={"data": {"name": PLANTED}}, error=PLANTED)
    return zoe


@pytest.fixture
def log_in() -> Any:
    """Return a browser in which somebody is logged in."""

    def log_in(user: Any, **options: Any) -> Client:
        browser = Client(**options)
        browser.force_login(user)
        return browser

    return log_in

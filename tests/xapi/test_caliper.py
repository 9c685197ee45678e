"""What Caliper is told: envelopes of version 1.2, with the terms of its profiles."""

from datetime import timedelta

import pytest

from tests import factories
from tests.factories import AT, COURSE
from tracking import events
from tracking.events import UnitKind
from tracking.models import Attempt
from tracking.xapi import caliper
from tracking.xapi.catalogue import Catalogue

BASE = f"https://tracking.invalid/xapi/courses/{COURSE}"

# From the Caliper 1.2 specification, sections 3 and 4: what each profile lets an event be and do.
ALLOWED = {
    "ReadingProfile": ("ViewEvent", {"Viewed"}),
    "GeneralProfile": ("Event", {"Completed", "Used"}),
    "MediaProfile": ("MediaEvent", {"Started", "Paused", "Ended"}),
    "AssessmentProfile": ("AssessmentEvent", {"Started", "Submitted"}),
    "GradingProfile": ("GradeEvent", {"Graded"}),
    "ToolUseProfile": ("ToolUseEvent", {"Used"}),
}
REQUIRED = {"@context", "id", "type", "profile", "actor", "action", "object", "eventTime"}


@pytest.fixture
def learner(db):
    factories.CourseOutlineFactory()
    factories.OutlineUnitFactory(unit_key="a", title="Tables")
    factories.OutlineUnitFactory(unit_key="q", kind=UnitKind.QUIZ)
    return factories.UserFactory()


@pytest.fixture
def submitted(learner):
    return Attempt.objects.create(
        source_label="q.S", source_key="1", learner=learner, course_key=COURSE, unit_key="q",
        started_at=AT, submitted_at=AT + timedelta(minutes=2), max_score=4,
    )  # fmt: skip


def test_each_event_is_one_that_its_profile_knows(learner):
    payloads = {
        events.PAGE_OPENED: {},
        events.UNIT_ACCESSED: {},
        events.UNIT_COMPLETED: {},
        events.FEATURE_CLICKED: {"name": "hint"},
        events.MEDIA_PLAYED: {"name": "film", "spans": [[0, 5000]]},
        events.PAGE_PROGRESS: {"elapsed": 1},
    }
    told = []
    for kind, payload in payloads.items():
        row = factories.EventFactory.create(learner=learner, unit_key="a", kind=kind, payload=payload)
        told += caliper.caliper_event_of_event(row, Catalogue())
    assert len(told) == 6
    for each in told:
        kind, actions = ALLOWED[each["profile"]]
        assert set(each) >= REQUIRED
        assert (each["type"], each["action"] in actions) == (kind, True)


def test_what_a_view_measured_is_minutes_on_task_since_it_began(learner):
    payload = {"elapsed": 120_000, "active": 90_000}
    row = factories.EventFactory.create(
        learner=learner, unit_key="a", kind=events.PAGE_PROGRESS, payload=payload, happened_at=AT
    )
    [told] = caliper.caliper_event_of_event(row, Catalogue())
    [measure] = told["generated"]["items"]
    assert {name: measure[name] for name in ("metric", "metricValue", "startedAtTime", "endedAtTime")} == {
        "metric": "MinutesOnTask",
        "metricValue": 1.5,
        "startedAtTime": "2026-03-11T11:58:00.000Z",
        "endedAtTime": "2026-03-11T12:00:00.000Z",
    }
    assert told["extensions"]["unit"]["id"] == f"{BASE}/units/a"


def test_a_view_of_a_course_is_of_a_resource_and_in_a_section(learner):
    """Its object was once a CourseSection, which no ViewEvent may have."""
    row = factories.EventFactory.create(learner=learner, unit_key="", kind=events.PAGE_OPENED)
    [told] = caliper.caliper_event_of_event(row, Catalogue())
    assert told["object"] == {"id": BASE, "type": "DigitalResource", "name": "Reading data"}
    assert told["group"] == {"id": BASE, "type": "CourseSection"}


def ids(row):
    return {each["action"]: each["id"] for each in caliper.caliper_events_of_attempt(row, Catalogue())}


def test_what_was_told_of_an_attempt_before_it_was_graded_is_the_same_afterwards(submitted):
    """Their ids once had the score in them: who was sent both had two beginnings and two ends of one attempt."""
    before = ids(submitted)
    submitted.score = 3
    after = ids(submitted)
    assert {action: after[action] for action in before} == before


def test_a_grade_that_is_corrected_is_told_anew(submitted):
    submitted.score = 3
    before = ids(submitted)["Graded"]
    submitted.score = 4
    assert ids(submitted)["Graded"] != before


def test_an_attempt_is_started_submitted_and_graded(submitted):
    row = submitted
    row.score = 3
    told = caliper.caliper_events_of_attempt(row, Catalogue())
    assert [each["action"] for each in told] == ["Started", "Submitted", "Graded"]
    grade = told[2]
    assert (grade["generated"]["scoreGiven"], grade["generated"]["maxScore"]) == (3, 4)
    assert grade["generated"]["attempt"] == grade["object"]["id"] == told[0]["generated"]["id"]
    assert grade["actor"]["type"] == "SoftwareApplication"
    assert told == caliper.caliper_events_of_attempt(row, Catalogue())


def test_an_envelope_says_who_sends_what_and_when(learner):
    row = factories.EventFactory.create(learner=learner, unit_key="a", kind=events.PAGE_OPENED)
    told = caliper.caliper_event_of_event(row, Catalogue())
    assert caliper.caliper_envelope(told, sent_at=AT) == {
        "sensor": "https://tracking.invalid",
        "sendTime": "2026-03-11T12:00:00.000Z",
        "dataVersion": "http://purl.imsglobal.org/ctx/caliper/v1p2",
        "data": told,
    }
    assert told[0]["object"] == {"id": f"{BASE}/units/a", "type": "Page", "name": "Tables"}

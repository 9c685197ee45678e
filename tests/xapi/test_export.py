"""Every statement that is told is one that a learning record store takes, and says what was recorded."""

import json
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from ralph.exceptions import UnknownEventException
from ralph.models.selector import ModelSelector
from ralph.models.xapi.base.statements import BaseXapiStatement

from tests import factories
from tests.factories import AT, COURSE
from tracking import events
from tracking.events import EventSource, UnitKind
from tracking.exports import stable_ids
from tracking.lms.values import UnitRef
from tracking.models import Answer, Attempt
from tracking.xapi import export, identifiers
from tracking.xapi import vocabulary as words
from tracking.xapi.catalogue import Catalogue

PROFILES = ModelSelector("ralph.models.xapi")

VIEW = UUID("01900000-0000-7000-8000-000000000001")

PAYLOADS = {
    events.PAGE_OPENED: {},
    events.PAGE_PROGRESS: {"elapsed": 90_000, "active": 61_500, "visible": 80_000, "media": 0, "scroll": 80},
    events.UNIT_ACCESSED: {"count": 3},
    events.UNIT_COMPLETED: {},
    events.FEATURE_CLICKED: {"name": "Show solution"},
    events.MEDIA_PLAYED: {"name": "video/1", "spans": [[0, 12_500], [20_000, 31_000]]},
    events.FORM_STARTED: {"name": "survey"},
    events.FORM_SUBMITTED: {"name": "quiz", "is_quiz": True},
    events.FORM_ABANDONED: {"name": "survey"},
    "host.own": {"of": "the host"},
}
"""One event of each kind that is told of."""


@pytest.fixture(autouse=True)
def site(settings):
    settings.TRACKING = {"SITE_URL": "https://lms.example.org/"}
    return settings


@pytest.fixture
def learner(db):
    factories.CourseOutlineFactory()
    factories.OutlineUnitFactory(unit_key="m 1", kind=UnitKind.MODULE, title="Reading")
    factories.OutlineUnitFactory(unit_key="lesson/ä", parent_key="m 1", title="Tables & charts")
    factories.OutlineUnitFactory(unit_key="quiz", kind=UnitKind.QUIZ, parent_key="m 1", url="")
    return factories.UserFactory()


def event(learner, kind, payload, **fields):
    given = {"unit_key": "lesson/ä", "source": EventSource.BROWSER, "happened_at": AT, "view_id": VIEW}
    return factories.EventFactory.create(
        learner=learner, course_key=COURSE, kind=kind, payload=payload, **given | fields
    )


def attempt(learner, **fields):
    given = {
        "source_label": "quiz.Sitting",
        "source_key": "7",
        "unit_key": "quiz",
        "started_at": AT,
        "submitted_at": AT + timedelta(seconds=90),
        "score": 3.0,
        "max_score": 4.0,
        "is_passed": True,
    }
    return Attempt.objects.create(learner=learner, course_key=COURSE, **given | fields)


def judge(statement):
    """Let the models of the Ralph LRS judge a statement: the general one, and the one of its profile."""
    BaseXapiStatement.model_validate(statement)
    with suppress(UnknownEventException):
        for model in PROFILES.get_models(statement):
            model.model_validate(statement)
    return statement


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_store_takes_the_statement_about_each_kind_of_event(learner, kind):
    statement = export.statement_of_event(event(learner, kind, PAYLOADS[kind]), Catalogue())
    assert judge(json.loads(json.dumps(statement)))["actor"]["account"]["name"] == str(learner.pk)


NOT_SENT = sorted(kind for kind in words.KINDS if not words.is_sent(kind))


def test_every_kind_that_is_sent_has_a_payload_in_these_tests():
    assert {kind.name for kind in events.all_kinds()} <= {*PAYLOADS, *NOT_SENT}


@pytest.mark.parametrize("kind", NOT_SENT)
def test_nothing_is_told_of_what_a_page_did(learner, kind):
    assert export.statement_of_event(event(learner, kind, {"name": "TypeError"}), Catalogue()) is None


def test_what_a_view_measured_is_its_duration(learner):
    told = export.statement_of_event(
        event(learner, events.PAGE_PROGRESS, PAYLOADS[events.PAGE_PROGRESS]), Catalogue()
    )
    assert told is not None
    assert told["result"] == {
        "duration": "PT61.5S",
        "extensions": {
            "https://lms.example.org/xapi/extensions/elapsed": 90.0,
            "https://lms.example.org/xapi/extensions/visible": 80.0,
            "https://w3id.org/xapi/video/extensions/progress": 0.8,
        },
    }
    assert told["context"]["extensions"] == {words.SESSION: str(VIEW)}


def test_a_statement_names_unit_module_and_course(learner):
    told = export.statement_of_event(event(learner, events.PAGE_OPENED, {}), Catalogue())
    assert told is not None
    base = f"https://lms.example.org/xapi/courses/{COURSE}"
    assert told["object"]["id"] == f"{base}/units/lesson%2F%C3%A4"
    assert told["object"]["definition"]["name"] == {"en": "Tables & charts"}
    groups = told["context"]["contextActivities"]
    assert [each["id"] for each in groups["parent"]] == [f"{base}/units/m%201"]
    assert [each["id"] for each in groups["grouping"]] == [base]


def test_the_name_of_a_unit_leads_back_to_it():
    unit = UnitRef(course_key="a/b c", unit_key="ä:1/2")
    assert identifiers.unit_of_iri(identifiers.unit_iri(unit)) == unit
    assert identifiers.unit_of_iri(identifiers.course_iri("a/b c")) == UnitRef(
        course_key="a/b c", unit_key=""
    )
    assert identifiers.unit_of_iri("https://example.org/other") is None


def test_parts_of_a_film_are_told_by_the_video_profile(learner):
    told = export.statement_of_event(
        event(learner, events.MEDIA_PLAYED, PAYLOADS[events.MEDIA_PLAYED]), Catalogue()
    )
    assert told is not None
    assert told["result"]["extensions"] == {
        "https://w3id.org/xapi/video/extensions/time": 31.0,
        "https://w3id.org/xapi/video/extensions/played-segments": "0[.]12.5[,]20[.]31",
    }
    assert told["context"]["contextActivities"]["category"][0]["id"] == "https://w3id.org/xapi/video"


def test_an_attempt_is_told_from_its_start_to_each_answer_and_the_result(learner):
    row = attempt(learner)
    Answer.objects.create(
        attempt=row, question_key="q/1", is_correct=True, points=1, max_points=1, chosen=["b"]
    )
    Answer.objects.create(attempt=row, question_key="q2", is_correct=None)
    told = [judge(each) for each in export.statements_of_attempt(row, row.answers.all(), Catalogue())]
    assert [each["verb"]["id"] for each in told] == [words.ATTEMPTED, words.ANSWERED, words.PASSED]
    assert told[1]["result"] == {
        "success": True,
        "score": {"scaled": 1.0, "raw": 1.0, "min": 0.0, "max": 1.0},
        "response": "b",
    }
    assert told[2]["result"] == {
        "completion": True,
        "success": True,
        "score": {"scaled": 0.75, "raw": 3.0, "min": 0.0, "max": 4.0},
        "duration": "PT90S",
    }
    assert len({each["context"]["registration"] for each in told}) == 1


@pytest.mark.parametrize(
    ("fields", "verbs"),
    [
        ({"is_passed": False}, [words.ATTEMPTED, words.FAILED]),
        ({"is_passed": None}, [words.ATTEMPTED, words.SCORED]),
        ({"is_passed": None, "score": None}, [words.ATTEMPTED]),
        ({"submitted_at": None}, [words.ATTEMPTED]),
        ({"score": 5.0}, [words.ATTEMPTED, words.PASSED]),
        ({"score": -1.0, "max_score": None}, [words.ATTEMPTED, words.PASSED]),
    ],
)
def test_an_attempt_of_any_outcome_makes_statements_that_a_store_takes(learner, fields, verbs):
    told = export.statements_of_attempt(attempt(learner, **fields), [], Catalogue())
    assert [judge(each)["verb"]["id"] for each in told] == verbs


def test_the_same_has_the_same_ids_however_often_it_is_told(learner):
    row = attempt(learner)
    first, again = (
        [each["id"] for each in export.statements_of_attempt(row, [], Catalogue())] for _ in range(2)
    )
    assert first == again
    one = event(learner, events.PAGE_OPENED, {})
    told = export.statement_of_event(one, Catalogue())
    assert told is not None
    assert told["id"] == str(one.pk)


@pytest.mark.parametrize(("unit_key", "kind"), [("m 1", "module"), ("", "course")])
def test_a_module_and_a_course_that_are_completed_are_told_of_as_such(learner, unit_key, kind):
    own_id = stable_ids.stable_uuid("completed", learner.pk, COURSE, unit_key)
    unit = UnitRef(course_key=COURSE, unit_key=unit_key)
    told = export.statement_of_completion(
        own_id, learner_id=learner.pk, unit=unit, at=AT, catalogue=Catalogue()
    )
    assert judge(json.loads(json.dumps(told)))["verb"]["id"] == words.COMPLETED
    assert told["object"]["id"] == identifiers.unit_iri(unit)
    assert told["object"]["definition"]["type"] == f"{words.ACTIVITIES}{kind}"
    assert told["result"] == {"completion": True}


def test_a_correction_of_the_grade_is_a_statement_of_its_own(learner):
    row = attempt(learner)
    before = export.statements_of_attempt(row, [], Catalogue())
    row.score = 4.0
    after = export.statements_of_attempt(row, [], Catalogue())
    assert before[0]["id"] == after[0]["id"]
    assert before[1]["id"] != after[1]["id"]


def test_made_up_data_says_so(learner):
    told = export.statement_of_event(
        event(learner, events.PAGE_OPENED, {}, source=EventSource.SIMULATED), Catalogue()
    )
    assert told is not None
    assert told["context"]["extensions"]["https://lms.example.org/xapi/extensions/simulated"] is True


def test_version_2_is_spoken_where_it_is_asked_for(learner, settings):
    settings.TRACKING_XAPI = {"VERSION": "2.0.0"}
    told = export.statement_of_event(event(learner, events.UNIT_COMPLETED, {}), Catalogue())
    assert told is not None
    assert (told["version"], told["timestamp"]) == ("2.0.0", "2026-03-11T12:00:00.000Z")


def test_what_the_outline_has_lost_is_told_by_its_key(learner):
    told = export.statement_of_event(event(learner, events.PAGE_OPENED, {}, unit_key="gone"), Catalogue())
    assert judge(told)["object"]["definition"]["name"] == {"en": "gone"}

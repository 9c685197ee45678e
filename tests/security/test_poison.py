"""Values that break readers, at every door: each is rejected with a code, or everything can read what was accepted."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.utils import timezone as clock

from tests import factories, proofs
from tests.messages import opened, progress
from tests.school import Adapter, node
from tests.security import readers
from tests.xapi.api.store import Store, basic, statement
from tracking import hooks, jobs
from tracking.capture import attempts, changes
from tracking.events import UnitKind
from tracking.exceptions import TrackingError
from tracking.lms.values import AnswerRecord, AttemptRecord, EnrolmentRecord, OutlineNode, UnitRef
from tracking.models import Event, LearnerUnit, PendingChange
from tracking.testing.factories import EventFactory

VALUES = proofs.examples(100, 2000)

TEXTS = (
    "", " ", "\0", "a\0b", "\ud800", "a\udfff", "\r\nSet-Cookie: x=1", "\u202e\u0007", "x" * 201, "x" * 70_000,
    "'\"<b>%s{}", "../..", "ﷺ" * 199, "\ufeff", "\ufffe", "NaN", "-1", "1e400", "P9999Y", "9999-12-31T23:59:59-14:00",
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (
    0, -1, 1, 2**31, 2**32, 2**63, 2**64, -(2**63), 10**400, 1e308, -1e308, 5e-324, float("nan"), float("inf"),
    float("-inf"), 0.1 + 0.2, True, None,
)  # fmt: skip
MOMENTS = (
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "2026-02-30T00:00:00Z", "2099-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "10000-01-01T00:00:00Z", "2026-03-11T12:00:00",
    "2026-03-11", "2026-03-11T12:00:00+99:99", "2026-03-11T12:00:00-00:00",
)  # fmt: skip
DATES = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(1969, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 11, 12),  # noqa: DTZ001  A host may forget the zone.
    datetime(2026, 3, 11, 12, tzinfo=UTC),
    datetime(2098, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=14))),
    None,
)


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    seed = request.config.getoption("randomly_seed", 0)
    return random.Random(f"{seed} {request.node.name}")


@pytest.fixture
def people(school: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A class of one learner, and everybody who looks at it."""
    settings.TRACKING_XAPI = {"LRS_CLIENT_KEY": "moodle", "LRS_CLIENT_SECRET": "s3cret"}
    settings.TRACKING = {**settings.TRACKING, "EVENTS_PER_MINUTE": 10_000_000, "API_RATE": "1000000/min"}
    school.course("c", lessons=["a", "b"], quizzes=["q"], starts_at=clock.now() - timedelta(days=30))
    learner = factories.UserFactory.create(username="lena")
    factories.share_engagement(learner)
    school.enrol(learner, "c")
    instructor = factories.UserFactory.create(username="ines")
    monkeypatch.setattr(Adapter, "can_view_course", lambda self, who, key: who.pk == instructor.pk)
    monkeypatch.setattr(
        Adapter, "instructed_course_keys", lambda self, who: ["c"] if who.pk == instructor.pk else []
    )
    system = factories.UserFactory.create(username="system")
    system.user_permissions.set(Permission.objects.filter(content_type__app_label="tracking"))
    jobs.refresh_outlines(now=clock.now())
    return {
        "learner": learner,
        "instructor": instructor,
        "operator": factories.UserFactory.create(is_superuser=True, is_staff=True),
        "permitted": system,
        "nobody": None,
        "system": Store(basic("moodle", "s3cret")),
    }


@pytest.fixture
def expect_readable(people: dict[str, Any], record_property: Any) -> Callable[[], None]:
    """Let every reader read what the door has accepted."""

    def expect() -> None:
        users = {role: user for role, user in people.items() if role != "system"}
        found = readers.failures(people["learner"], users, people["system"], now=clock.now())
        record_property("poison values that stop any job or page", len(found))
        assert found == []

    return expect


def mutated(chance: random.Random, given: dict[str, Any]) -> dict[str, Any]:
    """Return ``given`` with one to three of its values, at any depth, replaced by hostile ones."""
    found: dict[str, Any] = json.loads(json.dumps(given))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        holder, key = chance.choice(list(_spots(found)))
        hostile = (*TEXTS, *NUMBERS, *MOMENTS, [], {}, [[0, 2**63]], {"a": {"b": "\0"}}, [None])
        holder[key] = _at_the_limit(chance, holder[key]) if chance.random() < 0.6 else chance.choice(hostile)
    return found


def _at_the_limit(chance: random.Random, value: Any) -> Any:
    """Return a value of the same type that a door may accept, and that is as odd as may be."""
    if isinstance(value, bool) or value is None:
        return chance.choice((True, False, None))
    if isinstance(value, int | float):
        return chance.choice((0, 1, 100, 1000, 1_000_000, 86_400_000, value - 6 * 86_400_000, value + 50_000))
    if isinstance(value, str):
        return chance.choice((value, "\u202e\u0007", "ﷺ" * 60, "'\"<b>%s{}", "\ufeff", *MOMENTS[4:5]))
    return value


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = range(len(value)) if isinstance(value, list) else value
    for key in list(keys):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _spots(value[key])


def body(value: Any) -> bytes:
    """Return JSON with everything in it that JSON cannot say, such as NaN and halves of surrogate pairs."""
    return json.dumps(value).encode()


def browser_of(user: Any, **headers: str) -> Client:
    browser = Client(raise_request_exception=False, headers={"Sec-Fetch-Site": "same-origin", **headers})
    browser.force_login(user)
    return browser


@pytest.mark.proof(name="poison")
@pytest.mark.django_db
def test_what_the_endpoint_accepts_can_be_read(
    people: Any, chance: Any, expect_readable: Any, record_property: Any
) -> None:
    browser = browser_of(people["learner"])
    for _ in range(VALUES):
        now = clock.now()
        events = [
            opened(now, "a"),
            progress(now, "a", [[0, 60_000]], view=uuid.uuid4()),
            {**opened(now, "a"), "t": "media.played", "p": {"name": "film", "spans": [[0, 5000]]}},
            {**opened(now, "b"), "t": "page.details", "p": {"sections": [["why", 4000]], "turns": 3}},
        ]
        event = mutated(chance, chance.choice(events))
        whole = {"v": 1, "sent_at": round(now.timestamp() * 1000), "events": [event]}
        sent = body(mutated(chance, whole) if chance.random() < 0.2 else whole)
        if chance.random() < 0.05:
            sent = sent.decode().encode(chance.choice(["utf-16", "utf-32", "utf-8-sig"]))
        kind = chance.choice(
            ["application/json", "text/plain", "text/\0", "a\r\nb: c", "application/json; charset=x"]
        )
        answer = browser.generic("POST", "/learning/events/", sent, content_type=kind)
        assert answer.status_code < 500, (sent, answer.content)
        record_property("values accepted", int(answer.status_code == 202))
    expect_readable()


@pytest.mark.proof(name="poison")
@pytest.mark.django_db
def test_what_the_api_accepts_can_be_read(
    people: Any, chance: Any, expect_readable: Any, record_property: Any
) -> None:
    learner = people["learner"]
    for _ in range(VALUES):
        now = clock.now().isoformat()
        event = {"kind": "page.opened", "course_key": "c", "unit_key": "a", "at": now, "payload": {}}
        count = {
            **event,
            "kind": "unit.accessed",
            "payload": {"count": 1_000_000},
            "learner_id": str(learner.pk),
        }
        answer_given = {
            "question_key": "1",
            "is_correct": True,
            "points": 1,
            "max_points": 1,
            "chosen": ["x"],
        }
        attempt = {
            "key": "1", "learner_id": str(learner.pk), "course_key": "c", "unit_key": "q", "started_at": now,
            "submitted_at": now, "score": 3, "max_score": 10, "is_passed": True, "answers": [answer_given],
        }  # fmt: skip
        path, given = chance.choice([("events", event), ("events", count), ("attempts", attempt)])
        browser = browser_of(people[chance.choice(["learner", "permitted"])])
        sent = body(mutated(chance, given))
        answer = browser.generic("POST", f"/learning/api/v1/{path}/", sent, content_type="application/json")
        assert answer.status_code < 500, (path, sent, answer.content)
        record_property("values accepted", int(answer.status_code == 201))
    expect_readable()


@pytest.mark.proof(name="poison")
@pytest.mark.django_db
def test_what_the_record_store_accepts_can_be_read(
    people: Any, chance: Any, expect_readable: Any, record_property: Any
) -> None:
    client = people["system"].client
    client.raise_request_exception = False
    for _ in range(VALUES):
        result = {
            "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
            "success": True,
            "duration": "PT5M",
        }
        told = statement(
            people["learner"], chance.choice(["experienced", "completed", "passed"]), result=result
        )
        sent = mutated(chance, told)
        kind = chance.choice(
            ["application/json", "application/json", "a\r\nb: c", "multipart/mixed; boundary=\0"]
        )
        answer = client.generic("POST", "/learning/xapi/statements", body(sent), content_type=kind)
        assert answer.status_code < 500, (sent, answer.content)
        record_property("values accepted", int(answer.status_code == 200))
    for moment in MOMENTS:
        assert client.get("/learning/xapi/statements", {"since": moment}).status_code < 500
    expect_readable()


@pytest.mark.proof(name="poison")
@pytest.mark.django_db
def test_what_an_import_accepts_can_be_read(
    people: Any, chance: Any, expect_readable: Any, tmp_path: Any
) -> None:
    file = tmp_path / "log.csv"
    lines = ["learner,course,unit,kind,at,count,score,max_score"]
    for _ in range(VALUES):
        cells = ["lena", "c", "q", chance.choice(["attempt", "unit.accessed"]), "2026-03-01", "", "3", "10"]
        cells[chance.randrange(8)] = str(chance.choice((*TEXTS[:8], *TEXTS[10:], *NUMBERS, *MOMENTS)))
        lines.append(",".join(cell.replace(",", "") for cell in cells))
    file.write_bytes("\n".join(lines).encode(errors="surrogatepass"))
    call_command("tracking_import", str(file), "--format", "csv")
    expect_readable()


@pytest.mark.proof(name="poison")
@pytest.mark.django_db
def test_what_the_host_reports_can_be_read(
    people: Any, school: Any, chance: Any, expect_readable: Any
) -> None:
    learner = people["learner"]
    nodes, enrolled = [node("a"), node("b"), node("q", UnitKind.QUIZ)], []
    for number in range(VALUES):
        text, score, at = chance.choice(TEXTS), chance.choice(NUMBERS), chance.choice(DATES)
        with suppress(TrackingError):
            attempts.store_attempt(
                AttemptRecord(
                    source_label="quiz.Sitting", source_key=chance.choice([text, str(number)]),
                    learner_id=learner.pk, unit=UnitRef(course_key="c", unit_key=chance.choice(["q", text])),
                    started_at=at or clock.now(), submitted_at=chance.choice(DATES), score=score,
                    max_score=chance.choice(NUMBERS), is_passed=None,
                    answers=(AnswerRecord(question_key=chance.choice(["1", text]), is_correct=True, points=score),),
                )
            )  # fmt: skip
        hooks.record_event(
            learner, "unit.accessed", course_key="c", unit_key="a", payload={"count": score}, at=at
        )
        nodes.append(
            OutlineNode(
                key=f"{number}{text}",
                kind=UnitKind.LESSON,
                title=text,
                url=text,
                due_at=chance.choice(DATES),
                expected_seconds=score,
            )
        )
        enrolled.append(
            EnrolmentRecord(learner_id=learner.pk, group_key=text, group_title=text, enrolled_at=at)
        )
    school.course("c", nodes=tuple(nodes), starts_at=chance.choice(DATES), ends_at=chance.choice(DATES))
    school.enrolled["c"] = enrolled[-1:]
    expect_readable()


def broken_events(learner: Any) -> list[Event]:
    """Events that no door lets in today: of another version, or written by hand."""
    fields: list[dict[str, Any]] = [
        {"happened_at": datetime(1, 1, 1, tzinfo=UTC)},
        {"happened_at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)},
        {"kind": "of.another.version"},
        {"kind": "page.progress", "payload": {}},
        {"kind": "page.progress", "payload": {"elapsed": "x", "active": None, "spans": "y"}},
        {"kind": "page.progress", "payload": [1, 2]},
        {"kind": "page.details", "payload": {"sections": 7}},
        {"kind": "media.played", "payload": {"spans": [["a", {}]]}},
        {"kind": "friction.detected", "payload": {}},
        {"kind": "unit.accessed", "payload": {"count": -(2**62)}},
        {"source": "elsewhere", "unit_key": "gone"},
    ]
    usual = {
        "learner": learner, "course_key": "c", "unit_key": "a", "kind": "page.opened", "source": "browser",
        "happened_at": clock.now(), "is_detail": True,
    }  # fmt: skip
    return [Event(**{**usual, "id": uuid.uuid4(), "view_id": uuid.uuid4(), **each}) for each in fields]


@pytest.mark.django_db
def test_rows_that_no_door_lets_in_stop_neither_a_page_nor_purge_download_export_or_erasure(
    people: Any, school: Any
) -> None:
    learner, other = people["learner"], factories.UserFactory.create()
    factories.share_engagement(other)
    school.enrol(other, "c")
    Event.objects.bulk_create(broken_events(learner))
    now = clock.now()
    for each in (learner, other):
        changes.mark_learner_changed(learner_id=each.pk, course_key="c")
        changes.mark_days_changed([changes.ChangedDay(learner_id=each.pk, course_key="c", day=now.date())])
    users = {role: user for role, user in people.items() if role != "system"}
    found = readers.failures(learner, users, people["system"], now=now)
    assert "\n".join(each for each in found if not each.startswith(("roll-up", "rebuild"))) == ""


@pytest.mark.django_db
def test_rows_that_no_door_lets_in_delay_no_other_learner(people: Any, school: Any) -> None:
    learner, other = people["learner"], factories.UserFactory.create()
    factories.share_engagement(other)
    school.enrol(other, "c")
    Event.objects.bulk_create(broken_events(learner))
    EventFactory.create(learner=other, course_key="c", unit_key="a")
    now = clock.now()
    changes.mark_days_changed([changes.ChangedDay(learner_id=learner.pk, course_key="c", day=now.date())])
    jobs.refresh_outlines(now=now)
    jobs.roll_up(now=now)
    assert LearnerUnit.objects.filter(learner=other, unit_key="a").exists()
    assert set(PendingChange.objects.values_list("learner_id", flat=True)) <= {learner.pk}

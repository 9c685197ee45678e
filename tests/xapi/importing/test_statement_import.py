"""xAPI logs from the command to the tables: sessions of a video become views, scores attempts, the rest accesses."""

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest

from tracking.models import Attempt, Event, ImportRun

VIDEO = "https://w3id.org/xapi/video/extensions/"
BEGAN = datetime(2026, 3, 1, 9, tzinfo=UTC)
ADL = "http://adlnet.gov/expapi/verbs/"


def statement(verb, *, after=0, unit="a", actor="lena", session="s", result=None, **fields):
    return {
        "id": f"{verb}-{after}-{unit}-{actor}",
        "actor": {"account": {"name": actor, "homePage": "https://lms.example"}},
        "verb": {"id": verb if ":" in verb else f"https://w3id.org/xapi/video/verbs/{verb}"},
        "object": {"id": unit},
        "context": {
            "contextActivities": {"parent": [{"id": "c"}]},
            "extensions": {f"{VIDEO}session-id": session} if session else {},
        },
        "result": result or {},
        "timestamp": (BEGAN + timedelta(seconds=after)).isoformat(),
        **fields,
    }


def told(**extensions):
    return {"extensions": {f"{VIDEO}{name.replace('_', '-')}": value for name, value in extensions.items()}}


def lines(*statements):
    return "".join(json.dumps(each) + "\n" for each in statements)


def account():
    run = ImportRun.objects.get()
    return run.read_count, run.accepted_count, run.duplicate_count, run.rejected_counts


@pytest.fixture
def run_statements(run_import, write):
    """Import the statements given and return what the command said."""

    def run(*statements, options=()):
        return run_import(write("log.jsonl", lines(*statements)), *options, log_format="xapi")

    return run


WATCHED = (
    statement("played", after=0, result=told(time=0)),
    statement("paused", after=60, result=told(time=60, played_segments="0[.]60")),
)


def test_a_session_of_a_video_is_one_view_with_the_minutes_it_proves(run_statements):
    run_statements(*WATCHED)
    event = Event.objects.get()
    assert (event.unit_key, event.kind, event.happened_at) == (
        "a",
        "page.progress",
        BEGAN + timedelta(seconds=60),
    )
    assert event.payload == {
        "elapsed": 60_000,
        "active": 60_000,
        "visible": 60_000,
        "media": 60_000,
        "scroll": 0,
        "spans": [[0, 60_000]],
    }


def test_every_statement_of_a_session_is_accounted_for(run_statements):
    run_statements(*WATCHED)
    assert account() == (2, 2, 0, {})


def test_a_completed_video_is_completed(run_statements):
    run_statements(
        *WATCHED,
        statement(f"{ADL}completed", after=60, result=told(time=60, progress=1, played_segments="0[.]60")),
    )
    assert list(Event.objects.order_by("kind").values_list("kind", "unit_key")) == [
        ("page.progress", "a"),
        ("unit.completed", "a"),
    ]
    assert account() == (3, 3, 0, {})


def test_a_completed_video_was_watched_where_nothing_else_is_told_of_its_session(run_statements):
    run_statements(
        statement(f"{ADL}completed", after=60, result=told(time=60, played_segments="0[.]60")),
    )
    assert Event.objects.get(kind="page.progress").payload["media"] == 60_000
    assert account() == (1, 1, 0, {})


def test_a_log_of_sessions_read_again_adds_nothing(run_statements):
    log = (*WATCHED, statement(f"{ADL}completed", after=60, result=told(played_segments="0[.]60")))
    run_statements(*log)
    run_statements(*log, options=["--reimport"])
    assert account() == (3, 0, 3, {})
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("verb", "result", "expected"),
    [
        ("scored", {"score": {"raw": 3, "max": 4}}, (3, 4, None)),
        ("passed", {"score": {"scaled": 0.75}}, (0.75, 1, True)),
        ("failed", {"score": {"raw": 1, "max": 4}}, (1, 4, False)),
        ("answered", {"success": True}, (None, None, True)),
        ("completed", {"score": {"raw": 4, "max": 4}, "success": True}, (4, 4, True)),
    ],
)
@pytest.mark.parametrize("session", ["", "s"])
def test_a_result_is_an_attempt_within_a_session_too(run_statements, verb, result, expected, session):
    run_statements(statement(f"{ADL}{verb}", unit="q", result=result, session=session))
    assert list(Attempt.objects.values_list("score", "max_score", "is_passed")) == [expected]
    assert account() == (1, 1, 0, {})


@pytest.mark.parametrize("verb", ["experienced", "viewed", "launched", "accessed", "initialized"])
def test_what_was_looked_at_is_an_access(run_statements, verb):
    run_statements(statement(f"{ADL}{verb}", session=""))
    assert list(Event.objects.values_list("kind", "payload")) == [("unit.accessed", {"count": 1})]


def test_a_verb_that_nobody_knows_is_refused_by_its_name(run_statements):
    said = run_statements(statement(f"{ADL}juggled", session=""))
    assert account() == (1, 0, 0, {"unknown_kind": 1})
    assert "'http://adlnet.gov/expapi/verbs/juggled' is not an event kind" in said


def test_a_verb_that_nobody_knows_tells_that_a_session_was_open(run_statements):
    run_statements(*WATCHED, statement("http://id.tincanapi.com/verb/downloaded", after=70))
    assert Event.objects.get().payload["elapsed"] == 70_000


def test_each_statement_of_a_refused_session_is_named_by_its_line(run_statements, tmp_path):
    rejects = tmp_path / "rejects.csv"
    strangers = [{**each, "actor": {"mbox": "mailto:stranger@example.org"}} for each in WATCHED]
    run_statements(strangers[0], *WATCHED, strangers[1], options=["--rejects", str(rejects)])
    assert account() == (4, 2, 0, {"unknown_learner": 2})
    with rejects.open(newline="") as file:
        assert [(row["line"], row["reason"]) for row in csv.DictReader(file)] == [
            ("1", "unknown_learner"),
            ("4", "unknown_learner"),
        ]


@pytest.mark.parametrize("broken", ["{", "[]", '{"id": "\\u0000"}', "\udcff"])
def test_a_line_that_is_no_statement_is_refused_and_the_import_goes_on(run_import, write, broken):
    log = lines(WATCHED[0]) + broken + "\n" + lines(WATCHED[1])
    run_import(write("log.jsonl", log.encode(errors="surrogateescape")), log_format="xapi")
    assert account() == (3, 2, 0, {"bad_row": 1})

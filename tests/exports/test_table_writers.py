"""Tables in bulk: every row once, in any form, from where it broke off, and no formula for a spreadsheet."""

import csv
import io
import json
from datetime import datetime, timedelta

import pyarrow.parquet
import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command

from tests import factories
from tests.factories import AT, COURSE
from tracking.exceptions import TrackingError
from tracking.exports import export_tables, postgres_copy, table_writers
from tracking.exports.export_tables import ExportQuery
from tracking.exports.streaming import StreamingAnswer
from tracking.models import Event


@pytest.fixture
def learner(db):
    return factories.UserFactory.create()


@pytest.fixture
def recorded(learner, monkeypatch):
    """Seven events, in chunks of three."""
    monkeypatch.setattr(table_writers, "CHUNK", 3)
    monkeypatch.setattr(table_writers, "ROW_GROUP", 3)
    monkeypatch.setattr(postgres_copy, "CHUNK", 3)
    for number in range(7):
        factories.EventFactory.create(
            learner=learner, happened_at=AT + timedelta(days=number), payload={"name": f"n{number}"}
        )
    return learner


def written(form="csv", **wanted):
    return b"".join(table_writers.write_table(ExportQuery(**{"table": "events", **wanted}), form))


def keys(text):
    return [row["id"] for row in csv.DictReader(io.StringIO(text.decode()))]


def all_keys():
    return [str(key) for key in Event.objects.order_by("pk").values_list("pk", flat=True)]


def test_each_form_holds_every_row_once(recorded):
    assert keys(written()) == all_keys()
    assert [json.loads(line)["id"] for line in written("jsonl").splitlines()] == all_keys()
    table = pyarrow.parquet.read_table(io.BytesIO(written("parquet")))
    assert table["id"].to_pylist() == all_keys()
    assert table["happened_at"].to_pylist()[0].tzinfo is not None
    assert json.loads(table["payload"].to_pylist()[0])["name"].startswith("n")


@pytest.mark.parametrize("form", table_writers.WRITERS)
@pytest.mark.parametrize("table", export_tables.TABLES)
def test_every_table_can_be_written_even_when_empty(db, table, form):
    text = written(form, table=table)
    if form == "csv":
        assert text.decode().rstrip("\r\n").split(",")[0] in {"id", "course_key"}
    if form == "parquet":
        assert pyarrow.parquet.read_table(io.BytesIO(text)).num_rows == 0


def read(form, table):
    """Return what is in a file: rows of cells, or of values."""
    text = written(form, table=table)
    if form == "csv":
        return list(csv.reader(io.StringIO(text.decode(), newline="")))
    if form == "jsonl":
        return [
            {name: _as_moment(value) for name, value in json.loads(line).items()}
            for line in text.splitlines()
        ]
    return pyarrow.parquet.read_table(io.BytesIO(text)).to_pylist()


def _as_moment(value):
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) and value[10:11] == "T" else value
    except ValueError:
        return value


@pytest.mark.postgresql
@pytest.mark.parametrize("form", table_writers.WRITERS)
def test_the_server_writes_what_python_would(recorded, monkeypatch, form):
    nasty = "a\n\"b\", 'c'\\ \u00e4\u20ac\U0001f600\r"
    factories.OutlineUnitFactory.create(unit_key="1", title=nasty, due_at=AT + timedelta(microseconds=5))
    factories.OutlineUnitFactory.create(unit_key="2", title="", is_required=False, skills=["x", nasty])
    factories.OutlineUnitFactory.create(unit_key="3", title="=1+1", expected_seconds=3)
    factories.AttemptFactory.create(learner=recorded, score=2.5, max_score=None, is_passed=None)
    names = ("outline_units", "attempts", "events")
    by_server = {name: read(form, name) for name in names}
    monkeypatch.setattr(postgres_copy, "supports_copy", lambda: False)
    by_python = {name: read(form, name) for name in names}
    if form == "csv":  # Only the spaces within JSON differ.
        by_server, by_python = (
            {name: [[cell.replace(" ", "") for cell in row] for row in rows] for name, rows in each.items()}
            for each in (by_server, by_python)
        )
    if form == "parquet":
        for rows in (*by_server.values(), *by_python.values()):
            for row in rows:
                row.update({name: json.loads(row[name]) for name in ("payload", "skills") if name in row})
    assert by_server == by_python


def test_what_broke_off_goes_on(recorded):
    whole = written()
    lines = whole.splitlines(keepends=True)
    assert b"".join(lines[:4]) + written(after=all_keys()[2]) == whole


def test_rows_are_narrowed(recorded):
    other = factories.UserFactory.create()
    factories.EventFactory.create(learner=other, course_key="other")
    assert len(keys(written(course_key="other"))) == 1
    assert len(keys(written(learner_id=recorded.pk))) == 7
    assert (
        len(keys(written(since=AT + timedelta(days=2), until=AT + timedelta(days=4), course_key=COURSE))) == 2
    )


@pytest.mark.parametrize(
    "wanted", [{"table": "nonsense"}, {"table": "course_days", "learner_id": 1}, {"after": "x"}]
)
def test_what_does_not_fit_is_said_before_the_first_byte(db, wanted):
    with pytest.raises(TrackingError):
        table_writers.write_table(ExportQuery(**{"table": "events", **wanted}), "csv")


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(db, title):
    factories.OutlineUnitFactory.create(title=title)
    [row] = csv.DictReader(io.StringIO(written(table="outline_units").decode(), newline=""))
    assert row["title"] == f"'{title}"


def test_a_number_below_zero_stays_a_number(learner):
    factories.AttemptFactory.create(learner=learner, unit_key="q", score=-1)
    [row] = csv.DictReader(io.StringIO(written(table="attempts").decode()))
    assert float(row["score"]) == -1


def test_a_file_is_gone_on_with(recorded, tmp_path):
    file = tmp_path / "events.csv"
    call_command(
        "tracking_export", "events", "--output", str(file), "--until", str((AT + timedelta(days=3)).date())
    )
    file.write_bytes(b"".join(written().splitlines(keepends=True)[:3]))
    call_command("tracking_export", "events", "--output", str(file), "--after", all_keys()[1])
    assert file.read_bytes() == written()
    with pytest.raises(CommandError):
        call_command("tracking_export", "course_days", "--learner", "7")


@pytest.mark.parametrize("form", table_writers.WRITERS)
def test_an_export_that_nobody_reads_to_its_end_lets_go_of_its_rows(recorded, form):
    answer = StreamingAnswer(table_writers.write_table(ExportQuery(table="events"), form))
    next(iter(answer))
    answer.close()
    assert list(answer) == []


def test_an_async_server_sends_each_part_when_it_is_made(recorded, admin_client):
    """All of an export was once in memory there before its first byte was sent."""
    answer = admin_client.get("/learning/api/v1/exports/events/?form=jsonl")

    async def parts():
        return [part async for part in answer]

    assert len(async_to_sync(parts)()) > 1


def test_what_a_middleware_makes_of_the_parts_is_sent():
    answer = StreamingAnswer([b"a", b"b"])

    async def changed(parts):
        for part in parts:
            yield part.upper()

    async def parts():
        return [part async for part in answer]

    answer.streaming_content = changed(answer.streaming_content)
    assert async_to_sync(parts)() == [b"A", b"B"]


def test_operators_alone_take_tables_out(recorded, client, django_user_model):
    path = f"/learning/api/v1/exports/events/?course={COURSE}&form=jsonl"
    client.force_login(recorded)
    assert client.get(path).status_code == 404
    client.force_login(django_user_model.objects.create_superuser("root"))
    answer = client.get(path)
    assert len(answer.getvalue().splitlines()) == 7
    assert answer["Content-Type"] == "application/jsonl"
    assert client.get("/learning/api/v1/exports/events/?after=x").status_code == 400
    assert client.get("/learning/api/v1/exports/nonsense/").status_code == 404

"""CSV logs from the command to the tables: every row has an account, whatever is wrong with it."""

import csv
import gzip
import io
import sys
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError

from tests.capture.importing.logs import HEADER, ROW, account, stored
from tracking.capture.importing import import_runs
from tracking.events import Purpose
from tracking.models import Event, ImportRun, PendingChange, RejectionCount
from tracking.privacy import consent


def test_a_row_becomes_an_event_that_says_it_was_imported(run_import, write, learner):
    said = run_import(write("log.csv", HEADER + "lena,c,a,unit.accessed,2026-03-01T08:30:00+01:00,3\n"))
    at = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert stored() == [("a", "unit.accessed", "imported", at, {"count": 3})]
    assert Event.objects.get().learner_id == learner.pk
    assert "1 rows read: 1 stored, 0 already stored, 0 left out" in said


def test_equal_rows_are_different_events(run_import, write):
    run_import(write("log.csv", HEADER + ROW * 3))
    assert len(stored()) == 3


def test_a_finished_log_is_not_imported_again(run_import, write):
    path = write("log.csv", HEADER + ROW)
    run_import(path)
    assert "already imported" in run_import(path)
    assert len(stored()) == 1


def test_reading_a_finished_log_again_finds_every_event_there(run_import, write):
    path = write("log.csv", HEADER + ROW * 3)
    run_import(path)
    assert "3 rows read: 0 stored, 3 already stored" in run_import(path, "--reimport")
    assert len(stored()) == 3


def test_a_log_that_has_grown_adds_only_its_new_rows(run_import, write):
    run_import(write("log.csv", HEADER + ROW * 2))
    said = run_import(write("grown.csv", HEADER + ROW * 3))
    assert "3 rows read: 1 stored, 2 already stored" in said
    assert len(stored()) == 3


def test_a_row_with_an_id_of_its_own_is_stored_once_wherever_it_stands(run_import, write):
    header, row = "id,learner,course,unit,kind,at\n", "{},lena,c,a,unit.accessed,2026-03-01\n"
    run_import(write("one.csv", header + row.format(1) + row.format(2)))
    run_import(write("two.csv", header + row.format(3) + row.format(2)))
    assert len(stored()) == 3


def test_standard_input_is_read_and_stores_nothing_twice(run_import, monkeypatch):
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((HEADER + ROW * 2).encode())))
        said = run_import("-")
    assert "0 stored, 2 already stored" in said
    assert len(stored()) == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nobody,c,a,unit.accessed,2026-03-01,1", "unknown_learner"),
        ("lena,c,nowhere,unit.accessed,2026-03-01,1", "unknown_unit"),
        ("lena,elsewhere,a,unit.accessed,2026-03-01,1", "unknown_unit"),
        ("lena,c,a,sneezed,2026-03-01,1", "unknown_kind"),
        ("lena,c,a,page.progress,2026-03-01,", "bad_payload"),
        ("lena,c,a,unit.accessed,2026-03-01,many", "bad_payload"),
        ("lena,c,a,unit.accessed,2026-03-01,0", "bad_payload"),
        ("lena,c,a,unit.completed,2026-03-01,2", "bad_payload"),
        ("lena,c,a,unit.accessed,yesterday,1", "bad_row"),
        ("lena,c,a,unit.accessed,,1", "bad_row"),
        ("lena,c,a,unit.accessed,1066-10-14,1", "bad_row"),
        ("lena,c,a,unit.accessed,2999-01-01,1", "bad_row"),
        ("lena,c,a,unit.accessed,2026-03-01", "bad_row"),
        ("lena,c,a,unit.accessed,2026-03-01,1,1", "bad_row"),
        ('lena,c,"a,unit.accessed,2026-03-01,1', "bad_row"),
        ('lena,c,"a"b,unit.accessed,2026-03-01,1', "bad_row"),
        ("lena,c,a\x00,unit.accessed,2026-03-01,1", "bad_row"),
    ],
)
def test_a_broken_row_is_refused_with_its_line_and_the_import_goes_on(
    run_import, write, tmp_path, row, reason
):
    rejects = tmp_path / "rejects.csv"
    run_import(write("log.csv", f"{HEADER}{ROW}{row}\n{ROW}"), "--rejects", str(rejects))
    assert account() == (3, 2, 0, {reason: 1})
    with rejects.open(newline="") as file:
        assert [(line["line"], line["reason"], line["row"]) for line in csv.DictReader(file)] == [
            ("3", reason, row)
        ]


def test_without_a_rejects_file_the_first_refused_rows_are_told(run_import, write):
    said = run_import(write("log.csv", HEADER + "nobody,c,a,unit.accessed,2026-03-01,1\n"))
    assert "rejected 1: unknown_learner (no such learner)" in said
    assert "line 2: unknown_learner. no such learner: 'nobody'" in said


def test_refused_rows_are_counted_where_operators_look(run_import, write):
    run_import(write("log.csv", HEADER + "nobody,c,a,unit.accessed,2026-03-01,1\n" * 3))
    assert list(RejectionCount.objects.values_list("reason", "rejected_count")) == [("unknown_learner", 3)]


def test_a_name_that_two_users_share_is_nobodys(run_import, write, make_learner):
    for name in ("mona", "mira"):
        user = make_learner(name)
        user.email = "m@example.org"
        user.save()
    path = write("log.csv", HEADER + "m@example.org,c,a,unit.accessed,2026-03-01,1\n")
    run_import(path, "--learner-field", "email")
    assert account() == (1, 0, 0, {"unknown_learner": 1})


def test_learners_are_found_by_primary_key_too(run_import, write, learner):
    row = ",c,a,unit.accessed,2026-03-01,1\n"
    run_import(write("log.csv", HEADER + f"{learner.pk}{row}lena{row}"), "--learner-field", "pk")
    assert account() == (2, 1, 0, {"unknown_learner": 1})


def test_an_import_needs_no_yes_but_heeds_a_no(run_import, write, make_learner):
    make_learner("silent", purposes=())
    consent.refuse(make_learner("objector").pk, {Purpose.ENGAGEMENT}, source="consent page")
    row = ",c,a,unit.accessed,2026-03-01,1\n"
    run_import(write("log.csv", f"{HEADER}silent{row}objector{row}"))
    assert account() == (2, 1, 0, {"no_consent": 1})


def test_a_dry_run_judges_every_row_and_stores_nothing(run_import, write):
    path = write("log.csv", HEADER + ROW + "nobody,c,a,unit.accessed,2026-03-01,1\n")
    said = run_import(path, "--dry-run")
    assert "2 rows read: 1 would be stored" in said
    counts = [model.objects.count() for model in (Event, ImportRun, RejectionCount)]
    assert counts == [0, 0, 0]
    assert "2 rows read: 1 stored" in run_import(path)


def test_an_interrupted_import_goes_on_after_its_last_stored_batch(run_import, write, monkeypatch, tmp_path):
    path = write("log.csv", HEADER + (ROW + "nobody,c,a,unit.accessed,2026-03-01,1\n") * 5)
    options = ("--batch", "2", "--rejects", str(tmp_path / "rejects.csv"))
    advance, calls = import_runs._advance, []

    def die_at_the_third(run, tally, *, before):
        calls.append(before)
        if len(calls) == 3:
            raise KeyboardInterrupt
        advance(run, tally, before=before)

    monkeypatch.setattr(import_runs, "_advance", die_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        run_import(path, *options)
    assert account() == (4, 2, 0, {"unknown_learner": 2})
    monkeypatch.setattr(import_runs, "_advance", advance)
    assert "Resumed after row 4" in run_import(path, *options)
    assert account() == (10, 5, 0, {"unknown_learner": 5})
    assert len(stored()) == 5


def test_a_second_process_at_the_same_log_stops_without_a_trace(run_import, write, monkeypatch):
    path = write("log.csv", HEADER + ROW * 4)
    advance = import_runs._advance

    def overtaken(run, tally, *, before):
        ImportRun.objects.filter(pk=run.pk).update(read_count=4)
        advance(run, tally, before=before)

    monkeypatch.setattr(import_runs, "_advance", overtaken)
    with pytest.raises(CommandError, match="another process"):
        run_import(path)
    assert stored() == []


def test_a_truncated_file_keeps_what_it_gave_and_says_so(run_import, write):
    rows = "".join(f"lena,c,a,unit.accessed,2026-03-01,{count}\n" for count in range(1, 5000))
    packed = gzip.compress((HEADER + rows).encode())
    with pytest.raises(CommandError, match=r"breaks off after line \d+"):
        run_import(write("log.csv.gz", packed[:-2000]), "--batch", "10")
    assert Event.objects.exists()
    run_import(write("whole.csv.gz", packed))
    assert Event.objects.count() == 4999


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("", (), "first line must name the columns"),
        ("learner,learner\n", (), "each once"),
        ("learner,course,unit,at\n", (), "no source for kind"),
        (HEADER, ("--learner-field", "nickname"), "'nickname' is not a field of auth.User"),
        (HEADER, ("--map", "missing.toml"), "map missing.toml cannot be used"),
        (HEADER, ("--rejects", "missing/rejects.csv"), "rejects.csv cannot be written"),
        (b"\x1f\x8bnot gzip", (), "not a gzip file"),
    ],
)
def test_a_log_that_cannot_be_read_at_all_says_why(run_import, write, content, options, words):
    with pytest.raises(CommandError, match=words):
        run_import(write("log.csv", content), *options)


def test_a_file_that_is_not_there_is_named(run_import):
    with pytest.raises(CommandError, match=r"nowhere\.csv cannot be read: No such file"):
        run_import("nowhere.csv")


def test_every_batch_marks_the_days_it_changes(run_import, write, learner):
    PendingChange.objects.all().delete()
    run_import(write("log.csv", HEADER + ROW * 3))
    assert [(mark.stage, mark.learner_id, str(mark.day)) for mark in PendingChange.objects.all()] == [
        ("learner", learner.pk, "2026-03-01")
    ]

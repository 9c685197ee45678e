"""CSV logs as programs write them: other separators, line ends, packing and damage."""

import csv
import gzip

import pytest
from django.core.management import CommandError

from tests.capture.importing.logs import HEADER, ROW, account, stored


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + (HEADER + ROW).encode(),
        (HEADER + ROW).replace("\n", "\r\n").encode(),
        (HEADER + ROW).rstrip("\n").encode(),
        (HEADER + "\n" + ROW + "\n\n").encode(),
        (HEADER.upper().lower() + ROW.replace("lena", '"lena"')).encode(),
        b"\xef\xbb\xbf" + (HEADER + ROW).replace("\n", "\r\n").replace("learner", '"learner"', 1).encode(),
    ],
    ids=[
        "byte order mark",
        "CRLF",
        "no last line end",
        "blank lines",
        "quotes",
        "as a spreadsheet writes it",
    ],
)
def test_a_log_is_read_whatever_wrote_it(run_import, write, content):
    run_import(write("log.csv", content))
    assert account() == (1, 1, 0, {})


def test_a_cell_of_a_log_with_crlf_may_span_lines(run_import, write, tmp_path):
    rejects = tmp_path / "rejects.csv"
    rows = 'x,"two\r\nlines",' + ROW.replace("\n", "\r\n")
    log = (
        "x,note," + HEADER.replace("\n", "\r\n") + rows + "x,y,nobody" + rows[len('x,"two\r\nlines",lena') :]
    )
    run_import(write("log.csv", log), "--rejects", str(rejects))
    assert account() == (2, 1, 0, {"unknown_learner": 1})
    with rejects.open(newline="") as file:
        assert [row["line"] for row in csv.DictReader(file)] == ["4"]


def test_a_log_without_rows_is_an_import_of_none(run_import, write):
    said = run_import(write("log.csv", HEADER))
    assert "0 rows read: 0 stored" in said
    assert account() == (0, 0, 0, {})


def test_an_empty_gzipped_log_says_why_it_cannot_be_read(run_import, write):
    with pytest.raises(CommandError, match="first line must name the columns"):
        run_import(write("log.csv.gz", gzip.compress(b"")))


def test_a_column_that_is_misspelt_is_told_with_what_is_missing(run_import, write):
    with pytest.raises(CommandError, match="no source for learner"):
        run_import(write("log.csv", HEADER.replace("learner", "lerner") + ROW))


def test_a_gzipped_log_is_read_as_it_is(run_import, write):
    run_import(write("log.csv.gz", gzip.compress((HEADER + ROW).encode())))
    assert len(stored()) == 1


def test_bytes_that_are_no_text_cost_their_own_row_only(run_import, write):
    run_import(write("log.csv", HEADER.encode() + ROW.encode() + b"\xff\xfe,c,a\n" + ROW.encode()))
    assert account() == (3, 2, 0, {"bad_row": 1})


def test_a_cell_may_span_lines(run_import, write):
    header, rows = "note," + HEADER, '"two\nlines",' + ROW + '"un""usual",' + ROW
    run_import(write("log.csv", header + rows))
    assert account() == (2, 2, 0, {})


def test_a_stray_quote_does_not_swallow_the_rows_after_it(run_import, write):
    run_import(write("log.csv", HEADER + '"lena,c,a,unit.accessed,2026-03-01,1\n' + ROW * 200))
    assert account() == (201, 200, 0, {"bad_row": 1})


def test_an_endless_line_is_one_broken_row(run_import, write):
    run_import(write("log.csv", HEADER + ROW + "x" * 3_000_000 + "\n" + ROW))
    assert account() == (3, 2, 0, {"bad_row": 1})

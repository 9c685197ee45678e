"""Attempts in CSV logs."""

from datetime import timedelta

import pytest

from tests.capture.importing.logs import account
from tracking.models import Answer, Attempt


def test_a_row_of_the_kind_attempt_becomes_an_attempt_with_its_answers(run_import, write):
    answers = '[{""question"":""1"",""correct"":true,""chosen"":[""x""],""lessons"":[""a""]}]'
    header = "learner,course,unit,kind,at,started,attempt,score,max_score,passed,answers\n"
    row = f'lena,c,q,attempt,2026-03-01T10:00Z,2026-03-01T09:50Z,7,3,4,yes,"{answers}"\n'
    run_import(write("log.csv", header + row))
    attempt = Attempt.objects.get()
    assert (attempt.source_label, attempt.source_key, attempt.unit_key) == ("import", "7", "q")
    assert (attempt.share, attempt.is_passed) == (0.75, True)
    assert attempt.submitted_at == attempt.started_at + timedelta(minutes=10)
    assert list(Answer.objects.values_list("question_key", "is_correct", "chosen", "lesson_keys")) == [
        ("1", True, ["x"], ["a"])
    ]


def test_an_attempt_that_comes_again_corrects_itself(run_import, write):
    header = "learner,course,unit,kind,at,attempt,score,max_score,passed\n"
    row = "lena,c,q,attempt,2026-03-01,7,{},4,{}\n"
    run_import(write("one.csv", header + row.format(1, "no")))
    said = run_import(write("two.csv", header + row.format(4, "yes")))
    assert "0 stored, 1 already stored" in said
    assert list(Attempt.objects.values_list("score", "is_passed")) == [(4, True)]


@pytest.mark.parametrize(
    "cells", ["x,4,no,", "1,0,no,", "nan,4,no,", "1,4,maybe,", "1,4,no,[", '1,4,no,"[{""question"":1}]"']
)
def test_an_attempt_with_a_wrong_figure_is_refused(run_import, write, cells):
    header = "learner,course,unit,kind,at,score,max_score,passed,answers\n"
    run_import(write("log.csv", f"{header}lena,c,q,attempt,2026-03-01,{cells}\n"))
    assert account() == (1, 0, 0, {"bad_row": 1})

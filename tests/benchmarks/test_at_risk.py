"""OULAD's files, small: nothing of the day itself or later is looked at."""

import sys

import pytest

from benchmarks import at_risk

FILES = {
    "assessment": ["code_module,code_presentation,id_assessment,assessment_type,date,weight",
                   "BBB,2013B,1,TMA,10,50", "BBB,2013B,2,Exam,,100"],
    "student": ["code_module,code_presentation,id_student,num_of_prev_attempts,final_result"],
    "student_registration": ["code_module,code_presentation,id_student,date_registration,date_unregistration"],
    "studentVle": ["code_module,code_presentation,id_student,id_site,date,sum_click"],
    "student_assessment": ["id_assessment,id_student,date_submitted,is_banked,score"],
}  # fmt: skip


@pytest.fixture
def data(tmp_path):
    files = {name: list(lines) for name, lines in FILES.items()}
    for number in range(40):
        is_lost = number % 2 == 0
        files["student"].append(f"BBB,2013B,{number},0,{'Fail' if is_lost else 'Pass'}")
        files["student_registration"].append(f"BBB,2013B,{number},-10,{14 if number == 0 else ''}")
        files["studentVle"] += [f"BBB,2013B,{number},9,{day},3" for day in range(3 if is_lost else 130)]
        files["student_assessment"].append(f"1,{number},9,False,{20 if is_lost else 80}")
    for name, lines in files.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def run(monkeypatch, data, test="BBB/2013B"):
    monkeypatch.setattr(sys, "argv", ["at_risk", "--data", str(data), "--train", "BBB/2013B", "--test", test])
    return at_risk.main()


def test_every_day_has_its_table_and_the_last_line_tells_both(monkeypatch, data, capsys):
    assert run(monkeypatch, data) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "day 14: 40 learners, 50.0% did not finish" in lines
    assert "day 28: 39 learners, 48.7% did not finish" in lines
    assert lines[-1].startswith("at-risk: 1.000/1.000, 1.000/1.000, 1.000/1.000 AUC, fixed/trained")


def test_what_happens_on_the_day_or_later_is_not_looked_at(data):
    presentation = at_risk._read(data, "BBB/2013B")
    before = at_risk._class(presentation, 9)
    assert {facts.lost_share for facts in before.facts} == {None}
    after = at_risk._class(presentation, 11)
    assert {round(facts.lost_share or 0, 2) for facts in after.facts} == {0.2, 0.8}
    assert {facts.away_days for facts in before.facts} == {1, 7}


def test_a_presentation_that_is_not_there_is_named(monkeypatch, data, capsys):
    assert run(monkeypatch, data, "CCC/2014J") == 2
    assert "no learners of 'CCC/2014J'" in capsys.readouterr().out
    (data / "student.csv").unlink()
    assert run(monkeypatch, data) == 2
    assert "no student.csv" in capsys.readouterr().out

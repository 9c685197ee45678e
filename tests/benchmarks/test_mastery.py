"""The report is printed whole, whatever is in the files."""

import random
import sys

import pytest

from benchmarks import mastery


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    def run(*rows):
        path = tmp_path / "log.csv"
        path.write_text("user_id,item_id,correct,skill_id\n" + "".join(f"{row}\n" for row in rows))
        monkeypatch.setattr(sys, "argv", ["mastery", "--train", str(path)])
        return mastery.main(), capsys.readouterr().out.splitlines()

    return run


def test_every_model_and_flag_has_its_line(run):
    luck = random.Random(1)
    rows = [f"{u},{i},{int(luck.random() < u % 10 / 10)},{i % 2}" for u in range(60) for i in range(30)]
    _, lines = run(*rows)
    for head in (
        "ours, frozen",
        "ours, online",
        "skill mean",
        "last five",
        "PFA",
        "BKT",
        "wheel-spinning",
        "updates",
    ):
        assert any(line.startswith(head) for line in lines), head
    assert lines[-1].startswith("mastery: 0.")


def test_outcomes_that_are_all_alike_miss_the_target_and_break_nothing(run):
    status, lines = run(*(f"{u},{i},1,1" for u in range(20) for i in range(12)))
    assert (status, lines[-1]) == (1, "mastery: n/a AUC, frozen (target 0.767, limit none)")


def test_too_few_learners_are_said_to_be_too_few(run):
    status, lines = run("1,a,1,s")
    assert (status, lines[-1]) == (2, "Too few learners to keep some for the test. Name a test file.")

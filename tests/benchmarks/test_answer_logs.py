"""Logs of answers are of anybody's making."""

import gzip

import pytest

from benchmarks import answer_logs
from tracking.rollups.mastery.calibration import CalibrationAnswer

HEAD = "user_id\titem_id\ttimestamp\tcorrect\tskill_id\n"


@pytest.fixture
def read(tmp_path):
    def read(text, *, is_gzipped=False):
        path = tmp_path / "log"
        path.write_bytes(gzip.compress(text.encode()) if is_gzipped else text.encode())
        return answer_logs.read(str(path))

    return read


def answered(learner, item, *skills, is_right):
    return CalibrationAnswer(learner=learner, item=item, skills=skills, is_right=is_right)


@pytest.mark.parametrize("is_gzipped", [True, False])
def test_a_log_is_read_gzipped_or_not(read, is_gzipped):
    log = read(f"{HEAD}7\ta\t0\t1\t3\n", is_gzipped=is_gzipped)
    assert log.answers == [answered("7", "a", "3", is_right=True)]


def test_columns_may_come_in_any_order_by_commas_and_without_time_or_skill(read):
    log = read("correct,ITEM_ID,user_id\n0.0,a,7\n")
    assert log.answers == [answered("7", "a", "item a", is_right=False)]


def test_answers_are_put_in_the_order_of_their_timestamps(read):
    log = read(f"{HEAD}1\ta\t20\t1\ts\n2\tb\t10\t0\ts\n1\tc\t2020-01-01\t0\ts\n")
    assert [each.item for each in log.answers] == ["b", "a", "c"]


def test_an_answer_may_have_several_skills_in_one_cell_or_in_rows_of_its_own(read):
    log = read(
        f"{HEAD}1\ta\t0\t1\t3_5\n1\tb\t0\t1\tadd~~carry\n1\tc\t0\t1\tlong_division\n1\td\t0\t0\tx\n1\td\t0\t0\ty\n"
    )
    assert [each.skills for each in log.answers] == [
        ("3", "5"),
        ("add", "carry"),
        ("long_division",),
        ("x", "y"),
    ]


def test_the_same_item_answered_again_is_another_answer(read):
    assert len(read(f"{HEAD}1\ta\t0\t1\ts\n1\ta\t0\t1\ts\n").answers) == 2


def test_rows_that_say_nothing_are_left_out_and_counted(read):
    log = read(
        f"{HEAD}1\ta\tsoon\t1\ts\n\t\t\t\t\n1\t\t0\t1\ts\n\ta\t0\t1\ts\n1\ta\t0\tperhaps\ts\n1\ta\t0\n"
    )
    assert len(log.answers) == 1
    told = "1 x invalid timestamp, read as 0; 1 x no item_id; 1 x no user_id; 2 x correct is neither 0 nor 1."
    alike = "  all outcomes are alike: no area under a curve exists"
    assert log.remarks[-2:] == [f"  Left out or corrected: {told}", alike]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\tb\n1\t2\n", "no column 'user_id', 'item_id', 'correct' among 'a', 'b'"),
        ("", "no column"),
        (HEAD, "not one usable row"),
    ],
)
def test_a_file_that_is_no_log_is_refused_with_the_reason(read, text, message):
    with pytest.raises(answer_logs.Unreadable, match=message):
        read(text)


def test_a_file_that_is_missing_or_broken_is_refused(tmp_path):
    broken = tmp_path / "broken.gz"
    broken.write_bytes(b"\x1f\x8bzz")
    for path in (broken, tmp_path / "missing"):
        with pytest.raises(answer_logs.Unreadable):
            answer_logs.read(str(path))


def test_no_learner_is_on_both_sides_of_a_split():
    answers = [answered(str(number % 50), "a", "s", is_right=True) for number in range(200)]
    training, test = answer_logs.split(answers)
    assert {each.learner for each in training}.isdisjoint({each.learner for each in test})
    assert len(training) + len(test) == 200
    assert test

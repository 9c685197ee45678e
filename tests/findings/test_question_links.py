"""Links between what a class missed and what it had passed over."""

from dataclasses import replace

import pytest

from tests.findings.made_facts import RULES
from tracking.findings import detection
from tracking.findings.facts import ClassFacts, QuestionLinkCounts
from tracking.findings.rules import classes


def link(missed, missed_over, right, right_over):
    return QuestionLinkCounts(
        quiz_key="q",
        question_key="1",
        lesson_key="a",
        missed_count=missed,
        missed_not_covered_count=missed_over,
        right_count=right,
        right_not_covered_count=right_over,
    )


@pytest.mark.parametrize(
    ("counts", "is_told"),
    [
        ((13, 8, 20, 2), True),
        ((4, 4, 20, 0), False),
        ((20, 20, 4, 0), False),
        ((5, 2, 20, 2), False),
        ((13, 8, 20, 12), False),
        ((13, 2, 20, 15), False),
    ],
)
def test_a_link_is_told_only_of_two_groups_that_chance_alone_would_hardly_part(counts, is_told):
    areas = detection.find_for_class(ClassFacts(links=(link(*counts),)), RULES)
    assert [area.reason for area in areas] == (["not_covered_link"] if is_told else [])


def test_the_chance_is_that_of_fishers_exact_test():
    """The tea of Muriel Bristol: three of four cups right, by chance with 17 of 70 ways."""
    assert classes.fisher_p_value(link(4, 3, 4, 1)) == pytest.approx(17 / 70)


def test_of_several_questions_on_one_lesson_the_plainest_link_is_told():
    strong = replace(link(10, 9, 20, 0), question_key="2")
    areas = detection.find_for_class(ClassFacts(links=(link(13, 8, 20, 2), strong)), RULES)
    assert [area.evidence["question_keys"] for area in areas] == [["2"]]

"""Questions that learners get wrong in the same way again: a misunderstanding that another attempt does not resolve."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tracking.models import Answer, OutlineUnit
from tracking.privacy import groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Misconception:
    """One wrong answer to one question, by the keys of the options chosen."""

    quiz_key: str
    quiz_title: str
    question_key: str
    chosen: tuple[str, ...]
    learner_count: int
    """Learners who gave it in at least two attempts."""
    retried_count: int
    """Learners who have answered the question in at least two attempts."""

    @property
    def share(self) -> float:
        """The share of learners with a second attempt who gave the same wrong answer again."""
        return self.learner_count / self.retried_count


def find_misconceptions(course_key: str) -> tuple[Misconception, ...]:
    """Return the wrong answers that learners repeat, and by how many of them. Four queries.

    Answers without a known option are left out.
    """
    titles = dict(OutlineUnit.objects.filter(course_key=course_key).values_list("unit_key", "title"))
    wrong: defaultdict[tuple[str, str, tuple[str, ...]], Counter[Any]] = defaultdict(Counter)
    tries: defaultdict[tuple[str, str], Counter[Any]] = defaultdict(Counter)
    for learner_id, quiz_key, question_key, is_correct, chosen in _answers(course_key):
        tries[quiz_key, question_key][learner_id] += 1
        if chosen and not is_correct:
            wrong[quiz_key, question_key, tuple(sorted(map(str, chosen)))][learner_id] += 1
    found = [
        Misconception(
            quiz_key=quiz_key,
            quiz_title=titles.get(quiz_key, quiz_key),
            question_key=question_key,
            chosen=chosen,
            learner_count=_at_least_twice(counts),
            retried_count=_at_least_twice(tries[quiz_key, question_key]),
        )
        for (quiz_key, question_key, chosen), counts in wrong.items()
        if _at_least_twice(counts)
    ]
    return tuple(
        sorted(found, key=lambda each: (-each.learner_count, each.quiz_key, each.question_key, each.chosen))
    )


def _answers(course_key: str) -> Iterator[tuple[Any, str, str, bool, list[str]]]:
    rows = Answer.objects.filter(
        attempt__course_key=course_key,
        attempt__learner_id__in=groups.learners_in_figures(course_key),
        attempt__submitted_at__isnull=False,
        is_correct__isnull=False,
    )
    names = ("attempt__learner_id", "attempt__unit_key", "question_key", "is_correct", "chosen")
    yield from rows.values_list(*names).iterator(5000)


def _at_least_twice(counts: Counter[Any]) -> int:
    return sum(count >= 2 for count in counts.values())

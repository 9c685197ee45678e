"""What somebody knows of a course: what they have read, what they are able to, and what earlier tries taught them."""

from collections.abc import Iterator, Sequence
from random import Random

from config.demo.simulation import answering
from config.demo.simulation.people import Traits
from config.demo.simulation.syllabus import Syllabus
from courses.attempts import Response
from courses.models import Attempt, Lesson, Question, Quiz

UNREAD = -1.25
"""Logit of a right answer for somebody of ability 0 who has not read the lesson it comes from."""

READ = 3.1
"""Logits that having read all of the lesson adds."""

TRIED = 0.9
"""Logits that an earlier try at the same questions adds."""

REMEMBERED = 0.95
"""How likely an answer that was right at the last try is right again."""

AT_A_LOSS = 0.45
"""What remains of the chance to be right in a quiz for which a learner's story is to fail."""


class Knowledge:
    """What one learner knows of one course."""

    def __init__(self, syllabus: Syllabus, traits: Traits, chance: Random) -> None:
        self._syllabus = syllabus
        self._traits = traits
        self._chance = chance
        self._read: dict[int, float] = {}

    def has_read(self, lesson: Lesson) -> bool:
        """Return whether at least half of ``lesson`` was read."""
        return self._read.get(lesson.pk, 0) > 0.5

    def read(self, lesson: Lesson, share: float) -> None:
        """Add that ``share`` of ``lesson`` was read."""
        self._read[lesson.pk] = min(1.0, self._read.get(lesson.pk, 0) + share)

    def answers(self, quiz: Quiz, tried: Sequence[Attempt], *, part_number: int) -> Iterator[Response]:
        """Yield what the learner answers to each question of ``quiz``, having tried it before as ``tried`` says."""
        is_blank = part_number in self._traits.blank_parts
        known = _right_in(tried[-1]) if tried else set()
        for question in self._syllabus.questions[quiz.pk]:
            right = self._chance_of_right(question, tried_count=len(tried))
            is_unread = part_number in self._traits.without_parts and not self._read.get(
                question.lesson_id or 0
            )
            if is_blank or is_unread:
                right *= AT_A_LOSS
            elif question.pk in known:
                right = max(right, REMEMBERED * self._traits.learns)
            yield answering.respond(self._chance, question, is_right=self._chance.random() < right)

    def _chance_of_right(self, question: Question, *, tried_count: int) -> float:
        read = READ * self._read.get(question.lesson_id or 0, 0.0)
        taught = TRIED * tried_count * self._traits.learns
        logit = UNREAD + self._traits.ability + read + taught - self._syllabus.difficulty(question)
        most = self._syllabus.most_right(question, try_number=tried_count + 1)
        return min(most, answering.chance_of_right(question, logit=logit))


def _right_in(attempt: Attempt) -> set[int]:
    return set(attempt.answers.filter(is_correct=True).values_list("question_id", flat=True))

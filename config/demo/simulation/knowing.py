"""Model what a learner knows of a course: from reading, ability and earlier attempts."""

from collections.abc import Iterator, Sequence
from random import Random

from config.demo.simulation import answering
from config.demo.simulation.people import Traits
from config.demo.simulation.syllabus import Syllabus
from courses.attempts import Response
from courses.models import Attempt, Lesson, Question, Quiz

UNREAD = -1.25
"""Logit of a right answer at ability 0 if the lesson was not read."""

READ = 3.1
"""Logits added by reading all of the lesson."""

PER_ATTEMPT = 0.9
"""Logits added by each earlier attempt at the same questions."""

REMEMBERED = 0.95
"""Probability that an answer that was right in the last attempt is right again."""

FAILING_FACTOR = 0.45
"""Factor on the probability of a right answer in a quiz that a learner's story fails."""


class Knowledge:
    """The knowledge of one learner in one course."""

    def __init__(self, syllabus: Syllabus, traits: Traits, rng: Random) -> None:
        self._syllabus = syllabus
        self._traits = traits
        self._rng = rng
        self._read: dict[int, float] = {}

    def has_read(self, lesson: Lesson) -> bool:
        """Return whether more than half of ``lesson`` was read."""
        return self._read.get(lesson.pk, 0) > 0.5

    def read(self, lesson: Lesson, share: float) -> None:
        """Record that ``share`` of ``lesson`` was read."""
        self._read[lesson.pk] = min(1.0, self._read.get(lesson.pk, 0) + share)

    def answers(self, quiz: Quiz, earlier: Sequence[Attempt], *, part_number: int) -> Iterator[Response]:
        """Yield the learner's answer to each question of ``quiz``, given the ``earlier`` attempts."""
        must_fail = part_number in self._traits.failed_parts
        known = _right_in(earlier[-1]) if earlier else set()
        for question in self._syllabus.questions[quiz.pk]:
            right = self._probability_of_right(question, attempt_count=len(earlier))
            is_unread = part_number in self._traits.skipped_parts and not self._read.get(
                question.lesson_id or 0
            )
            if must_fail or is_unread:
                right *= FAILING_FACTOR
            elif question.pk in known:
                right = max(right, REMEMBERED * self._traits.learns)
            yield answering.respond(self._rng, question, is_right=self._rng.random() < right)

    def _probability_of_right(self, question: Question, *, attempt_count: int) -> float:
        read = READ * self._read.get(question.lesson_id or 0, 0.0)
        taught = PER_ATTEMPT * attempt_count * self._traits.learns
        logit = UNREAD + self._traits.ability + read + taught - self._syllabus.difficulty(question)
        maximum = self._syllabus.max_probability(question, attempt_number=attempt_count + 1)
        return min(maximum, answering.probability_of_right(question, logit=logit))


def _right_in(attempt: Attempt) -> set[int]:
    return set(attempt.answers.filter(is_correct=True).values_list("question_id", flat=True))

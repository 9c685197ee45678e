"""Read a course as learners see it: modules of lessons and quizzes in order, and how hard each question is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random

from config.demo.simulation.term import Term
from courses.models import Course, Lesson, Module, Question, Quiz

TOO_HARD: Mapping[str, str] = {
    "how-the-web-works": "https-and-the-private-line",
    "learning-to-learn": "interleaving",
    "reading-data": "measuring-spread",
}
"""One lesson in each course that most learners read and few understand: lesson slug by course slug."""

RIGHT_IF_TOO_HARD = 0.1
"""The highest probability of a right answer on such a lesson in the first attempt."""

MORE_RIGHT_PER_ATTEMPT = 0.35


@dataclass(frozen=True)
class Part:
    """One module: its lessons and quizzes in order, open from day ``opens`` and due by the end of day ``due``."""

    number: int
    module: Module
    steps: tuple[Lesson | Quiz, ...]
    opens: int
    due: int

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """The lessons without the quizzes."""
        return tuple(step for step in self.steps if isinstance(step, Lesson))


@dataclass(frozen=True)
class Syllabus:
    """A whole course, and its questions by quiz."""

    course: Course
    parts: tuple[Part, ...]
    questions: Mapping[int, tuple[Question, ...]]

    def difficulty(self, question: Question) -> float:
        """Return the difficulty of a question in logits: the same for all learners, 0 on average."""
        return Random(f"{self.course.slug}/{question.key}").gauss(0, 0.6)  # noqa: S311  a simulation must be repeatable

    def max_probability(self, question: Question, *, attempt_number: int) -> float:
        """Return the highest probability of a right answer in the attempt ``attempt_number``, from 1."""
        if question.lesson is None or question.lesson.slug != TOO_HARD.get(self.course.slug):
            return 1.0
        return RIGHT_IF_TOO_HARD + MORE_RIGHT_PER_ATTEMPT * (attempt_number - 1)


def read(course: Course, term: Term) -> Syllabus:
    """Return the syllabus of ``course``, without withdrawn lessons and quizzes."""
    parts: list[Part] = []
    opens = 0
    modules = course.modules.prefetch_related("lessons__module__course", "quizzes__module__course")
    for number, module in enumerate(modules, start=1):
        units: list[Lesson | Quiz] = [*module.lessons.all(), *module.quizzes.all()]
        steps = sorted((unit for unit in units if unit.is_published), key=lambda unit: unit.position)
        due = max((term.day_of(unit.due_on) for unit in steps if unit.due_on), default=term.day_count)
        parts.append(Part(number=number, module=module, steps=tuple(steps), opens=opens, due=due))
        opens = due + 1
    questions: dict[int, list[Question]] = {}
    rows = Question.objects.filter(quiz__module__course=course).select_related("lesson__module__course")
    for question in rows.prefetch_related("options"):
        questions.setdefault(question.quiz_id, []).append(question)
    return Syllabus(
        course=course, parts=tuple(parts), questions={quiz: tuple(found) for quiz, found in questions.items()}
    )

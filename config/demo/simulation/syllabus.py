"""A course as a learner meets it: modules of lessons and quizzes in order, some of it harder than the rest."""

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
"""In each course one lesson that nearly everybody reads and few understand, by the slugs of course and lesson."""

RIGHT_IF_TOO_HARD = 0.1
"""How likely an answer on such a lesson is right at the first try, at the most."""

MORE_RIGHT_EACH_TRY = 0.35


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
        """The lessons alone."""
        return tuple(step for step in self.steps if isinstance(step, Lesson))


@dataclass(frozen=True)
class Syllabus:
    """A whole course, and its questions by the quiz."""

    course: Course
    parts: tuple[Part, ...]
    questions: Mapping[int, tuple[Question, ...]]

    def difficulty(self, question: Question) -> float:
        """Return how hard a question is, in logits: the same for everybody, 0 on average."""
        return Random(f"{self.course.slug}/{question.key}").gauss(0, 0.6)  # noqa: S311  to be the same again

    def most_right(self, question: Question, *, try_number: int) -> float:
        """Return how likely the right answer is at the most, at the first, second or later try."""
        if question.lesson is None or question.lesson.slug != TOO_HARD.get(self.course.slug):
            return 1.0
        return RIGHT_IF_TOO_HARD + MORE_RIGHT_EACH_TRY * (try_number - 1)


def read(course: Course, term: Term) -> Syllabus:
    """Return what there is to learn in ``course``, without what is withdrawn."""
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

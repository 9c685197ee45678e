"""The models of the platform: course outlines, questions, enrolments and learners' work."""

from courses.models.attempts import Answer, Attempt, LessonCompletion
from courses.models.enrolments import Enrolment, Group
from courses.models.outline import Course, Lesson, Module, Quiz
from courses.models.questions import Option, Question

__all__ = [
    "Answer",
    "Attempt",
    "Course",
    "Enrolment",
    "Group",
    "Lesson",
    "LessonCompletion",
    "Module",
    "Option",
    "Question",
    "Quiz",
]

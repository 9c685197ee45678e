"""Declare this platform to ``tracking``. A model for the adapter of another platform."""

from tracking import lms
from tracking.lms import (
    AnswerFields,
    AttemptFields,
    CompletionFields,
    EnrolmentFields,
    Node,
    Structure,
    Unit,
    UnitKind,
)

LESSON = Unit("courses.Lesson", course="course", unit=("module", "lesson"))
QUIZ = Unit("courses.Quiz", course="course", unit=("module", "quiz"))


class Adapter(lms.Adapter):
    structure = Structure(
        "courses.Course",
        key="slug",
        starts_at="starts_on",
        ends_at="ends_on",
        is_simulated="has_simulated_learners",
        learners=EnrolmentFields(
            "courses.Enrolment", course="course", learner="learner",
            group_key="group", group_title="group__name", enrolled_at="enrolled_at",
        ),
        instructors="instructors",
        nodes=[
            Node("courses.Module", course="course", kind=UnitKind.MODULE, key="slug"),
            Node(
                "courses.Lesson", course="module__course", parent="module", kind=UnitKind.LESSON,
                key=("module__slug", "slug"), expected_seconds=lambda lesson: lesson.expected_minutes * 60,
                due_at="due_on", is_available="is_published",
                is_required=lambda lesson: not lesson.is_optional,
            ),
            Node(
                "courses.Quiz", course="module__course", parent="module", kind=UnitKind.QUIZ,
                key=("module__slug", "slug"), due_at="due_on", is_available="is_published",
            ),
        ],
    )  # fmt: skip
    views = {"courses:lesson": LESSON, "courses:quiz": QUIZ, "courses:attempt": QUIZ, "courses:result": QUIZ}
    attempts = {
        "courses.Attempt": AttemptFields(
            learner="learner", unit="quiz", started_at="started_at", submitted_at="submitted_at",
            score="score", max_score="max_score", is_passed="passed",
            answers=AnswerFields(
                relation="answers", question="question__key", is_correct="is_correct", points="points",
                max_points="question__points", chosen="chosen", lessons="question__lesson",
            ),
        )
    }  # fmt: skip
    completions = {
        "courses.LessonCompletion": CompletionFields(
            learner="learner", unit="lesson", completed_at="completed_at"
        )
    }

from tracking import lms
from tracking.lms import AttemptFields, Node, Structure, Unit, UnitKind


class Adapter(lms.Adapter):
    structure = Structure(
        "school.Course",
        key="slug",
        learners="students",
        instructors="teacher",
        nodes=[
            Node("school.Section", course="course", kind=UnitKind.MODULE, order=["position"]),
            Node(
                "school.Lesson",
                course="section__course",
                parent="section",
                kind=UnitKind.LESSON,
                order=["position"],
                expected_seconds=lambda lesson: lesson.minutes * 60,
            ),
            Node(
                "school.Quiz",
                course="section__course",
                parent="section",
                kind=UnitKind.QUIZ,
                order=["position"],
            ),
        ],
    )
    views = {
        "lesson-detail": Unit("school.Lesson", course="course", unit="pk"),
        "take-quiz": Unit("school.Quiz", unit="quiz_id"),
    }
    attempts = {
        "school.Sitting": AttemptFields(
            learner="user",
            unit="quiz",
            started_at="began",
            submitted_at="ended",
            score="points",
            max_score=20,
            is_passed=lambda sitting: (sitting.points or 0) >= 12,
        )
    }

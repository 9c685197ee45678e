from tracking import lms
from tracking.lms import AttemptFields, Lookup, Node, Structure, Unit, UnitKind


class Adapter(lms.Adapter):
    structure = Structure(
        "academy.Course",
        key="slug",
        learners="students",
        instructors="is_taught_by",
        nodes=[
            Node("academy.Topic", course="course", parent="parent", kind=UnitKind.MODULE),
            Node("academy.Lesson", course="courses", kind=UnitKind.LESSON, key="slug"),
        ],
    )
    views = {
        "lesson": Unit("academy.Lesson", course="course", unit="slug"),
        "topic": Unit("academy.Topic", unit=Lookup(pk="pk")),
    }
    attempts = {
        "academy.Sitting": AttemptFields(
            learner="member", unit="topic", is_submitted="complete", score="points", max_score=10
        )
    }

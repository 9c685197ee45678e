from django.http import HttpRequest, HttpResponse

from tests.hosts.evening_school.views import LOCKED
from tracking import lms
from tracking.lms import AttemptFields, EnrolmentFields, Lookup, Node, Structure, Unit, UnitKind, UnitRef


class Adapter(lms.Adapter):
    structure = Structure(
        "evening_school.Course",
        key="code",
        learners=EnrolmentFields(
            "evening_school.Place", course="course", learner="person", filter={"has_left": False}
        ),
        instructors="teacher",
        nodes=[
            Node(
                "evening_school.Evening", course="course", kind=UnitKind.LESSON, key="number", title="topic",
                order=["number"],
            ),
            Node("evening_school.Paper", course="course", kind=UnitKind.QUIZ, title="question"),
        ],
    )  # fmt: skip
    views = {
        "evening": Unit("evening_school.Evening", course="code", unit="number"),
        "paper": Unit("evening_school.Paper", unit=Lookup(pk="pk")),
    }
    attempts = {
        "evening_school.HandIn": AttemptFields(
            learner="author", unit="paper", started_at="handed_in_at", submitted_at="handed_in_at",
            score="mark", max_score=20, is_passed=lambda given: None if given.mark is None else given.mark >= 10,
        )
    }  # fmt: skip

    def viewed(self, request: HttpRequest, response: HttpResponse, unit: UnitRef) -> UnitRef | None:
        return None if LOCKED in response.content.decode() else unit

    def ignore(self, request: HttpRequest) -> bool:
        return "acting_as" in request.session

from typing import Any

from tracking import lms
from tracking.lms import AttemptFields, Lookup, Node, Structure, Unit, UnitKind


def kind(step: Any) -> UnitKind:
    return UnitKind.QUIZ if step.is_task else UnitKind.LESSON


class Adapter(lms.Adapter):
    structure = Structure(
        "headless.Program",
        learners="members",
        instructors="headless.coach",
        nodes=[Node("headless.Step", course="program", kind=kind, title="text", order=["pk"])],
    )
    views = {"tests.hosts.headless.views.Steps": Unit("headless.Step", unit=Lookup(pk="pk"))}
    attempts = {
        "headless.Work": AttemptFields(
            learner="group",
            unit="step",
            started_at="sent_at",
            submitted_at="sent_at",
            is_passed="is_accepted",
        )
    }

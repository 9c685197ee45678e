"""A course with four lessons that every user learns in."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model

from tracking import lms
from tracking.events import UnitKind
from tracking.lms.values import EnrolmentRecord, Outline, OutlineNode

COURSE = "c"
LESSONS = ("l1", "l2", "l3", "l4")


class Adapter(lms.Adapter):
    def course_keys(self) -> Iterable[str]:
        return [COURSE]

    def outline(self, course_key: str) -> Outline | None:
        nodes = tuple(OutlineNode(key=key, kind=UnitKind.LESSON, title=key) for key in LESSONS)
        return Outline(course_key=COURSE, title="C", nodes=nodes) if course_key == COURSE else None

    def enrolments(self, course_key: str) -> Iterable[EnrolmentRecord]:
        keys = get_user_model()._default_manager.order_by("pk").values_list("pk", flat=True)
        return [EnrolmentRecord(learner_id=key) for key in keys]

    def display_name(self, user: Any) -> str:
        return str(user.get_username())

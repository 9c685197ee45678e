"""A host in a few lines: an adapter whose courses and learners a test writes down.

school.course("c", lessons=["a", "b"], quizzes=["q"]); school.enrol(learner, "c")
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tracking import lms
from tracking.events import UnitKind
from tracking.lms.values import EnrolmentRecord, Outline, OutlineNode, UnitRef


@dataclass
class School:
    """What the adapter answers. One at a time is open: the fixture ``school`` makes it."""

    outlines: dict[str, Outline] = field(default_factory=dict)
    enrolled: dict[str, list[EnrolmentRecord]] = field(default_factory=dict)

    def course(
        self, course_key: str, *, lessons: Sequence[str] = (), quizzes: Sequence[str] = (), **outline: Any
    ) -> Outline:
        """Add a course with one module, then its lessons, then its quizzes, titled like their keys."""
        nodes = [OutlineNode(key="m", kind=UnitKind.MODULE, title="Module m")]
        nodes += [node(key, UnitKind.LESSON, expected_seconds=100) for key in lessons]
        nodes += [node(key, UnitKind.QUIZ) for key in quizzes]
        self.outlines[course_key] = Outline(
            course_key=course_key, title=f"Course {course_key}", **{"nodes": tuple(nodes), **outline}
        )
        self.enrolled.setdefault(course_key, [])
        return self.outlines[course_key]

    def change(self, course_key: str, **changes: Any) -> None:
        """Replace parts of a course's outline."""
        self.outlines[course_key] = replace(self.outlines[course_key], **changes)

    def enrol(self, learner: Any, course_key: str, **enrolled: Any) -> None:
        """Enrol a user in a course."""
        self.enrolled[course_key].append(EnrolmentRecord(learner_id=learner.pk, **enrolled))


def node(key: str, kind: UnitKind = UnitKind.LESSON, **fields: Any) -> OutlineNode:
    """Return a unit below module ``m``, titled like its key."""
    return OutlineNode(
        key=key, kind=kind, title=f"{kind.label.capitalize()} {key}", **{"parent_key": "m", **fields}
    )


the_school = School()


class Adapter(lms.Adapter):
    """The host's answers, as the open school has them."""

    def course_keys(self) -> Iterable[str]:
        return list(the_school.outlines)

    def outline(self, course_key: str) -> Outline | None:
        return the_school.outlines.get(course_key)

    def enrolments(self, course_key: str) -> Iterable[EnrolmentRecord]:
        return the_school.enrolled.get(course_key, [])

    def unit_of_path(self, path: str) -> UnitRef | None:
        course_key, _, unit_key = path.strip("/").partition("/")
        return UnitRef(course_key=course_key, unit_key=unit_key) if unit_key else None

    def display_name(self, user: Any) -> str:
        return str(user.get_full_name() or user.get_username())

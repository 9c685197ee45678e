"""Checks the adapter's structure against the host's models."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth import get_user_model

from tracking.checks.declared_paths import (
    AdapterFault,
    find_end_faults,
    find_lookup_faults,
    find_read_faults,
)
from tracking.lms import Adapter, EnrolmentFields, people
from tracking.lms.keys import KeyRule
from tracking.lms.structure import CourseRows, UnitRows, find_model

READ_FROM_COURSE = ("title", "starts_at", "ends_at", "time_zone", "is_simulated")
READ_FROM_UNIT = ("title", "expected_seconds", "due_at", "is_available", "is_required", "skills")
READ_FROM_ENROLMENT = ("group_key", "group_title", "enrolled_at")


def find_structure_faults(adapter: Adapter) -> Iterator[AdapterFault]:
    """Yield a fault for each entry of the structure that names something the host does not have."""
    courses = adapter.courses
    if courses is None:
        return
    yield from _course_faults(courses)
    for units in courses.units:
        yield from _unit_faults(courses, units)
    yield from _prefix_faults(courses)


def _course_faults(courses: CourseRows) -> Iterator[AdapterFault]:
    structure, model = courses.structure, courses.model
    yield from _key_faults("structure.key", courses.keys)
    for name in READ_FROM_COURSE:
        yield from find_read_faults(f"structure.{name}", model, getattr(structure, name))
    users = [get_user_model()]
    if isinstance(structure.learners, EnrolmentFields):
        yield from _enrolment_faults(courses, structure.learners)
    elif isinstance(structure.learners, str):
        yield from find_lookup_faults("structure.learners", model, structure.learners, ending_at=users)
    path = structure.instructors
    if isinstance(path, str) and not people.is_permission(courses, path) and not _is_method(courses, path):
        yield from find_lookup_faults("structure.instructors", model, path, ending_at=users)


def _enrolment_faults(courses: CourseRows, fields: EnrolmentFields) -> Iterator[AdapterFault]:
    model, entry = find_model(fields.model), f"Enrolments({fields.model!r})"
    yield from find_lookup_faults(f"{entry}.course", model, fields.course, ending_at=[courses.model])
    yield from find_lookup_faults(f"{entry}.learner", model, fields.learner, ending_at=[get_user_model()])
    for name in READ_FROM_ENROLMENT:
        yield from find_read_faults(f"{entry}.{name}", model, getattr(fields, name))


def _unit_faults(courses: CourseRows, units: UnitRows) -> Iterator[AdapterFault]:
    node, entry = units.node, f"Node({units.node.model!r})"
    yield from _key_faults(f"{entry}.key", units.keys)
    yield from _course_path_faults(courses, units, entry)
    for name in READ_FROM_UNIT:
        yield from find_read_faults(f"{entry}.{name}", units.model, getattr(node, name))
    if node.url != "get_absolute_url":
        yield from find_read_faults(f"{entry}.url", units.model, node.url)
    for by in node.order:
        yield from find_read_faults(
            f"{entry}.order", units.model, by.removeprefix("-") if isinstance(by, str) else by
        )
    if units.model is not None:
        parents = [each.model for each in courses.units if each.model is not None]
        yield from find_end_faults(f"{entry}.parent", units.model, node.parent, ending_at=parents)


def _course_path_faults(courses: CourseRows, units: UnitRows, entry: str) -> Iterator[AdapterFault]:
    node = units.node
    if node.rows is not None:
        if units.model is not None:
            yield from find_end_faults(f"{entry}.course", units.model, node.course, ending_at=[courses.model])
    elif not node.course:
        hint = "Give it the path to the course, or rows."
        yield AdapterFault(entry=entry, problem="no path leads from a row to its course.", hint=hint)
    elif isinstance(node.course, str):
        yield from find_lookup_faults(f"{entry}.course", units.model, node.course, ending_at=[courses.model])
    else:
        hint = "Give rows as well: the database cannot call it."
        yield AdapterFault(
            entry=f"{entry}.course", problem="a callable cannot select the rows of a course.", hint=hint
        )


def _prefix_faults(courses: CourseRows) -> Iterator[AdapterFault]:
    seen: dict[str, UnitRows] = {}
    for units in courses.units:
        other = seen.setdefault(units.keys.prefix, units)
        if other.model is not units.model:
            problem = f"its keys start like those of {other.node.model!r}: with {units.keys.prefix!r}."
            hint = "Give one of the two a prefix of its own."
            yield AdapterFault(entry=f"Node({units.node.model!r})", problem=problem, hint=hint)


def _key_faults(entry: str, rule: KeyRule) -> Iterator[AdapterFault]:
    for path in rule.paths:
        yield from find_read_faults(entry, rule.model, path)


def _is_method(courses: CourseRows, name: str) -> bool:
    return callable(getattr(courses.model, name, None))

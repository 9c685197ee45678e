"""Tests the structure against live rows: outlines can be read, and their keys lead back to the units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib.auth.models import Permission

from tracking.checks.problems import ProblemCollector, count_queries
from tracking.lms import Adapter, Outline, UnitRef, paths, people
from tracking.lms.keys import MAX_KEY_LENGTH
from tracking.lms.structure import CourseRows

MAX_SAME_STATEMENT = 5
"""A statement that runs more often than this for one outline is a query for each unit."""


def check_live_outlines(adapter: Adapter, collector: ProblemCollector, *, sample: int) -> dict[str, Outline]:
    """Collect the problems of up to ``sample`` outlines. Return the outlines that could be read, by course key."""
    outlines: dict[str, Outline] = {}
    with collector.watching("tracking.E101", "course_keys()", "Make it return the keys of all courses."):
        keys = [str(key) for key in islice(adapter.course_keys(), sample)]
        if not keys:
            hint = "Check structure.course and structure.filter. Nothing is tracked until there is a course."
            collector.add("tracking.E101", "course_keys()", "there are no courses.", hint)
        for key in keys:
            outline = _read(adapter, collector, key)
            if outline is not None:
                outlines[key] = outline
    if outlines and not any(outline.nodes for outline in outlines.values()):
        hint = "Check the course and filter of the nodes."
        collector.add("tracking.E104", "outline()", f"none of {len(outlines)} courses has a unit.", hint)
    remaining = sample
    for outline in outlines.values():
        _check_units(adapter, collector, outline, limit=remaining)
        remaining = max(remaining - len(outline.nodes), 0)
    _check_learners(adapter, collector, list(outlines))
    _check_instructors(adapter, collector, list(outlines))
    return outlines


def _read(adapter: Adapter, collector: ProblemCollector, course_key: str) -> Outline | None:
    outline = None
    with collector.watching("tracking.E103", f"outline({course_key!r})", "Correct the entry that it names."):
        with count_queries() as statements:
            outline = adapter.outline(course_key)
        if outline is None:
            hint = "Make structure.key a unique field, and make outline() accept what course_keys() returns."
            collector.add(
                "tracking.E102", "structure.key", f"no course was found by its own key {course_key!r}.", hint
            )
        elif outline.course_key != course_key:
            problem = f"the outline of {course_key!r} names another course, {outline.course_key!r}."
            collector.add("tracking.E102", "structure.key", problem, "Use one key for a course everywhere.")
        else:
            _check_query_count(collector, outline, statements)
    return outline


def _check_query_count(collector: ProblemCollector, outline: Outline, statements: dict[str, int]) -> None:
    most_frequent = max(statements, key=lambda sql: statements[sql], default="")
    if statements.get(most_frequent, 0) <= MAX_SAME_STATEMENT:
        return
    problem = (
        f"the outline of {outline.course_key!r}, with {len(outline.nodes)} units, took"
        f" {sum(statements.values())} queries, {statements[most_frequent]} of them {most_frequent[:100]!r}..."
    )
    hint = "Write paths instead of callables, or read url and skills from fields, because fields are joined."
    collector.add("tracking.W108", "outline()", problem, hint)


def _check_units(adapter: Adapter, collector: ProblemCollector, outline: Outline, *, limit: int) -> None:
    for kind, prefix_keys in _raw_keys(adapter, outline):
        for key, count in Counter(prefix_keys).items():
            if count > 1:
                problem = (
                    f"{count} units of {outline.course_key!r} have the key {key!r}; all but one are lost."
                )
                collector.add(
                    "tracking.E105", kind, problem, "Add what distinguishes them to key, such as the module."
                )
    for node in outline.nodes[:limit]:
        ref = UnitRef(course_key=outline.course_key, unit_key=node.key)
        if len(node.key) > MAX_KEY_LENGTH or not node.key:
            hint = f"Give keys of 1 to {MAX_KEY_LENGTH} characters."
            collector.add("tracking.E106", "outline()", f"{node.key!r} cannot be stored as a key.", hint)
        with collector.watching("tracking.E106", "structure.nodes", "Correct the entry that it names."):
            _check_round_trip(adapter, collector, ref)


def _raw_keys(adapter: Adapter, outline: Outline) -> Iterator[tuple[str, list[str]]]:
    """Yield the keys of a course from its rows, because reading the outline has already removed duplicates."""
    courses = adapter.courses
    course = courses.find(outline.course_key) if courses is not None else None
    if courses is None or course is None or type(adapter).outline is not Adapter.outline:
        yield "outline()", [node.key for node in outline.nodes]
        return
    for units in courses.units:
        yield f"Node({units.node.model!r}).key", [units.keys.of(row) for row in units.of_course(course)]


def _check_round_trip(adapter: Adapter, collector: ProblemCollector, ref: UnitRef) -> None:
    courses = adapter.courses
    if courses is None or not any(_is_findable(courses, units, ref) for units in courses.units):
        return
    found = courses.find_unit(ref)
    if found is None:
        problem = f"no row was found by its own key {ref.unit_key!r}."
        collector.add(
            "tracking.E106", "structure.nodes", problem, "Build key from fields, not from computed values."
        )
        return
    units, row = found
    if units.keys.of(row) != ref.unit_key:
        problem = f"{ref.unit_key!r} leads to a row with the key {units.keys.of(row)!r}."
        collector.add("tracking.E106", f"Node({units.node.model!r}).key", problem, "Make keys unique.")


def _is_findable(courses: CourseRows, units: Any, ref: UnitRef) -> bool:
    # Rows from a callable and shortened keys ("~") cannot be found by their key.
    has_rows = units.model is not None and units.node.rows is None
    return has_rows and "~" not in ref.unit_key and units.keys.filters(ref.unit_key) is not None


def _check_learners(adapter: Adapter, collector: ProblemCollector, course_keys: list[str]) -> None:
    with collector.watching("tracking.E110", "enrolments()", "Correct structure.learners."):
        if course_keys and not any(next(iter(adapter.enrolments(key)), None) for key in course_keys):
            problem = f"none of {len(course_keys)} courses has a learner."
            collector.add("tracking.E110", "structure.learners", problem, "Write the path to the learners.")


def _check_instructors(adapter: Adapter, collector: ProblemCollector, course_keys: list[str]) -> None:
    courses = adapter.courses
    source = courses.structure.instructors if courses is not None else None
    if courses is None or not isinstance(source, str) or not course_keys:
        return
    with collector.watching("tracking.E109", "structure.instructors", "Correct the path."):
        _check_instructor_path(courses, collector, source)


def _check_instructor_path(courses: CourseRows, collector: ProblemCollector, source: str) -> None:
    if people.is_permission(courses, source):
        label, _, codename = source.partition(".")
        if not Permission.objects.filter(content_type__app_label=label, codename=codename).exists():
            problem = f"there is no permission {source!r}."
            collector.add("tracking.E109", "structure.instructors", problem, "Write 'app_label.codename'.")
    elif paths.find_field(courses.model, paths.split_path(source)[0]) is not None:
        path = "__".join(paths.split_path(source))
        if not courses.queryset.filter(**{f"{path}__isnull": False}).exists():
            problem = f"{source!r} finds no instructors in any course."
            collector.add(
                "tracking.E109", "structure.instructors", problem, "Write the path to the instructors."
            )

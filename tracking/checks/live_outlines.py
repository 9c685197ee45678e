"""Proving the structure against live rows: outlines that can be read, with keys that lead back to their units."""

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

SAME_STATEMENT_MOST = 5
"""One statement run more often than this while one outline is read is a query for each unit."""


def check_live_outlines(adapter: Adapter, docket: ProblemCollector, *, sample: int) -> dict[str, Outline]:
    """Note what is wrong with up to ``sample`` outlines; return those that could be read, by course key."""
    read: dict[str, Outline] = {}
    with docket.watching("tracking.E101", "course_keys()", "Make it return the keys of all courses."):
        keys = [str(key) for key in islice(adapter.course_keys(), sample)]
        if not keys:
            hint = "Check structure.course and structure.filter. Nothing is tracked until there is a course."
            docket.add("tracking.E101", "course_keys()", "there are no courses.", hint)
        for key in keys:
            outline = _read(adapter, docket, key)
            if outline is not None:
                read[key] = outline
    if read and not any(outline.nodes for outline in read.values()):
        hint = "Check the course and filter of the nodes."
        docket.add("tracking.E104", "outline()", f"none of {len(read)} courses has a unit.", hint)
    left = sample
    for outline in read.values():
        _prove_units(adapter, docket, outline, limit=left)
        left = max(left - len(outline.nodes), 0)
    _prove_learners(adapter, docket, list(read))
    _prove_teaching(adapter, docket, list(read))
    return read


def _read(adapter: Adapter, docket: ProblemCollector, course_key: str) -> Outline | None:
    outline = None
    with docket.watching("tracking.E103", f"outline({course_key!r})", "Correct the entry that it names."):
        with count_queries() as statements:
            outline = adapter.outline(course_key)
        if outline is None:
            hint = "Make structure.key a unique field, and make outline() accept what course_keys() returns."
            docket.add(
                "tracking.E102", "structure.key", f"no course was found by its own key {course_key!r}.", hint
            )
        elif outline.course_key != course_key:
            problem = f"the outline of {course_key!r} names another course, {outline.course_key!r}."
            docket.add("tracking.E102", "structure.key", problem, "Use one key for a course everywhere.")
        else:
            _prove_statements(docket, outline, statements)
    return outline


def _prove_statements(docket: ProblemCollector, outline: Outline, statements: dict[str, int]) -> None:
    worst = max(statements, key=lambda sql: statements[sql], default="")
    if statements.get(worst, 0) <= SAME_STATEMENT_MOST:
        return
    problem = (
        f"the outline of {outline.course_key!r}, with {len(outline.nodes)} units, took"
        f" {sum(statements.values())} queries, {statements[worst]} of them {worst[:100]!r}..."
    )
    hint = "Write paths instead of callables, or read url and skills from fields, because fields are joined."
    docket.add("tracking.W108", "outline()", problem, hint)


def _prove_units(adapter: Adapter, docket: ProblemCollector, outline: Outline, *, limit: int) -> None:
    for kind, prefix_keys in _raw_keys(adapter, outline):
        for key, count in Counter(prefix_keys).items():
            if count > 1:
                problem = (
                    f"{count} units of {outline.course_key!r} have the key {key!r}; all but one are lost."
                )
                docket.add(
                    "tracking.E105", kind, problem, "Add what distinguishes them to key, such as the module."
                )
    for node in outline.nodes[:limit]:
        ref = UnitRef(course_key=outline.course_key, unit_key=node.key)
        if len(node.key) > MAX_KEY_LENGTH or not node.key:
            hint = f"Give keys of 1 to {MAX_KEY_LENGTH} characters."
            docket.add("tracking.E106", "outline()", f"{node.key!r} cannot be stored as a key.", hint)
        with docket.watching("tracking.E106", "structure.nodes", "Correct the entry that it names."):
            _prove_round_trip(adapter, docket, ref)


def _raw_keys(adapter: Adapter, outline: Outline) -> Iterator[tuple[str, list[str]]]:
    """Yield the keys of a course as its rows have them: reading the outline has already left out what comes twice."""
    courses = adapter.courses
    course = courses.find(outline.course_key) if courses is not None else None
    if courses is None or course is None or type(adapter).outline is not Adapter.outline:
        yield "outline()", [node.key for node in outline.nodes]
        return
    for units in courses.units:
        yield f"Node({units.node.model!r}).key", [units.keys.of(row) for row in units.of_course(course)]


def _prove_round_trip(adapter: Adapter, docket: ProblemCollector, ref: UnitRef) -> None:
    courses = adapter.courses
    if courses is None or not any(_is_findable(courses, units, ref) for units in courses.units):
        return
    found = courses.find_unit(ref)
    if found is None:
        problem = f"no row was found by its own key {ref.unit_key!r}."
        docket.add(
            "tracking.E106", "structure.nodes", problem, "Build key from fields, not from computed values."
        )
        return
    units, row = found
    if units.keys.of(row) != ref.unit_key:
        problem = f"{ref.unit_key!r} leads to a row with the key {units.keys.of(row)!r}."
        docket.add("tracking.E106", f"Node({units.node.model!r}).key", problem, "Make keys unique.")


def _is_findable(courses: CourseRows, units: Any, ref: UnitRef) -> bool:
    has_rows = units.model is not None and units.node.rows is None
    return has_rows and "~" not in ref.unit_key and units.keys.filters(ref.unit_key) is not None


def _prove_learners(adapter: Adapter, docket: ProblemCollector, course_keys: list[str]) -> None:
    with docket.watching("tracking.E110", "enrolments()", "Correct structure.learners."):
        if course_keys and not any(next(iter(adapter.enrolments(key)), None) for key in course_keys):
            problem = f"none of {len(course_keys)} courses has a learner."
            docket.add("tracking.E110", "structure.learners", problem, "Write the path to the learners.")


def _prove_teaching(adapter: Adapter, docket: ProblemCollector, course_keys: list[str]) -> None:
    courses = adapter.courses
    given = courses.structure.instructors if courses is not None else None
    if courses is None or not isinstance(given, str) or not course_keys:
        return
    with docket.watching("tracking.E109", "structure.instructors", "Correct the path."):
        _prove_instructors(courses, docket, given)


def _prove_instructors(courses: CourseRows, docket: ProblemCollector, given: str) -> None:
    if people.is_permission(courses, given):
        label, _, codename = given.partition(".")
        if not Permission.objects.filter(content_type__app_label=label, codename=codename).exists():
            problem = f"there is no permission {given!r}."
            docket.add("tracking.E109", "structure.instructors", problem, "Write 'app_label.codename'.")
    elif paths.find_field(courses.model, paths.split_path(given)[0]) is not None:
        path = "__".join(paths.split_path(given))
        if not courses.queryset.filter(**{f"{path}__isnull": False}).exists():
            problem = f"{given!r} finds no instructors in any course."
            docket.add(
                "tracking.E109", "structure.instructors", problem, "Write the path to the instructors."
            )

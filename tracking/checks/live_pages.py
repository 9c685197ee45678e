"""Proving the view map against live units: the page of a unit is said to show that unit, under the same keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.urls import NoReverseMatch, reverse

from tracking.checks.declared_views import views_by_name
from tracking.checks.key_hints import explain_course, explain_unit
from tracking.checks.problems import AdapterTrial
from tracking.lms import Adapter, Lookup, Outline, Unit, UnitRef, paths
from tracking.lms.declarations import Source
from tracking.lms.structure import CourseRows, UnitRows
from tracking.lms.view_map import match_path

UNITS_OF_A_VIEW = 5
"""Rows with which each mapped view is tried."""


def check_live_pages(trial: AdapterTrial, *, sample: int) -> None:
    """Note pages of up to ``sample`` units that lead nowhere or are said to show another unit."""
    adapter, docket, read = trial.adapter, trial.docket, trial.read
    if type(adapter).unit_of_request is Adapter.unit_of_request and not adapter.views:
        docket.add(
            "tracking.E116", "views", "no view is mapped, so no page is recorded.", "Map the lesson view."
        )
    nodes = ((outline, node) for outline in read.values() for node in outline.nodes)
    for outline, node in islice(nodes, sample):
        ref = UnitRef(course_key=outline.course_key, unit_key=node.key)
        with docket.watching("tracking.E107", "unit_url()", "Make it return a path or an empty string."):
            _prove_page(trial, ref)
    if adapter.courses is None:
        return
    for name, unit in adapter.views.items():
        with docket.watching("tracking.E115", f"views[{name!r}]", "Correct the entry."):
            _prove_view(trial, name, unit)


def _prove_page(trial: AdapterTrial, ref: UnitRef) -> None:
    adapter = trial.adapter
    url = adapter.unit_url(ref)
    parts = urlsplit(url)
    if not url or parts.netloc:  # Some units have no page, and some pages are on another site.
        return
    match = match_path(parts.path)
    if match is None:
        problem = f"no view serves {url!r}, the page of unit {ref.unit_key!r}."
        trial.docket.add(
            "tracking.E107", "unit_url()", problem, "Make the node's url a path that the URLconf knows."
        )
        return
    entry = adapter.view_map.find(match)
    if entry is not None:
        _compare(adapter.unit_of_path(parts.path), ref, f"views[{match.view_name!r}]", trial, entry)


def _prove_view(trial: AdapterTrial, name: str, unit: Unit) -> None:
    courses = trial.adapter.courses
    if courses is None or not unit.node or "." in name:
        return
    units = courses.units_of(unit.node)
    for ref, course, row in islice(_rows(courses, units, trial.read), UNITS_OF_A_VIEW):
        kwargs = {
            **_values(unit.course, courses.keys.paths, course),
            **_values(unit.unit, units.keys.paths, row),
        }
        path = _reversed(name, kwargs)
        if path is None:
            continue
        if not path:
            told = ", ".join(f"{kwarg}={value!r}" for kwarg, value in sorted(kwargs.items()))
            hint = "Its URL takes other values than these keys. Name the field: Lookup(kwarg='field')."
            trial.docket.add("tracking.E115", f"views[{name!r}]", f"no URL can be made with {told}.", hint)
        else:
            _compare(trial.adapter.unit_of_path(path), ref, f"views[{name!r}]", trial, unit)


def _rows(
    courses: CourseRows, units: UnitRows, read: Mapping[str, Outline]
) -> Iterator[tuple[UnitRef, Any, Any]]:
    for course_key in read:
        course = courses.find(course_key)
        for row in islice(units.of_course(course), 1) if course is not None else ():
            yield UnitRef(course_key=course_key, unit_key=units.keys.of(row)), course, row


def _values(source: Source, key_paths: tuple[str, ...], row: Any) -> dict[str, Any]:
    if isinstance(source, Lookup):
        return {kwarg: paths.pk_or_value(paths.read_path(row, path)) for kwarg, path in source.fields.items()}
    names = (source,) if isinstance(source, str) else source if isinstance(source, tuple) else ()
    if len(names) != len(key_paths):
        return {}
    return {
        name: paths.pk_or_value(paths.read_path(row, path))
        for name, path in zip(names, key_paths, strict=True)
    }


def _reversed(name: str, kwargs: Mapping[str, Any]) -> str | None:
    """Return the path of the view; empty where its URL refuses the values, ``None`` where it wants others."""
    try:
        return reverse(name, kwargs=dict(kwargs))
    except NoReverseMatch:
        wants_these = any(wanted == frozenset(kwargs) for wanted in views_by_name().get(name, []))
        return "" if wants_these else None


def _compare(said: UnitRef | None, ref: UnitRef, entry: str, trial: AdapterTrial, unit: Unit) -> None:
    if said == ref:
        return
    if said is None:
        # A callable may need the request, which there is none of here.
        if not callable(unit.unit) and not callable(unit.course):
            problem = (
                f"the view map finds no unit for the page of unit {ref.unit_key!r} of {ref.course_key!r}."
            )
            hint = "Its URL takes other values than the keys. Name the field: Lookup(kwarg='field')."
            trial.docket.add("tracking.E115", entry, problem, hint)
    elif said.course_key not in trial.read:
        problem = f"the view map finds the course {said.course_key!r} for the page of {ref.course_key!r}."
        hint = explain_course(trial.adapter, said.course_key, trial.read)
        trial.docket.add("tracking.E115", f"{entry}.course", problem, hint)
    elif all(node.key != said.unit_key for node in trial.read[said.course_key].nodes):
        problem = (
            f"the view map finds {said.unit_key!r} for the page of unit {ref.unit_key!r}, but "
            "no outline has it."
        )
        trial.docket.add("tracking.E115", f"{entry}.unit", problem, explain_unit(said, trial.read))

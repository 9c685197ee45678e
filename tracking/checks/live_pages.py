"""Tests the view map against live units: for the page of a unit, it finds that unit, under the same keys."""

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
"""Rows with which each mapped view is tested."""


def check_live_pages(trial: AdapterTrial, *, sample: int) -> None:
    """Collect the pages of up to ``sample`` units that lead nowhere, or for which the view map finds another unit."""
    adapter, collector, outlines = trial.adapter, trial.collector, trial.outlines
    if type(adapter).unit_of_request is Adapter.unit_of_request and not adapter.views:
        collector.add(
            "tracking.E116", "views", "no view is mapped, so no page is recorded.", "Map the lesson view."
        )
    nodes = ((outline, node) for outline in outlines.values() for node in outline.nodes)
    for outline, node in islice(nodes, sample):
        ref = UnitRef(course_key=outline.course_key, unit_key=node.key)
        with collector.watching("tracking.E107", "unit_url()", "Make it return a path or an empty string."):
            _check_page(trial, ref)
    if adapter.courses is None:
        return
    for name, unit in adapter.views.items():
        with collector.watching("tracking.E115", f"views[{name!r}]", "Correct the entry."):
            _check_view(trial, name, unit)


def _check_page(trial: AdapterTrial, ref: UnitRef) -> None:
    adapter = trial.adapter
    url = adapter.unit_url(ref)
    parts = urlsplit(url)
    if not url or parts.netloc:  # A unit may have no page, or a page on another site.
        return
    match = match_path(parts.path)
    if match is None:
        problem = f"no view serves {url!r}, the page of unit {ref.unit_key!r}."
        trial.collector.add(
            "tracking.E107", "unit_url()", problem, "Make the node's url a path that the URLconf knows."
        )
        return
    entry = adapter.view_map.find(match)
    if entry is not None:
        _compare(adapter.unit_of_path(parts.path), ref, f"views[{match.view_name!r}]", trial, entry)


def _check_view(trial: AdapterTrial, name: str, unit: Unit) -> None:
    courses = trial.adapter.courses
    if courses is None or not unit.node or "." in name:
        return
    units = courses.units_of(unit.node)
    for ref, course, row in islice(_rows(courses, units, trial.outlines), UNITS_OF_A_VIEW):
        kwargs = {
            **_values(unit.course, courses.keys.paths, course),
            **_values(unit.unit, units.keys.paths, row),
        }
        path = _reverse(name, kwargs)
        if path is None:
            continue
        if not path:
            shown = ", ".join(f"{kwarg}={value!r}" for kwarg, value in sorted(kwargs.items()))
            hint = "Its URL takes other values than these keys. Name the field: Lookup(kwarg='field')."
            trial.collector.add(
                "tracking.E115", f"views[{name!r}]", f"no URL can be made with {shown}.", hint
            )
        else:
            _compare(trial.adapter.unit_of_path(path), ref, f"views[{name!r}]", trial, unit)


def _rows(
    courses: CourseRows, units: UnitRows, outlines: Mapping[str, Outline]
) -> Iterator[tuple[UnitRef, Any, Any]]:
    for course_key in outlines:
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


def _reverse(name: str, kwargs: Mapping[str, Any]) -> str | None:
    """Return the path of the view; empty if its URL rejects the values, ``None`` if it needs other kwargs."""
    try:
        return reverse(name, kwargs=dict(kwargs))
    except NoReverseMatch:
        takes_these = any(kwarg_names == frozenset(kwargs) for kwarg_names in views_by_name().get(name, []))
        return "" if takes_these else None


def _compare(mapped: UnitRef | None, ref: UnitRef, entry: str, trial: AdapterTrial, unit: Unit) -> None:
    if mapped == ref:
        return
    if mapped is None:
        # A callable may need the request, and there is none here, so its silence is not a problem.
        if not callable(unit.unit) and not callable(unit.course):
            problem = (
                f"the view map finds no unit for the page of unit {ref.unit_key!r} of {ref.course_key!r}."
            )
            hint = "Its URL takes other values than the keys. Name the field: Lookup(kwarg='field')."
            trial.collector.add("tracking.E115", entry, problem, hint)
    elif mapped.course_key not in trial.outlines:
        problem = f"the view map finds the course {mapped.course_key!r} for the page of {ref.course_key!r}."
        hint = explain_course(trial.adapter, mapped.course_key, trial.outlines)
        trial.collector.add("tracking.E115", f"{entry}.course", problem, hint)
    elif all(node.key != mapped.unit_key for node in trial.outlines[mapped.course_key].nodes):
        problem = (
            f"the view map finds {mapped.unit_key!r} for the page of unit {ref.unit_key!r}, but "
            "no outline has it."
        )
        trial.collector.add("tracking.E115", f"{entry}.unit", problem, explain_unit(mapped, trial.outlines))

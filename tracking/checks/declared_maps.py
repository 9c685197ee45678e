"""Checks the adapter's view map and row maps against the host's models."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.db.models import Model

from tracking.checks.declared_paths import (
    AdapterFault,
    PathEnd,
    find_end_faults,
    find_lookup_faults,
    find_read_faults,
    follow_path,
)
from tracking.lms import AccessFields, Adapter, AnswerFields, AttemptFields, CompletionFields, Lookup
from tracking.lms.structure import CourseRows, UnitRows

READ_FROM_ATTEMPT = ("started_at", "submitted_at", "is_submitted", "score", "max_score", "is_passed")
READ_FROM_COMPLETION = ("completed_at", "is_completed")
READ_FROM_ACCESS = ("accessed_at", "count")
READ_FROM_ANSWER = ("question", "is_correct", "points", "max_points", "chosen", "skills")


def find_map_faults(adapter: Adapter) -> Iterator[AdapterFault]:
    """Yield a fault for each entry of the maps that names something the host does not have."""
    yield from _view_faults(adapter)
    for model, label, attempt in adapter.attempt_entries.items():
        entry = f"attempts[{label!r}]"
        yield from _row_faults(entry, model, attempt, adapter.courses)
        yield from _read_faults(entry, model, attempt, READ_FROM_ATTEMPT)
        if attempt.answers is not None:
            yield from _answer_faults(f"{entry}.answers", model, attempt.answers, adapter.courses)
    for model, label, completion in adapter.completion_entries.items():
        entry = f"completions[{label!r}]"
        yield from _row_faults(entry, model, completion, adapter.courses)
        yield from _read_faults(entry, model, completion, READ_FROM_COMPLETION)
    for model, label, access in adapter.access_entries.items():
        entry = f"history[{label!r}]"
        yield from _row_faults(entry, model, access, adapter.courses)
        yield from _read_faults(entry, model, access, READ_FROM_ACCESS)


def _view_faults(adapter: Adapter) -> Iterator[AdapterFault]:
    for view, unit in adapter.views.items():
        entry = f"views[{view!r}]"
        units = _find_units(adapter.courses, unit.node)
        if unit.node and units is None:
            yield _no_node(entry, unit.node, adapter.courses)
        if isinstance(unit.unit, Lookup):
            for path in unit.unit.fields.values():
                yield from find_lookup_faults(f"{entry}.unit", units.model if units else None, path)
        if isinstance(unit.course, Lookup) and adapter.courses is not None:
            for path in unit.course.fields.values():
                yield from find_lookup_faults(f"{entry}.course", adapter.courses.model, path)


def _row_faults(
    entry: str,
    model: type[Model],
    fields: AttemptFields | CompletionFields | AccessFields,
    courses: CourseRows | None,
) -> Iterator[AdapterFault]:
    yield from find_end_faults(f"{entry}.learner", model, fields.learner, ending_at=[get_user_model()])
    if courses is None:
        yield from _read_faults(entry, model, fields, ("unit", "course"))
        return
    yield from find_end_faults(f"{entry}.unit", model, fields.unit, ending_at=_unit_models(courses))
    yield from find_end_faults(f"{entry}.course", model, fields.course, ending_at=[courses.model])
    if fields.node and _find_units(courses, fields.node) is None:
        yield _no_node(entry, fields.node, courses)


def _answer_faults(
    entry: str, model: type[Model], fields: AnswerFields, courses: CourseRows | None
) -> Iterator[AdapterFault]:
    end = (
        follow_path(f"{entry}.relation", model, fields.relation) if isinstance(fields.relation, str) else None
    )
    if isinstance(end, AdapterFault):
        yield end
    if not isinstance(end, PathEnd) or end.model is None:
        return
    yield from _read_faults(entry, end.model, fields, READ_FROM_ANSWER)
    lessons = _unit_models(courses) if courses is not None else []
    yield from find_end_faults(f"{entry}.lessons", end.model, fields.lessons, ending_at=lessons)


def _read_faults(
    entry: str, model: type[Model], fields: object, names: tuple[str, ...]
) -> Iterator[AdapterFault]:
    for name in names:
        yield from find_read_faults(f"{entry}.{name}", model, getattr(fields, name))


def _unit_models(courses: CourseRows) -> list[type[Model]]:
    return [units.model for units in courses.units if units.model is not None]


def _find_units(courses: CourseRows | None, label: str) -> UnitRows | None:
    all_units = courses.units if courses is not None else []
    return next((units for units in all_units if units.node.model.lower() == label.lower()), None)


def _no_node(entry: str, label: str, courses: CourseRows | None) -> AdapterFault:
    known = ", ".join(repr(units.node.model) for units in courses.units) if courses is not None else "none"
    hint = f"Name one of the structure's nodes: {known}."
    return AdapterFault(entry=entry, problem=f"{label!r} is not a node of the structure.", hint=hint)

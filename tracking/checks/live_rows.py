"""Tests the row maps against live rows: each has a learner, and a unit that is in the outline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias

from django.contrib.auth import get_user_model
from django.db.models import Model

from tracking.checks.key_hints import explain_course, explain_unit
from tracking.checks.problems import AdapterTrial
from tracking.lms import AccessFields, Adapter, AttemptFields, CompletionFields, UnitRef, paths, row_maps

RowFields: TypeAlias = AttemptFields | CompletionFields | AccessFields


def check_live_rows(trial: AdapterTrial, *, sample: int) -> dict[str, int]:
    """Collect rows without learner or unit, among up to ``sample`` of each model. Return the rows read, by label."""
    counts: dict[str, int] = {}
    for entry, label, model, fields, records_of in _mapped(trial.adapter):
        rows = list(_sampled(model, sample))
        counts[label] = len(rows)
        for row in rows:
            with trial.collector.watching("tracking.E113", entry, "Correct the entry that it names."):
                _check_row(trial, entry, row, fields, [each.unit for each in records_of(row)])
    return counts


def _mapped(
    adapter: Adapter,
) -> Iterator[tuple[str, str, type[Model], RowFields, Callable[[Any], Sequence[Any]]]]:
    for model, label, attempt in adapter.attempt_entries.items():
        yield f"attempts[{label!r}]", label, model, attempt, adapter.attempt_records
    for model, label, completion in adapter.completion_entries.items():
        yield f"completions[{label!r}]", label, model, completion, adapter.completion_records
    for model, label, access in adapter.access_entries.items():
        yield f"history[{label!r}]", label, model, access, adapter.access_records


def _sampled(model: type[Model], sample: int) -> Iterator[Any]:
    """Return the newest and the oldest rows, because rows change as a host develops over the years."""
    newest = list(model._default_manager.order_by("-pk")[: sample - sample // 2])
    seen = {row.pk for row in newest}
    oldest = model._default_manager.order_by("pk")[: sample // 2]
    return chain(newest, (row for row in oldest if row.pk not in seen))


def _check_row(trial: AdapterTrial, entry: str, row: Model, fields: RowFields, units: list[UnitRef]) -> None:
    learner_ids = row_maps.learner_ids(row, fields.learner)
    if not learner_ids:
        hint = "Write the path to the user, or override attempt_records() for rows that have none."
        trial.collector.add("tracking.E112", f"{entry}.learner", f"{_named(row)} leads to no user.", hint)
    elif get_user_model()._default_manager.filter(pk__in=learner_ids).count() < len(set(learner_ids)):
        problem = f"{_named(row)} leads to {learner_ids[0]!r}, and no user has that primary key."
        trial.collector.add(
            "tracking.E112", f"{entry}.learner", problem, "Write the path to the user itself."
        )
    elif not units and _should_give_record(trial.adapter, row, fields):
        hint = "Write the paths to the unit and to its course."
        trial.collector.add(
            "tracking.E113", f"{entry}.unit", f"{_named(row)} leads to no unit of a course.", hint
        )
    for unit in dict.fromkeys(units):
        _check_unit(trial, entry, unit, row)


def _check_unit(trial: AdapterTrial, entry: str, unit: UnitRef, row: Model) -> None:
    outlines = trial.outlines
    outline = outlines.get(unit.course_key) or trial.adapter.outline(unit.course_key)
    if outline is None:
        problem = f"{_named(row)} belongs to the course {unit.course_key!r}, which does not exist."
        hint = explain_course(trial.adapter, unit.course_key, outlines)
        trial.collector.add("tracking.E111", f"{entry}.course", problem, hint)
        return
    # Keep it: many rows belong to one course, and reading an outline costs several queries.
    outlines[unit.course_key] = outline
    if all(node.key != unit.unit_key for node in outline.nodes):
        problem = (
            f"{_named(row)} belongs to {unit.unit_key!r}, which is not in the outline of {unit.course_key!r}."
        )
        trial.collector.add("tracking.E111", f"{entry}.unit", problem, explain_unit(unit, outlines))


def _should_give_record(adapter: Adapter, row: Model, fields: RowFields) -> bool:
    """Return whether the row should give a record. An override may leave rows out on purpose."""
    if isinstance(fields, AttemptFields):
        return type(adapter).attempt_records is Adapter.attempt_records
    if isinstance(fields, AccessFields):
        return True
    return fields.is_completed is None or bool(paths.read_path(row, fields.is_completed))


def _named(row: Model) -> str:
    return f"{row._meta.label} {row.pk}"

"""Tables for bulk export: every rollup, attempts, findings and raw events, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from tracking import models as ours
from tracking.events import LearnerId
from tracking.exceptions import TrackingError

TABLES: Mapping[str, type[models.Model]] = {
    "events": ours.Event,
    "page_views": ours.PageView,
    "attempts": ours.Attempt,
    "answers": ours.Answer,
    "findings": ours.Finding,
    "enrolments": ours.Enrolment,
    "outline_units": ours.OutlineUnit,
    "learner_unit_days": ours.LearnerUnitDay,
    "learner_course_days": ours.LearnerCourseDay,
    "learner_units": ours.LearnerUnit,
    "learner_courses": ours.LearnerCourse,
    "learner_patterns": ours.LearnerPattern,
    "learner_skills": ours.LearnerSkill,
    "learner_risks": ours.LearnerRisk,
    "question_stats": ours.QuestionStats,
    "unit_stats": ours.UnitStats,
    "module_stats": ours.ModuleStats,
    "group_unit_stats": ours.GroupUnitStats,
    "group_days": ours.GroupDay,
    "course_days": ours.CourseDay,
    "course_weeks": ours.CourseWeek,
    "course_hours": ours.CourseHour,
    "unit_transitions": ours.UnitTransition,
}
"""The names are stable; a table may gain columns."""

MOMENTS = ("happened_at", "opened_at", "started_at", "day", "assessed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportQuery:
    """Which rows of a table: of one course or learner, in the period ``[since, until)``, after the key ``after``."""

    table: str
    course_key: str = ""
    learner_id: LearnerId = None
    since: datetime | None = None
    until: datetime | None = None
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportColumn:
    """One column: its name and its Django field."""

    name: str
    field: models.Field[Any, Any]


def export_model(table: str) -> type[models.Model]:
    """Return the model behind a table. Raises ``TrackingError`` if there is no such table."""
    model = TABLES.get(table)
    if model is None:
        raise TrackingError(f"{table!r} is not a table. Choose from: {', '.join(TABLES)}.")
    return model


def export_columns(table: str) -> list[ExportColumn]:
    """Return the columns of a table in their order."""
    return [
        ExportColumn(name=field.attname, field=field) for field in export_model(table)._meta.concrete_fields
    ]


def export_rows(query: ExportQuery) -> models.QuerySet[Any, tuple[Any, ...]]:
    """Return the rows as tuples, in order of key. Raises ``TrackingError`` if a filter does not fit the table."""
    model = export_model(query.table)
    fields = {field.name: field for field in model._meta.concrete_fields}
    filters: dict[str, Any] = {}
    if query.course_key:
        filters[_field(fields, ("course_key",), query)] = query.course_key
    if query.learner_id is not None:
        filters[_field(fields, ("learner",), query)] = query.learner_id
    for lookup, moment in (("gte", query.since), ("lt", query.until)):
        if moment is not None:
            name = _field(fields, MOMENTS, query)
            filters[f"{name}__{lookup}"] = moment.date() if name == "day" else moment
    if query.after:
        filters["pk__gt"] = _key(model, query.after)
    names = [column.name for column in export_columns(query.table)]
    return model._default_manager.filter(**filters).order_by("pk").values_list(*names)


def _field(fields: Mapping[str, Any], names: tuple[str, ...], query: ExportQuery) -> str:
    found = next((name for name in names if name in fields), None)
    if found is None:
        raise TrackingError(f"{query.table!r} has no {' or '.join(names)} to filter by.")
    return found


def _key(model: type[models.Model], text: str) -> Any:
    try:
        return model._meta.pk.to_python(text)
    except Exception as error:
        raise TrackingError(f"{text!r} is not a key to resume after.") from error

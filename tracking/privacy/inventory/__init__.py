"""Inventory of personal data: every table with data about learners, its purpose, and how to find a learner's rows.

The learner's pages, downloads, erasure, retention and the record of processing all use this list, so that none of them
can miss a table that another covers. An optional app adds its own tables with ``register``. A test fails if a model
refers to a user and is not listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db.models import Model, Q, QuerySet

from tracking import models
from tracking.events import LearnerId
from tracking.privacy.inventory.administrative import ADMINISTRATIVE
from tracking.privacy.inventory.derived_and_inferred import DERIVED_AND_INFERRED
from tracking.privacy.inventory.observed import OBSERVED
from tracking.privacy.inventory.tables import DataOrigin, PersonalDataTable, Retention

__all__ = [
    "DONE_BY",
    "INVENTORY",
    "DataOrigin",
    "PersonalDataTable",
    "Retention",
    "count_kept_without_course",
    "courses_with_data",
    "find_table",
    "personal_fields",
    "personal_rows",
    "register",
    "rows_without_course",
    "with_related_users",
]

INVENTORY: list[PersonalDataTable] = [*OBSERVED, *DERIVED_AND_INFERRED, *ADMINISTRATIVE]
"""In the order of ``DataOrigin``, which pages follow. A table comes after the tables that its rows refer to."""

DONE_BY: tuple[tuple[type[Model], str], ...] = ((models.RiskThreshold, "changed_by"),)
"""Fields that name the user who acted, in tables about a whole course. Erasure sets them to null and keeps the row."""


def register(*tables: PersonalDataTable) -> None:
    """Add tables of an optional app. Call it in ``AppConfig.ready()``; a table of the same name is replaced."""
    names = {table.name for table in tables}
    origins = list(DataOrigin)
    known = [table for table in INVENTORY if table.name not in names]
    # The sort is stable: tables of one origin keep the order in which they were added.
    INVENTORY[:] = sorted([*known, *tables], key=lambda table: origins.index(table.origin))


def find_table(name: str) -> PersonalDataTable | None:
    """Return the table called ``name``, or ``None``."""
    return next((table for table in INVENTORY if table.name == name), None)


def personal_rows(
    table: PersonalDataTable, learner_id: LearnerId, *, course_keys: Collection[str] | None = None
) -> QuerySet[Any]:
    """Return the rows about a learner, newest first; with ``course_keys`` only those of these courses."""
    found = table.model._default_manager.filter(**{table.learner: learner_id})
    if course_keys is not None:
        found = found.filter(**{f"{table.course}__in": course_keys}) if table.course else found.none()
    order = [f"-{table.time_field}"] if table.time_field else []
    return found.order_by(*order, "-pk")


def rows_without_course(table: PersonalDataTable, learner_id: LearnerId) -> QuerySet[Any]:
    """Return the rows about a learner that belong to no course."""
    found = personal_rows(table, learner_id)
    if not table.course:
        return found
    return found.filter(Q(**{table.course: ""}) | Q(**{f"{table.course}__isnull": True}))


def count_kept_without_course(learner_id: LearnerId) -> Counter[str]:
    """Return the number of rows without a course, by table. Erasing one course keeps these rows."""
    counts = Counter(
        {
            table.name: rows_without_course(table, learner_id).count()
            for table in INVENTORY
            if table.may_lack_course
        }
    )
    return +counts  # Without zeros.


def with_related_users(table: PersonalDataTable, found: QuerySet[Any]) -> QuerySet[Any]:
    """Return ``found``, rows of ``table``, with the other users in them fetched in the same query."""
    # select_related() without arguments would follow every foreign key, so skip it if there are no fields.
    return found.select_related(*table.related_user_fields) if table.related_user_fields else found


def personal_fields(table: PersonalDataTable) -> list[Any]:
    """Return the fields of a row that the learner sees and downloads: not the learner, the key or hidden fields."""
    own = table.learner.partition("__")[0]
    return [
        field
        for field in table.model._meta.concrete_fields
        if field.name != own and not field.primary_key and field.name not in table.hidden_fields
    ]


def courses_with_data(learner_id: LearnerId) -> set[str]:
    """Return the keys of the courses with any data about a learner."""
    return {
        key
        for table in INVENTORY
        if table.course
        for key in personal_rows(table, learner_id).order_by().values_list(table.course, flat=True).distinct()
        if key
    }

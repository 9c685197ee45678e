"""Every table that holds something about learners: what it is, what for, and how a learner's rows are found.

The learner's pages, downloads, erasure, retention and the record of processing all go by this list, so that none of
them can leave out what another has. An optional app adds its own tables with ``register``. A test fails where a model
names a user and is not on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db.models import Model, Q, QuerySet

from tracking import models
from tracking.events import LearnerId
from tracking.privacy.inventory.administrative import HANDLING
from tracking.privacy.inventory.derived_and_inferred import FIGURES
from tracking.privacy.inventory.observed import TOLD
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

INVENTORY: list[PersonalDataTable] = [*TOLD, *FIGURES, *HANDLING]
"""In the order of the pages, which is that of ``DataOrigin``; a row that hangs on another comes after it."""

DONE_BY: tuple[tuple[type[Model], str], ...] = ((models.RiskThreshold, "changed_by"),)
"""Fields of tables about a whole course that name whoever did it. Erasure empties them and leaves what was done."""


def register(*tables: PersonalDataTable) -> None:
    """Add tables of an optional app, as from its ``AppConfig.ready()``; one of the same name is replaced."""
    names = {table.name for table in tables}
    origins = list(DataOrigin)
    known = [table for table in INVENTORY if table.name not in names]
    # A stable sort: tables of one origin stay in the order in which they were added.
    INVENTORY[:] = sorted([*known, *tables], key=lambda table: origins.index(table.origin))


def find_table(name: str) -> PersonalDataTable | None:
    """Return the table called ``name``."""
    return next((table for table in INVENTORY if table.name == name), None)


def personal_rows(
    holding: PersonalDataTable, learner_id: LearnerId, *, course_keys: Collection[str] | None = None
) -> QuerySet[Any]:
    """Return the rows about a learner, newest first; of some courses where they are named."""
    found = holding.model._default_manager.filter(**{holding.learner: learner_id})
    if course_keys is not None:
        found = found.filter(**{f"{holding.course}__in": course_keys}) if holding.course else found.none()
    order = [f"-{holding.time_field}"] if holding.time_field else []
    return found.order_by(*order, "-pk")


def rows_without_course(holding: PersonalDataTable, learner_id: LearnerId) -> QuerySet[Any]:
    """Return the rows about a learner that belong to no course."""
    found = personal_rows(holding, learner_id)
    if not holding.course:
        return found
    return found.filter(Q(**{holding.course: ""}) | Q(**{f"{holding.course}__isnull": True}))


def count_kept_without_course(learner_id: LearnerId) -> Counter[str]:
    """Return how many rows name no course, by table where that may be: erasing one course keeps them."""
    counts = Counter(
        {
            holding.name: rows_without_course(holding, learner_id).count()
            for holding in INVENTORY
            if holding.may_lack_course
        }
    )
    return +counts  # Without zeros.


def with_related_users(holding: PersonalDataTable, found: QuerySet[Any]) -> QuerySet[Any]:
    """Return ``found``, rows of ``holding``, with whoever else is in them read along."""
    # Without a name, Django reads along whatever a row points to.
    return found.select_related(*holding.related_user_fields) if holding.related_user_fields else found


def personal_fields(holding: PersonalDataTable) -> list[Any]:
    """Return the fields of a row that a learner is shown and given: all but who it is about and its own number."""
    own = holding.learner.partition("__")[0]
    return [
        field
        for field in holding.model._meta.concrete_fields
        if field.name != own and not field.primary_key and field.name not in holding.hidden_fields
    ]


def courses_with_data(learner_id: LearnerId) -> set[str]:
    """Return the courses in which anything is held about a learner."""
    return {
        key
        for holding in INVENTORY
        if holding.course
        for key in personal_rows(holding, learner_id)
        .order_by()
        .values_list(holding.course, flat=True)
        .distinct()
        if key
    }

"""Every table that holds something about learners: what it is, what for, and how a learner's rows are found.

The learner's pages, downloads, erasure and the record of processing all go by this list, so that none of them can leave
out what another has. A test fails where a model names a user and is not on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model, QuerySet

from tracking import models
from tracking.events import LearnerId
from tracking.privacy.inventory.administrative import HANDLING
from tracking.privacy.inventory.derived_and_inferred import FIGURES
from tracking.privacy.inventory.observed import TOLD
from tracking.privacy.inventory.tables import DataOrigin, PersonalDataTable

__all__ = [
    "BY_NAME",
    "DONE_BY",
    "INVENTORY",
    "DataOrigin",
    "PersonalDataTable",
    "courses_with_data",
    "personal_fields",
    "personal_rows",
    "with_related_users",
]

INVENTORY = (*TOLD, *FIGURES, *HANDLING)
"""In the order of the pages; a row that hangs on another comes after it."""

DONE_BY: tuple[tuple[type[Model], str], ...] = ((models.RiskThreshold, "changed_by"),)
"""Fields of tables about a whole course that name whoever did it. Erasure empties them and leaves what was done."""

BY_NAME: Mapping[str, PersonalDataTable] = {holding.name: holding for holding in INVENTORY}


def personal_rows(
    holding: PersonalDataTable, learner_id: LearnerId, *, course_keys: Collection[str] | None = None
) -> QuerySet[Any]:
    """Return the rows about a learner, newest first; of some courses where they are named."""
    found = holding.model._default_manager.filter(**{holding.learner: learner_id})
    if course_keys is not None:
        found = found.filter(**{f"{holding.course}__in": course_keys}) if holding.course else found.none()
    order = [f"-{holding.time_field}"] if holding.time_field else []
    return found.order_by(*order, "-pk")


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

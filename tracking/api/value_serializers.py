"""Serializers generated from the frozen values of the reports: a field there is a field here."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.db.models import TextChoices
from rest_framework import serializers

from tracking.reports.course.questions import QuestionReport
from tracking.reports.learner import visit_timeline
from tracking.rollups.freshness import Freshness

Shape = serializers.Serializer[Any]

OMITTED: Mapping[type, frozenset[str]] = {
    # A single option may have been chosen by one person only. Those chosen by enough people are next to the question.
    QuestionReport: frozenset({"options"}),
    # The pages poll with it; responses of the API have an ETag instead.
    Freshness: frozenset({"data_version"}),
}
"""Fields of values that the API leaves out."""

NAMES: Mapping[type, str] = {visit_timeline.TimelineStep: "VisitStep"}
"""Schema names of values whose class names collide."""

PLAIN: Mapping[Any, type[serializers.Field[Any, Any, Any, Any]]] = {
    bool: serializers.BooleanField,
    int: serializers.IntegerField,
    float: serializers.FloatField,
    date: serializers.DateField,
    datetime: serializers.DateTimeField,
}


@lru_cache
def serializer_for(value: type) -> Any:
    """Return the serializer of a frozen value, cached: two classes of one name would be two schemas in the description.

    Its docstring is the first line of the value's. Raises ``TypeError`` if ``value`` is not a dataclass.
    """
    if not is_dataclass(value):
        raise TypeError(f"{value!r} is not a dataclass.")
    hints = get_type_hints(value)
    omitted = OMITTED.get(value, frozenset())
    members: dict[str, Any] = {
        field.name: _field(hints[field.name]) for field in fields(value) if field.name not in omitted
    }
    members["__doc__"] = (value.__doc__ or "").partition("\n")[0]
    members["__module__"] = __name__
    return type(f"{NAMES.get(value, value.__name__)}Serializer", (Shape,), members)


def _field(hint: Any) -> serializers.Field[Any, Any, Any, Any]:
    inner = [each for each in get_args(hint) if each is not type(None)]
    if get_origin(hint) in (Union, types.UnionType):
        return _plain(inner[0], {"allow_null": True})
    if get_origin(hint) is tuple:
        each: Any = _plain(inner[0], {})
        return (
            type(each)(many=True)
            if isinstance(each, serializers.Serializer)
            else serializers.ListField(child=each)
        )
    return _plain(hint, {})


def _plain(hint: Any, options: dict[str, Any]) -> serializers.Field[Any, Any, Any, Any]:
    if is_dataclass(hint):
        return serializer_for(hint)(**options)  # type: ignore[no-any-return, arg-type]  # Generated above.
    if get_origin(hint) is not None:
        return serializers.DictField(**options)  # Only mappings are left: _field() took tuples and unions.
    if isinstance(hint, type) and issubclass(hint, TextChoices):
        return serializers.ChoiceField(choices=hint.choices, **options)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return serializers.ChoiceField(choices=[each.value for each in hint], **options)
    return PLAIN[hint](**options) if hint in PLAIN else serializers.CharField(allow_blank=True, **options)

"""Shapes of answers, made from the frozen values that ``insights`` returns: a field there is a field here."""

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

KEPT_BACK: Mapping[type, frozenset[str]] = {
    # Single options may have been chosen by one person; those by enough stand beside the question.
    QuestionReport: frozenset({"options"}),
    # What our own pages ask with; the answers of the API have an ETag.
    Freshness: frozenset({"data_version"}),
}
"""Members of values that are no figures to read."""

NAMES: Mapping[type, str] = {visit_timeline.TimelineStep: "VisitStep"}
"""What values are called in the description where two have the same name."""

PLAIN: Mapping[Any, type[serializers.Field[Any, Any, Any, Any]]] = {
    bool: serializers.BooleanField,
    int: serializers.IntegerField,
    float: serializers.FloatField,
    date: serializers.DateField,
    datetime: serializers.DateTimeField,
}


@lru_cache
def serializer_for(value: type) -> Any:
    """Return the serializer of a frozen value, the same each time: two of one name would be two in the description."""
    if not is_dataclass(value):
        raise TypeError(f"{value!r} is not a dataclass.")
    hints = get_type_hints(value)
    kept_back = KEPT_BACK.get(value, frozenset())
    members: dict[str, Any] = {
        field.name: _field(hints[field.name]) for field in fields(value) if field.name not in kept_back
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
        return serializer_for(hint)(**options)  # type: ignore[no-any-return, arg-type]  # made above
    if get_origin(hint) is not None:
        return serializers.DictField(**options)  # A mapping is all that is left.
    if isinstance(hint, type) and issubclass(hint, TextChoices):
        return serializers.ChoiceField(choices=hint.choices, **options)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return serializers.ChoiceField(choices=[each.value for each in hint], **options)
    return PLAIN[hint](**options) if hint in PLAIN else serializers.CharField(allow_blank=True, **options)

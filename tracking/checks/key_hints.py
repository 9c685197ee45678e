"""Explains a key that no outline has: a primary key instead of a slug, a typing error, a unit of another course."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from django.core.exceptions import ValidationError

from tracking.lms import Adapter, Outline, UnitRef


def explain_course(adapter: Adapter, course_key: str, outlines: Mapping[str, Outline]) -> str:
    """Return a hint for ``course_key``, which is not the key of a course."""
    courses = adapter.courses
    if courses is not None:
        for field in courses.model._meta.concrete_fields:
            if not (field.primary_key or field.unique):
                continue
            try:
                row = courses.model._default_manager.filter(**{field.name: course_key}).first()
            except (ValueError, ValidationError, OverflowError):
                continue
            if row is not None and courses.keys.of(row) != course_key:
                return (
                    f"{course_key!r} is the {field.name} of the course with the key {courses.keys.of(row)!r}."
                    f" Write Lookup(kwarg={field.name!r}) in a view map, or the path to the course itself."
                )
    return _similar(course_key, list(outlines))


def explain_unit(ref: UnitRef, outlines: Mapping[str, Outline]) -> str:
    """Return a hint for ``ref``, whose key no unit of its course has."""
    elsewhere = [
        key for key, outline in outlines.items() if any(each.key == ref.unit_key for each in outline.nodes)
    ]
    if elsewhere and ref.course_key not in elsewhere:
        return f"The course {elsewhere[0]!r} has that unit: correct the entry's course."
    outline = outlines.get(ref.course_key)
    return _similar(ref.unit_key, [node.key for node in outline.nodes] if outline else [])


def _similar(key: str, known: list[str]) -> str:
    similar = get_close_matches(key, known, n=1, cutoff=0.4)
    if similar:
        return f"The nearest key is {similar[0]!r}. Build keys the same way everywhere."
    return f"Keys look like {known[0]!r}." if known else "There is no key to compare it with."

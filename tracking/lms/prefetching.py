"""Prefetches, in a few queries, everything that the row maps read from many rows of the host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Manager, Model, Prefetch, QuerySet

from tracking.lms import paths
from tracking.lms.declarations import AccessFields, AnswerFields, AttemptFields, CompletionFields
from tracking.lms.structure import CourseRows


def prefetch_attempts(
    rows: QuerySet[Any], entry: AttemptFields | CompletionFields | AccessFields, courses: CourseRows | None
) -> QuerySet[Any]:
    """Return ``rows`` such that reading ``entry`` from them needs no further query per row.

    This works only for entries that are paths: the queries of a callable are not known in advance.
    """
    rows = paths.prefetch_paths(rows, _entries(rows.model, entry, courses))
    answers = entry.answers if isinstance(entry, AttemptFields) else None
    relation = _relation_of(rows.model, answers) if answers is not None else None
    if answers is None or relation is None:
        return rows
    prefetched = prefetch_answers(relation.related_model._base_manager.all(), answers, courses)
    return rows.prefetch_related(Prefetch(str(answers.relation), queryset=prefetched))


def prefetch_answers(rows: QuerySet[Any], entry: AnswerFields, courses: CourseRows | None) -> QuerySet[Any]:
    """Return the answers ``rows`` such that reading ``entry`` from them needs no further query per row."""
    entries = [entry.question, entry.is_correct, entry.points, entry.max_points, entry.chosen, entry.lessons]
    entries.append(entry.skills)
    if isinstance(entry.lessons, str):
        entries += _key_paths(rows.model, entry.lessons, courses)
    return paths.prefetch_paths(rows, entries)


def attempt_answers(row: Model, entry: AnswerFields, courses: CourseRows | None) -> list[Any]:
    """Return the answers of one attempt, from the prefetched rows if there are any."""
    related = paths.read_path(row, entry.relation) if _relation_of(type(row), entry) is not None else None
    if not isinstance(related, Manager):
        return paths.read_many(row, entry.relation)
    if entry.relation in getattr(row, "_prefetched_objects_cache", {}):
        return list(related.all())
    return list(prefetch_answers(related.all(), entry, courses))


def _relation_of(model: type[Model], entry: AnswerFields) -> Any:
    """Return the to-many relation that leads to the answers in one step, or ``None``."""
    if not isinstance(entry.relation, str) or len(paths.split_path(entry.relation)) > 1:
        return None
    field = paths.find_field(model, entry.relation)
    return field if field is not None and (field.one_to_many or field.many_to_many) else None


def _entries(
    model: type[Model], entry: AttemptFields | CompletionFields | AccessFields, courses: CourseRows | None
) -> Iterator[Any]:
    """Yield the paths that reading a row follows, down to each part of the keys of its unit and course."""
    yield entry.learner
    for path in (entry.unit, entry.course):
        if isinstance(path, str):
            yield path
            yield from _key_paths(model, path, courses)


def _key_paths(model: type[Model], path: str, courses: CourseRows | None) -> Iterator[str]:
    """Yield the paths to the keys of the row that ``path`` leads to: a unit and its course, or a course."""
    target = paths.find_path_model(model, path)
    if courses is None or target is None:
        return
    for units in courses.units:
        if units.model is target:
            yield from (f"{path}__{part}" for part in units.keys.paths)
            if isinstance(units.node.course, str) and units.node.course:
                yield f"{path}__{units.node.course}"
                yield from (f"{path}__{units.node.course}__{part}" for part in courses.keys.paths)
    if target is courses.model:
        yield from (f"{path}__{part}" for part in courses.keys.paths)

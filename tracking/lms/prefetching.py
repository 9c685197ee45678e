"""Fetching with many rows of the attempt map, in a few queries, all that is read from them one by one."""

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
    """Return ``rows`` such that reading ``entry`` from them asks the database nothing more per row.

    Only what is declared as a path can be known ahead; a callable asks as it likes.
    """
    rows = paths.prefetch_paths(rows, _entries(rows.model, entry, courses))
    answers = entry.answers if isinstance(entry, AttemptFields) else None
    relation = _relation_of(rows.model, answers) if answers is not None else None
    if answers is None or relation is None:
        return rows
    ahead = prefetch_answers(relation.related_model._base_manager.all(), answers, courses)
    return rows.prefetch_related(Prefetch(str(answers.relation), queryset=ahead))


def prefetch_answers(rows: QuerySet[Any], entry: AnswerFields, courses: CourseRows | None) -> QuerySet[Any]:
    """Return the answers ``rows`` such that reading ``entry`` from them asks nothing more per row."""
    wanted = [entry.question, entry.is_correct, entry.points, entry.max_points, entry.chosen, entry.lessons]
    wanted.append(entry.skills)
    if isinstance(entry.lessons, str):
        wanted += _key_paths(rows.model, entry.lessons, courses)
    return paths.prefetch_paths(rows, wanted)


def attempt_answers(row: Model, entry: AnswerFields, courses: CourseRows | None) -> list[Any]:
    """Return the answers of one attempt, with what was fetched ahead where that was done."""
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
    """Yield the paths that reading a row follows, to the very parts of its unit's and its course's key."""
    yield entry.learner
    for way in (entry.unit, entry.course):
        if isinstance(way, str):
            yield way
            yield from _key_paths(model, way, courses)


def _key_paths(model: type[Model], way: str, courses: CourseRows | None) -> Iterator[str]:
    """Yield the paths to the keys of the row that ``way`` leads to: a unit and its course, or a course."""
    end = paths.find_path_model(model, way)
    if courses is None or end is None:
        return
    for units in courses.units:
        if units.model is end:
            yield from (f"{way}__{path}" for path in units.keys.paths)
            if isinstance(units.node.course, str) and units.node.course:
                yield f"{way}__{units.node.course}"
                yield from (f"{way}__{units.node.course}__{path}" for path in courses.keys.paths)
    if end is courses.model:
        yield from (f"{way}__{path}" for path in courses.keys.paths)

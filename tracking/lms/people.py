"""Reads the learners and instructors of a course from the host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.functional import SimpleLazyObject, empty

from tracking.lms import datetimes, paths
from tracking.lms.declarations import EnrolmentFields
from tracking.lms.structure import CourseRows, find_model
from tracking.lms.values import EnrolmentRecord


def read_enrolled(courses: CourseRows, course_key: str) -> Iterator[EnrolmentRecord]:
    """Yield each learner of the course once, without its instructors if these can be listed."""
    course = courses.find(course_key)
    if course is None:
        return
    # An instructor who is enrolled too would count as a learner in every figure of the class.
    seen = set(_instructor_ids(courses, course))
    for each in _read_learners(courses, course):
        if each.learner_id is not None and each.learner_id not in seen:
            seen.add(each.learner_id)
            yield each


def is_enrolled(courses: CourseRows, learner_id: Any, course_key: str) -> bool:
    """Return whether the host names the user among the learners of the course."""
    course, source = courses.find(course_key), courses.structure.learners
    if course is None or source is None:
        return False
    if isinstance(source, EnrolmentFields):
        condition = {
            "__".join(paths.split_path(source.course)): course,
            "__".join(paths.split_path(source.learner)): learner_id,
        }
        return find_model(source.model)._default_manager.filter(**condition, **source.filter).exists()
    if isinstance(source, str) and isinstance(course, Model):
        condition = {"pk": course.pk, "__".join(paths.split_path(source)): learner_id}
        return courses.model._default_manager.filter(**condition).exists()
    return any(each.learner_id == learner_id for each in _read_learners(courses, course))


def is_instructor_of(courses: CourseRows, user: Any, course: Any) -> bool:
    """Return whether ``user`` is an instructor of ``course``."""
    source = courses.structure.instructors
    if source is None:
        return False
    if not isinstance(source, str):
        return bool(source(user, course))
    if is_permission(courses, source):
        return bool(user.has_perm(source))
    method = _method(courses, source)
    if method is not None:
        return bool(method(course, user))
    return user.pk in _instructor_ids(courses, course)


def instructed_keys(courses: CourseRows, user: Any) -> list[str]:
    """Return the keys of the courses that ``user`` instructs."""
    source = courses.structure.instructors
    if isinstance(source, str) and not is_permission(courses, source) and _method(courses, source) is None:
        instructed = courses.queryset.filter(**{"__".join(paths.split_path(source)): user.pk}).distinct()
        return [courses.keys.of(course) for course in instructed]
    return [
        courses.keys.of(course)
        for course in courses.queryset.all()
        if is_instructor_of(courses, user, course)
    ]


def is_permission(courses: CourseRows, source: str) -> bool:
    """Return whether ``source`` is a permission, such as ``courses.change_course``, rather than a path."""
    label, dot, codename = source.partition(".")
    if not dot or "." in codename or paths.find_field(courses.model, label) is not None:
        return False
    return any(config.label == label for config in apps.get_app_configs())


def is_lazy_user(user: Any) -> bool:
    """Return whether ``user`` is Django's lazy user and not loaded yet: loading it costs queries."""
    return type(user) is SimpleLazyObject and user._wrapped is empty  # noqa: SLF001  Django has no public API for this.


def display_name(user: Any) -> str:
    """Return the name of ``user`` for pages: the full name, else the user name.

    ``get_full_name`` is a method on some hosts and a property on others.
    """
    name = getattr(user, "get_full_name", None)
    full_name = str((name() if callable(name) else name) or "").strip()
    return full_name or str(getattr(user, "get_username", user.__str__)())


def _read_learners(courses: CourseRows, course: Any) -> Iterable[EnrolmentRecord]:
    source = courses.structure.learners
    if source is None:
        return []
    if isinstance(source, EnrolmentFields):
        return _read_enrolments(source, course)
    if isinstance(source, str):
        return [EnrolmentRecord(learner_id=pk) for pk in _user_ids(courses, course, source)]
    return [_as_enrolled(each) for each in source(course)]


def _read_enrolments(fields: EnrolmentFields, course: Any) -> Iterator[EnrolmentRecord]:
    zone = datetimes.time_zone("")
    learner_path = paths.split_path(fields.learner)[:-1]
    rows = find_model(fields.model)._default_manager.filter(
        **{"__".join(paths.split_path(fields.course)): course}, **fields.filter
    )
    entries = ["__".join(learner_path) or None, fields.group_key, fields.group_title, fields.enrolled_at]
    for row in paths.prefetch_paths(rows, entries).iterator(chunk_size=2000):
        group = paths.pk_or_value(paths.read_path(row, fields.group_key))
        yield EnrolmentRecord(
            learner_id=paths.read_id(row, fields.learner),
            group_key="" if group is None else str(group),
            group_title=str(paths.read_path(row, fields.group_title) or "")[:300],
            enrolled_at=datetimes.day_start_or_moment(paths.read_path(row, fields.enrolled_at), within=zone),
            due_at={
                str(key): at
                for key, value in dict(paths.read_path(row, fields.due_at) or {}).items()
                if (at := datetimes.day_end_or_moment(value, within=zone)) is not None
            },
        )


def _as_enrolled(learner: Any) -> EnrolmentRecord:
    return (
        learner
        if isinstance(learner, EnrolmentRecord)
        else EnrolmentRecord(learner_id=paths.pk_or_value(learner))
    )


def _instructor_ids(courses: CourseRows, course: Any) -> Iterable[Any]:
    source = courses.structure.instructors
    if not isinstance(source, str) or is_permission(courses, source) or _method(courses, source) is not None:
        return []
    return _user_ids(courses, course, source)


def _user_ids(courses: CourseRows, course: Any, path: str) -> Iterable[Any]:
    if not isinstance(course, Model):
        return [paths.pk_or_value(user) for user in paths.read_many(course, path)]
    lookup = "__".join(paths.split_path(path))
    # Read the ids through the course: no user is loaded, and it takes one query however many there are.
    ids = courses.model._default_manager.filter(pk=course.pk).values_list(lookup, flat=True).distinct()
    return [pk for pk in ids if pk is not None]


def _method(courses: CourseRows, name: str) -> Callable[[Any, Any], object] | None:
    found = getattr(courses.model, name, None)
    return found if callable(found) and paths.find_field(courses.model, name) is None else None

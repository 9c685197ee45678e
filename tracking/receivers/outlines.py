"""Follows changes of courses, units and enrolments, so that the stored outlines are refreshed soon."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save

from tracking import lms
from tracking.capture import changes
from tracking.hooks.boundary import guarded
from tracking.lms import Adapter, EnrolmentFields, paths
from tracking.lms.structure import CourseRows, find_model
from tracking.receivers import rollup_triggers
from tracking.receivers.subscriptions import Subscriptions, through_models, with_subclasses


def connect_outlines(to: Subscriptions, adapter: Adapter) -> None:
    """Listen to the models of the structure."""
    courses = adapter.courses
    if courses is None:
        return
    learners = courses.structure.learners
    units = [rows.model for rows in courses.units if rows.model is not None]
    enrolments = [find_model(learners.model)] if isinstance(learners, EnrolmentFields) else []
    for model in {courses.model, *units, *enrolments}:
        for sender in with_subclasses(model):
            to.add(post_save, structure_changed, sender=sender)
            to.add(post_delete, structure_changed, sender=sender)
    for _, through in through_models(courses.model, learners):
        to.add(m2m_changed, partial(learners_changed, courses.model), sender=through)


def structure_changed(instance: Model, **_: Any) -> None:
    """Mark the courses of a row of the structure as changed."""
    with guarded("Following a change of the host's courses"):
        courses = lms.get_adapter().courses
        if courses is not None:
            _mark_changed(courses, _course_keys(courses, instance))


def learners_changed(
    model: type[Model], /, *, instance: Model, action: str, pk_set: Iterable[Any] | None, **_: Any
) -> None:
    """Mark the courses whose learners were added or removed as changed, from either side of the relation."""
    if not action.startswith("post_"):
        return
    with guarded("Following a change of the host's learners"):
        courses = lms.get_adapter().courses
        if courses is not None:
            is_course = isinstance(instance, model)
            changed = [instance] if is_course else courses.queryset.filter(pk__in=pk_set or ())
            _mark_changed(courses, [courses.keys.of(course) for course in changed])


def _mark_changed(courses: CourseRows, course_keys: Iterable[str]) -> None:
    courses.clear_cache()
    for course_key in course_keys:
        changes.mark_outline_changed(course_key)
    rollup_triggers.trigger_on_commit()


def _course_keys(courses: CourseRows, row: Model) -> list[str]:
    learners = courses.structure.learners
    if isinstance(learners, EnrolmentFields) and isinstance(row, find_model(learners.model)):
        return [courses.keys.of(course) for course in paths.read_many(row, learners.course)]
    return courses.course_keys_of(row)

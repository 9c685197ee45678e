"""Keep our copy of the host's outlines and enrolments current, and mark what a change of them makes stale."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError, transaction

from tracking import lms
from tracking.lms import value_ranges
from tracking.lms.values import EnrolmentRecord, Outline
from tracking.models import (
    Calibration,
    CourseOutline,
    Enrolment,
    LearnerCourse,
    OutlineUnit,
    PendingChange,
    RollupStage,
)
from tracking.rollups.engine import change_queue, fingerprint, rebuild
from tracking.rollups.engine.row_sync import sync_rows

logger = logging.getLogger("tracking.rollups")

LEARNERS_AT_ONCE = 5000
"""Learners whose accounts are looked up in one query."""


def refresh_all_outlines(*, now: datetime) -> int:
    """Read every course from the host again; return how many had changed.

    A course that cannot be read delays no other one. Raises its error, the first one, after all have been tried.
    """
    adapter = lms.get_adapter()
    known = set(CourseOutline.objects.values_list("course_key", flat=True))
    changed_count, errors = 0, []
    for course_key in sorted(known | set(adapter.course_keys())):
        try:
            changed_count += refresh_outline(course_key, now=now)
        except (InterfaceError, OperationalError):
            raise  # The database is away: so it is for the others.
        except Exception as error:
            logger.exception("The outline of course %r cannot be read.", course_key)
            errors.append(error)
    if errors:
        raise errors[0]
    return changed_count


def refresh_outline(course_key: str, *, now: datetime) -> bool:
    """Read one course from the host again; return whether anything had changed.

    A change of the outline, or of the settings fingerprint, marks every learner of the course as changed. A change of
    enrolments marks the learners concerned. If days start at other times, because the time zone changed, all days are
    marked. A course that the host no longer knows keeps its last outline and has no learners, so nothing is found in
    it any more.
    """
    adapter = lms.get_adapter()
    outline = adapter.outline(course_key)
    if outline is None:
        return _withdraw_enrolments(course_key)
    outline = value_ranges.fit_outline(outline)
    enrolled = _with_active_account(value_ranges.fit_enrolments(course_key, adapter.enrolments(course_key)))
    with transaction.atomic():
        before = CourseOutline.objects.filter(course_key=course_key).first()
        is_changed = _set_outline(outline, before, now=now)
        newcomers = _set_enrolments(course_key, enrolled)
        learner_ids = newcomers | _learner_ids(course_key) if is_changed else newcomers
        if is_changed:  # The skills of questions may have changed.
            Calibration.objects.filter(course_key=course_key).update(is_stale=True)
        _mark_changed(
            course_key, learner_ids, includes_days=before is not None and _has_other_days(outline, before)
        )
    return is_changed or bool(newcomers)


def _withdraw_enrolments(course_key: str) -> bool:
    with transaction.atomic():
        gone = _set_enrolments(course_key, [])
        _mark_changed(course_key, gone, includes_days=False)
    return bool(gone)


def _with_active_account(enrolled: Iterable[EnrolmentRecord]) -> list[EnrolmentRecord]:
    """Return the enrolments of learners who can log in: most hosts deactivate an account and leave its enrolments."""
    records = list(enrolled)
    users = get_user_model()
    if not any(field.name == "is_active" for field in users._meta.get_fields()):
        return records
    barred: set[Any] = set()
    for start in range(0, len(records), LEARNERS_AT_ONCE):
        learner_ids = [each.learner_id for each in records[start : start + LEARNERS_AT_ONCE]]
        barred.update(
            users._base_manager.filter(pk__in=learner_ids, is_active=False).values_list("pk", flat=True)
        )
    return [each for each in records if each.learner_id not in barred]


def _set_outline(outline: Outline, before: CourseOutline | None, *, now: datetime) -> bool:
    head = {
        "title": outline.title,
        "starts_at": outline.starts_at,
        "ends_at": outline.ends_at,
        "time_zone": outline.time_zone,
        "is_simulated": outline.is_simulated,
        "settings_fingerprint": fingerprint.settings_fingerprint(),
    }
    CourseOutline.objects.update_or_create(
        course_key=outline.course_key, defaults={**head, "refreshed_at": now}
    )
    stored = OutlineUnit.objects.filter(course_key=outline.course_key)
    difference = sync_rows(OutlineUnit, stored=stored, wanted=_unit_rows(outline), key=["unit_key"])
    old_head = None if before is None else {name: getattr(before, name) for name in head}
    return old_head != head or bool(difference)


def _has_other_days(outline: Outline, before: CourseOutline) -> bool:
    """Return whether events fall on other days than before, or day rows are made by another version."""
    has_other_version = fingerprint.fingerprint_version(
        before.settings_fingerprint
    ) != fingerprint.fingerprint_version(fingerprint.settings_fingerprint())
    return has_other_version or before.time_zone != outline.time_zone


def _unit_rows(outline: Outline) -> Iterable[OutlineUnit]:
    for position, node in enumerate(outline.nodes):
        yield OutlineUnit(
            course_key=outline.course_key,
            unit_key=node.key,
            parent_key=node.parent_key,
            kind=str(node.kind),
            title=node.title,
            position=position,
            url=node.url,
            expected_seconds=node.expected_seconds,
            due_at=node.due_at,
            is_available=node.is_available,
            is_required=node.is_required,
            skills=list(node.skills),
        )


def _set_enrolments(course_key: str, enrolled: Iterable[EnrolmentRecord]) -> set[Any]:
    """Set the enrolments of a course; return the learners whose enrolment is new, changed or gone."""
    stored = Enrolment.objects.filter(course_key=course_key)
    before = {row.learner_id: _terms(row) for row in stored}
    rows = {
        each.learner_id: Enrolment(
            learner_id=each.learner_id,
            course_key=course_key,
            group_key=each.group_key,
            group_title=each.group_title,
            enrolled_at=each.enrolled_at,
            excused_unit_keys=list(each.excused_unit_keys),
            due_at={key: at.isoformat() for key, at in sorted(each.due_at.items())},
        )
        for each in enrolled
    }
    sync_rows(Enrolment, stored=stored, wanted=rows.values(), key=["learner_id"])
    after = {learner_id: _terms(row) for learner_id, row in rows.items()}
    return {
        learner_id
        for learner_id in before.keys() | after.keys()
        if before.get(learner_id) != after.get(learner_id)
    }


def _terms(row: Enrolment) -> tuple[object, ...]:
    return row.group_key, row.group_title, row.excused_unit_keys, row.enrolled_at, row.due_at or {}


def _learner_ids(course_key: str) -> set[Any]:
    enrolled = Enrolment.objects.filter(course_key=course_key).values_list("learner_id", flat=True)
    # Learners who are no longer enrolled still have rows and a page.
    return {
        *enrolled,
        *LearnerCourse.objects.filter(course_key=course_key).values_list("learner_id", flat=True),
    }


def _mark_changed(course_key: str, learner_ids: Iterable[Any], *, includes_days: bool) -> None:
    ordered = sorted(learner_ids, key=str)
    if includes_days:
        change_queue.append_changes(list(rebuild.rebuild_changes(course_key, ordered)))
    else:
        change_queue.append_changes(
            [
                PendingChange(stage=RollupStage.LEARNER, course_key=course_key, learner_id=learner_id)
                for learner_id in ordered
            ]
        )
    if ordered:
        change_queue.append_changes([PendingChange(stage=RollupStage.CLASS, course_key=course_key)])

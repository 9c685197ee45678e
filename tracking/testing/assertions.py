"""Assertions about an adapter. A failure says what was found instead, and what to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tracking import lms
from tracking.events import Purpose
from tracking.lms.paths import pk_or_value
from tracking.lms.values import AttemptRecord, CompletionRecord, UnitRef
from tracking.lms.view_map import match_path
from tracking.privacy import consent
from tracking.testing.recorder import Recorder

R = TypeVar("R", AttemptRecord, CompletionRecord)


def assert_view_maps_to_unit(
    url_or_view_name: str,
    course_key: str,
    unit_key: str,
    *,
    client: Client,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
) -> None:
    """Assert that opening the page is recorded as a page view of this unit, and of no other.

    Log ``client`` in as a learner who agreed to ``engagement`` and does not instruct the course. A string that begins
    with ``/`` is a URL; any other is the name of a view, which ``args`` or ``kwargs`` complete.
    """
    url = url_or_view_name
    if not url.startswith("/"):
        url = reverse(url, args=args or None, kwargs=dict(kwargs) if kwargs else None)
    expected = UnitRef(course_key=course_key, unit_key=unit_key)
    with Recorder() as recorder:
        response: Any = client.get(url)
    found = [UnitRef(course_key=view.course_key, unit_key=view.unit_key) for view in recorder.page_views]
    if found != [expected]:
        reason = _why_not_recorded(url, response, recorder) or _why_not_permitted(client, expected)
        raise AssertionError(f"{url} is not recorded as {_named(expected)}. {reason}")


def assert_row_becomes_attempt(
    row: Model, course_key: str, unit_key: str, *, learner: Any, **expected: Any
) -> AttemptRecord:
    """Assert that the adapter reads ``row`` as an attempt of ``learner`` at this unit; return what it reads.

    ``expected`` compares fields of the attempt, such as ``score=14, max_score=20, is_passed=True``. The outline of the
    course must have the unit.
    """
    adapter = lms.get_adapter()
    records = adapter.attempt_records(row)
    if not records and adapter.attempt_entries.find(row) is None:
        raise AssertionError(f"adapter.attempts has no entry for {row._meta.label}.")
    record = _record_of(row, records, learner)
    _assert_unit(row, record.unit, UnitRef(course_key=course_key, unit_key=unit_key))
    wrong = [
        f"{name} is {getattr(record, name)!r}, not {value!r}"
        for name, value in expected.items()
        if getattr(record, name) != value
    ]
    if wrong:
        raise AssertionError(f"{_row_name(row)} is read as an attempt, but {', '.join(wrong)}.")
    return record


def assert_row_becomes_completion(row: Model, course_key: str, unit_key: str, *, learner: Any) -> None:
    """Assert that the adapter reads ``row`` as the completion of this unit by ``learner``."""
    adapter = lms.get_adapter()
    records = adapter.completion_records(row)
    if not records and adapter.completion_entries.find(row) is None:
        raise AssertionError(f"adapter.completions has no entry for {row._meta.label}.")
    record = _record_of(row, records, learner)
    _assert_unit(row, record.unit, UnitRef(course_key=course_key, unit_key=unit_key))


def _why_not_recorded(url: str, response: HttpResponseBase, recorder: Recorder) -> str:
    """Return what the page shows instead of the unit; empty if the adapter finds one and nothing is recorded."""
    units = [
        _named(UnitRef(course_key=view.course_key, unit_key=view.unit_key)) for view in recorder.page_views
    ]
    if units:
        return f"It is recorded as {', '.join(units)}."
    if response.status_code != 200:
        return f"It answered with status {response.status_code}; only pages with status 200 are recorded."
    for row in recorder.quarantined:
        unit = UnitRef(course_key=row.course_key, unit_key=row.unit_key)
        return f"The adapter found {_named(unit)}, which was quarantined: {row.get_cause_display()}."
    if recorder.rejections:
        return f"Rejections: {recorder.rejections}. The log of tracking.capture says why."
    match = match_path(url.partition("?")[0])
    if not lms.get_adapter().may_show_unit(match):
        name = match.view_name if match is not None else ""
        return f"adapter.views has no entry for the view {name!r}."
    return ""


def _why_not_permitted(client: Client, unit: UnitRef) -> str:
    learner_id = client.session.get("_auth_user_id")
    if learner_id is None:
        return "The client is not logged in with a session."
    if not consent.covers(learner_id, Purpose.ENGAGEMENT, course_key=unit.course_key):
        return "The learner has not agreed: call tracking.testing.consent.grant_all_purposes(learner)."
    return (
        "The adapter found no unit, or left the page out. See its ignore() and viewed(), who instructs the course, and "
        "whether TrackingMiddleware is installed."
    )


def _record_of(row: Model, records: Sequence[R], learner: Any) -> R:
    if not records:
        raise AssertionError(
            f"{_row_name(row)} leads to no learner or no unit. Run manage.py tracking_check."
        )
    learner_id = pk_or_value(learner)
    for record in records:
        if record.learner_id == learner_id:
            return record
    found = [record.learner_id for record in records]
    raise AssertionError(f"{_row_name(row)} leads to the learners {found}, not to {learner_id!r}.")


def _assert_unit(row: Model, found: UnitRef, expected: UnitRef) -> None:
    if found != expected:
        raise AssertionError(f"{_row_name(row)} leads to {_named(found)}, not to {_named(expected)}.")
    outline = lms.get_adapter().outline(expected.course_key)
    if outline is None or expected.unit_key not in {node.key for node in outline.nodes}:
        raise AssertionError(f"{_row_name(row)} would be quarantined: no outline has {_named(expected)}.")


def _named(unit: UnitRef) -> str:
    return f"unit {unit.unit_key!r} of course {unit.course_key!r}"


def _row_name(row: Model) -> str:
    return f"{row._meta.label} {row.pk}"

"""Describe rows of personal data in words, with one function for every table, so that none can be left out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tracking import events, lms
from tracking.findings import explanations
from tracking.models import AccessLogEntry, CourseOutline, Finding, OutlineUnit
from tracking.privacy import inventory
from tracking.privacy.access_log import AccessChannel, AccessedResource
from tracking.privacy.inventory import PersonalDataTable

MAX_VALUE_LENGTH = 300
"""Characters of one value that a page shows; the download has the whole value."""

LABELS: Mapping[str, str | Promise] = {
    "kind": gettext_lazy("What"),
    "resource": gettext_lazy("What"),
    "channel": gettext_lazy("How"),
    "viewer": gettext_lazy("Who"),
    "actor": gettext_lazy("Who"),
    "text": pgettext_lazy("tracking", "Text"),
    "payload": gettext_lazy("Details"),
    "active_ms": gettext_lazy("Active"),
    "visible_ms": pgettext_lazy("tracking", "Visible"),
    "media_ms": gettext_lazy("Audio or video"),
    "estimated_ms": gettext_lazy("Estimated"),
    "reported_later_ms": gettext_lazy("Reported later"),
    "scroll_percent": gettext_lazy("Scroll depth, %"),
    "evidence": gettext_lazy("Evidence"),
    "state": gettext_lazy("State"),
    "reason": gettext_lazy("Reason"),
    "purpose": gettext_lazy("About"),
    "is_granted": gettext_lazy("Answer"),
    "source": gettext_lazy("Source"),
    "components": gettext_lazy("Components"),
}

PLACES = frozenset({"course_key", "unit_key"})
"""Fields that are shown as titles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldText:
    """One field of a row, as label and text."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """One row as a page shows it."""

    key: Any
    moment: datetime | None
    course_title: str
    unit_title: str
    sentence: str
    """The whole row in one sentence; empty unless it is a finding."""
    facts: tuple[FieldText, ...]
    is_open: bool = False
    """Whether it is an open finding, to which the learner may object."""


def describe_rows(table: PersonalDataTable, rows: Sequence[Any]) -> list[RecordRow]:
    """Return ``rows`` of ``table`` in words."""
    titles = _titles(table, rows)
    units = {key: title for (_, key), title in titles.items() if key}
    return [_describe(table, row, titles, units) for row in rows]


def _describe(
    table: PersonalDataTable, row: Any, titles: Mapping[tuple[str, str], str], units: Mapping[str, str]
) -> RecordRow:
    course_key = _follow(row, table.course) if table.course else ""
    unit_key = getattr(row, "unit_key", "")
    return RecordRow(
        key=row.pk,
        moment=_follow(row, table.time_field) if table.time_field else None,
        course_title=titles.get((course_key, ""), course_key or ""),
        unit_title=titles.get((course_key, unit_key), unit_key),
        sentence=explanations.explain_to_learner(row, units) if isinstance(row, Finding) else "",
        facts=tuple(_facts(table, row)),
        is_open=isinstance(row, Finding) and row.cleared_at is None,
    )


def _facts(table: PersonalDataTable, row: Any) -> Iterable[FieldText]:
    for field in inventory.personal_fields(table):
        if field.name in PLACES or field.name == table.time_field:
            continue
        text = _text(field, row)
        if text:
            label = LABELS.get(field.name, capfirst(str(field.verbose_name)))
            yield FieldText(label=str(label), text=text[:MAX_VALUE_LENGTH])


def _text(field: Any, row: Any) -> str:
    if field.is_relation:
        return _person(field, row)
    value = getattr(row, field.attname)
    if isinstance(row, AccessLogEntry):
        return _access_label(field.name, value)
    if field.name == "kind" and (kind := events.find_kind(value)):
        return str(kind.description)
    if field.name.endswith("_ms"):
        return _("%(seconds)s s") % {"seconds": f"{value / 1000:g}"} if value else ""
    if field.choices and value not in (None, ""):
        return str(row._get_FIELD_display(field))  # noqa: SLF001  What get_x_display() is made of.
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, bytes | memoryview):
        return _("%(count)s bytes") % {"count": len(value)}
    return "" if value in (None, "", 0) else str(value)


def _access_label(name: str, value: str) -> str:
    choices: Any = AccessedResource if name == "resource" else AccessChannel
    return str(choices(value).label) if value in choices.values else value


def _person(field: Any, row: Any) -> str:
    person = getattr(row, field.name) if field.name in {"viewer", "actor"} else None
    if person is not None:
        return lms.get_adapter().display_name(person)
    return _("a deleted account or an automated process") if field.name == "viewer" else ""


def _titles(table: PersonalDataTable, rows: Iterable[Any]) -> dict[tuple[str, str], str]:
    """Return the titles of the courses and units that ``rows`` are about, in two queries."""
    courses = {_follow(row, table.course) for row in rows} if table.course else set()
    keys = {getattr(row, "unit_key", "") for row in rows} - {""}
    titles = {
        (key, ""): title
        for key, title in CourseOutline.objects.filter(pk__in=courses).values_list("pk", "title")
    }
    units = OutlineUnit.objects.filter(course_key__in=courses, unit_key__in=keys) if keys else ()
    return titles | {(unit.course_key, unit.unit_key): unit.title for unit in units}


def _follow(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = row.get(name, {}) if isinstance(row, dict) else getattr(row, name)
    return "" if row == {} else row

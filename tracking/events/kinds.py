"""Every kind of event, each with everything that is said of it in one place. A constant is the kind's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tracking.events import payloads
from tracking.events.purposes import Purpose
from tracking.events.registry import ANY_SENDER, EventSender, PagePart, PageSum, register


def _script_problem(payload: Mapping[str, Any]) -> tuple[str, str]:
    place = payload.get("path", "")
    where = f"{place}:{payload['line']}" if payload.get("line") else place
    return "script", " ".join(filter(None, (payload["name"], where)))


PAGE_OPENED = register(
    "page.opened",
    label=_("page opened"),
    description=_("opened a lesson or quiz"),
).name

PAGE_PROGRESS = register(
    "page.progress",
    payload=payloads.PageProgress,
    # It sums up one page view, and a row of a log names none.
    senders=ANY_SENDER - {EventSender.IMPORT},
    label=_("page progress"),
    description=_("how long it has been active so far, and how far it was scrolled"),
).name

PAGE_DETAILS = register(
    "page.details",
    payload=payloads.PageDetails,
    label=_("page details"),
    description=_("which parts of the page were used"),
    page_sum=PageSum(part=PagePart.SECTION, entries=lambda payload: payload.get("sections", ())),
).name

UNIT_ACCESSED = register(
    "unit.accessed",
    payload=payloads.UnitAccessed,
    label=_("unit accessed"),
    description=_("opened, according to another log"),
).name

UNIT_COMPLETED = register(
    "unit.completed",
    purpose=Purpose.RECORD,
    label=_("unit completed"),
    description=_("completed a lesson"),
).name

FEATURE_CLICKED = register(
    "feature.clicked",
    payload=payloads.FeatureClicked,
    label=_("feature clicked"),
    description=_("clicked an element that the course has named"),
    page_sum=PageSum(part=PagePart.FEATURE, entries=lambda payload: [(payload["name"], 1)]),
).name

MEDIA_PLAYED = register(
    "media.played",
    payload=payloads.MediaPlayed,
    label=_("media played"),
    description=_("played parts of a video or audio"),
    page_sum=PageSum(part=PagePart.MEDIUM, entries=lambda payload: [(payload["name"], payload["spans"])]),
).name

FORM_STARTED = register(
    "form.started",
    payload=payloads.FormUsed,
    label=_("form started"),
    description=_("started a form or quiz"),
    page_sum=PageSum(part=PagePart.FORM, entries=lambda payload: [(payload["name"], "started")]),
).name

FORM_SUBMITTED = register(
    "form.submitted",
    payload=payloads.FormUsed,
    label=_("form submitted"),
    description=_("submitted a form or quiz"),
    page_sum=PageSum(part=PagePart.FORM, entries=lambda payload: [(payload["name"], "submitted")]),
).name

FORM_ABANDONED = register(
    "form.abandoned",
    payload=payloads.FormUsed,
    label=_("form abandoned"),
    description=_("left a form or quiz without submitting it"),
    page_sum=PageSum(part=PagePart.FORM, entries=lambda payload: [(payload["name"], "abandoned")]),
).name

SCRIPT_FAILED = register(
    "script.failed",
    payload=payloads.ScriptFailed,
    label=_("script error"),
    description=_("something on the page failed"),
    page_sum=PageSum(part=PagePart.PROBLEM, entries=lambda payload: [(_script_problem(payload), 1)]),
).name

FRICTION = register(
    "friction.detected",
    payload=payloads.Friction,
    label=_("friction detected"),
    description=_("clicked where nothing happened"),
    page_sum=PageSum(
        part=PagePart.PROBLEM,
        entries=lambda payload: [((payload["kind"], payload.get("name") or payload["element"]), 1)],
    ),
).name

PAGE_KINDS = frozenset({PAGE_OPENED, PAGE_PROGRESS})
"""The kinds that views are made of."""

"""The record of processing (Article 30 GDPR): what, why, on what basis, how long and who.

It is generated from the event kinds, their fields, the tables and the current settings, so that it is never older than
the program.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracking import events
from tracking.events import ConsentRequirement, EventKind, Purpose
from tracking.privacy import consent, consent_requirements, purpose_texts, retention, retention_texts
from tracking.privacy.inventory import INVENTORY, PersonalDataTable

BASES: dict[ConsentRequirement, str | Promise] = {
    ConsentRequirement.ASK: gettext_lazy(
        "The learner's consent, given for this purpose only; it can be withdrawn at any time."
    ),
    ConsentRequirement.NOTICE: gettext_lazy(
        "Another legal basis of the institution; learners are informed and may object."
    ),
    ConsentRequirement.OFF: gettext_lazy("Not in use."),
}
RECORD_BASIS = gettext_lazy("Taking part in the course: attempts and completion are part of it.")


def build_processing_record() -> dict[str, Any]:
    """Return the record as plain values, in the active language."""
    return {
        "purposes": [_purpose(purpose) for purpose in consent.purposes_in_use()],
        "not_done": [
            str(purpose_texts.WORDS[each].title) for each in Purpose if each not in consent.purposes_in_use()
        ],
        "tables": [_table(table) for table in INVENTORY],
    }


def _purpose(purpose: Purpose) -> dict[str, Any]:
    text = purpose_texts.WORDS[purpose]
    basis = (
        RECORD_BASIS
        if purpose is Purpose.RECORD
        else BASES[consent_requirements.consent_requirement(purpose)]
    )
    days = retention.days_kept()[purpose]
    return {
        "purpose": purpose.value,
        "title": str(text.title),
        "what": str(text.what),
        "why": str(text.why),
        "who": str(text.who),
        "basis": str(basis),
        "rule": consent_requirements.consent_requirement(purpose).name.lower(),
        "words_version": consent_requirements.consent_text_version(purpose),
        "kept_days": days or None,
        "kept": _("Individual events: %(days)s days. Figures calculated from them: until they are erased.")
        % {"days": days}
        if days
        else _("Until it is erased."),
        "kinds": [_kind(each) for each in events.all_kinds() if each.purpose is purpose],
    }


def _kind(kind: EventKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "description": str(kind.description),
        "fields": list(kind.payload.__struct_fields__),
    }


def _table(table: PersonalDataTable) -> dict[str, Any]:
    return {
        "name": table.name,
        "table": table.model._meta.db_table,
        "title": str(table.title),
        "description": str(table.description),
        "kept": _kept(table),
        "origin": table.origin.value,
        "purposes": sorted(each.value for each in table.purposes),
        "fields": [field.name for field in table.model._meta.concrete_fields],
    }


def _kept(table: PersonalDataTable) -> str:
    return table.retention.text() if table.retention is not None else retention_texts.until_erased()

"""Erasure by learners: the page and the API share these rules."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tracking import conf
from tracking.events import LearnerId, Purpose
from tracking.privacy import consent, erasure, inventory
from tracking.privacy.erasure import ErasureScope
from tracking.privacy.inventory import PersonalDataTable, row_rules

EVERYTHING = "everything"
"""Selects all that may be erased, in place of one purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRows:
    """Rows about a learner that an erasure has kept, and why."""

    name: str
    """The name of their table in the inventory."""
    title: str
    row_count: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureResult:
    """How many rows were erased and how many were kept."""

    row_count: int
    kept_count: int
    """Rows that name no course; erasing only one course keeps them."""
    kept: tuple[KeptRows, ...]
    """All rows about the learner that are there now, each table with the reason."""


def may_erase(purpose: Purpose) -> bool:
    """Return whether learners may erase what serves ``purpose``. ``KEEP_COURSE_RECORD`` protects the course record."""
    return purpose is not Purpose.RECORD or not conf.get_settings().KEEP_COURSE_RECORD


def erasable_choices() -> list[str]:
    """Return the values that ``erase_own_data`` accepts as ``what``."""
    return [*(purpose.value for purpose in consent.purposes_in_use() if may_erase(purpose)), EVERYTHING]


def erase_own_data(learner_id: LearnerId, what: str, *, course_key: str, source: str) -> ErasureResult:
    """Erase ``what``, one of ``erasable_choices``, in one course. An empty key means all courses and data without one.

    A learner who erases everything does not expect the next page to be recorded. So erasing everything also records a
    no to every purpose, given at ``source``.
    """
    course_keys = frozenset({course_key}) if course_key else None
    scope = ErasureScope(learner_id=learner_id, purposes=_purposes(what), course_keys=course_keys)
    erased = erasure.erase_learner_data(scope, by="the learner")
    if what == EVERYTHING and not course_key:
        consent.refuse(learner_id, consent.purposes_asked(), source=source)
    kept_count = inventory.count_kept_without_course(learner_id).total() if course_key else 0
    return ErasureResult(row_count=erased.total(), kept_count=kept_count, kept=kept_rows(learner_id))


def kept_rows(learner_id: LearnerId) -> tuple[KeptRows, ...]:
    """Return everything that is stored about the learner now, by table, and why it is kept."""
    keeps_record = not may_erase(Purpose.RECORD)
    counted = [(table, inventory.personal_rows(table, learner_id).count()) for table in inventory.INVENTORY]
    return tuple(
        KeptRows(
            name=table.name,
            title=str(table.title),
            row_count=count,
            reason=_kept_because(table, keeps_record=keeps_record),
        )
        for table, count in counted
        if count
    )


def _kept_because(table: PersonalDataTable, *, keeps_record: bool) -> str:
    if table.rows_to_erase is row_rules.no_rows:
        return _("The platform itself says this, and would say it again.")
    if not table.purposes:
        return _("It proves how your data was handled, and what you agreed to.")
    if keeps_record and Purpose.RECORD in table.purposes:
        return _("The institution has to keep your course record.")
    return _("You did not choose to erase this.")


def _purposes(what: str) -> frozenset[Purpose] | None:
    if what != EVERYTHING:
        return frozenset({Purpose(what)})
    return frozenset(Purpose) - {Purpose.RECORD} if conf.get_settings().KEEP_COURSE_RECORD else None

"""Erasure by learners: the page and the API share these rules."""

from __future__ import annotations

from dataclasses import dataclass

from tracking import conf
from tracking.events import LearnerId, Purpose
from tracking.privacy import consent, erasure, inventory
from tracking.privacy.erasure import ErasureScope

EVERYTHING = "everything"
"""Selects all that may be erased, in place of one purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureResult:
    """How many rows were erased and how many were kept."""

    row_count: int
    kept_count: int
    """Rows that name no course; erasing only one course keeps them."""


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
    return ErasureResult(row_count=erased.total(), kept_count=kept_count)


def _purposes(what: str) -> frozenset[Purpose] | None:
    if what != EVERYTHING:
        return frozenset({Purpose(what)})
    return frozenset(Purpose) - {Purpose.RECORD} if conf.get_settings().KEEP_COURSE_RECORD else None

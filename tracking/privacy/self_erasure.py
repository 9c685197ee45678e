"""What learners may erase by themselves, and how: the page and the API both go by it."""

from __future__ import annotations

from dataclasses import dataclass

from tracking import conf
from tracking.events import LearnerId, Purpose
from tracking.privacy import consent, erasure, inventory
from tracking.privacy.erasure import ErasureScope

EVERYTHING = "everything"
"""All that may be erased, in place of a purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureResult:
    """What came of it."""

    row_count: int
    kept_count: int
    """Rows that name no course, and were left where only one course was to be erased."""


def may_erase(purpose: Purpose) -> bool:
    """Return whether learners may erase what serves ``purpose``: the course record may have to be kept."""
    return purpose is not Purpose.RECORD or not conf.get_settings().KEEP_COURSE_RECORD


def erasable_choices() -> list[str]:
    """Return what a learner may name to be erased."""
    return [*(purpose.value for purpose in consent.purposes_in_use() if may_erase(purpose)), EVERYTHING]


def erase_own_data(learner_id: LearnerId, what: str, *, course_key: str, source: str) -> ErasureResult:
    """Erase ``what``, one of ``erasable_choices``, in a course, or with an empty key in all and what belongs to none.

    Nobody erases everything to have the next page recorded: that is a no to every purpose too, said at ``source``.
    """
    course_keys = frozenset({course_key}) if course_key else None
    scope = ErasureScope(learner_id=learner_id, purposes=_purposes(what), course_keys=course_keys)
    erased = erasure.erase_learner_data(scope, by="the learner")
    if what == EVERYTHING and not course_key:
        consent.refuse(learner_id, consent.purposes_asked(), source=source)
    left_count = inventory.count_kept_without_course(learner_id).total() if course_key else 0
    return ErasureResult(row_count=erased.total(), kept_count=left_count)


def _purposes(what: str) -> frozenset[Purpose] | None:
    if what != EVERYTHING:
        return frozenset({Purpose(what)})
    return frozenset(Purpose) - {Purpose.RECORD} if conf.get_settings().KEEP_COURSE_RECORD else None

"""Consent of learners: separate for each purpose, stored append-only, in effect within seconds."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from tracking import events, lms
from tracking.events import ConsentRequirement, LearnerId, Purpose
from tracking.exceptions import ConsentNotAllowed
from tracking.models import Consent, Enrolment, LearnerCourse, PendingChange, RollupStage
from tracking.privacy import consent_requirements
from tracking.storage.host_cache import cache

CACHED_SECONDS = 10
"""How long another process may still act on an older answer if processes share no cache."""

KEPT_SECONDS = 600
"""How long an answer stays cached for callers that accept an older one: see ``within``."""

NOT_NOW_SECONDS = 14 * 24 * 3600
"""How long a learner who said "not now" is not asked again."""

SERVED_BY_PAGES = frozenset({Purpose.NUDGES, Purpose.COMPARISON})
"""Purposes without events of their own: pages build them from what other purposes recorded."""

ANSWERED_AT = "tracking_answered_at"
"""Session key for when the learner last answered: a cached answer read before that is stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAnswer:
    """A learner's last answer about a purpose, and the version of the consent text it was about."""

    is_granted: bool
    version: int
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentState:
    """All current answers of a learner."""

    answers: Mapping[str, ConsentAnswer] = field(default_factory=dict)
    """The last yes or no about each purpose."""
    postponed: Mapping[str, ConsentAnswer] = field(default_factory=dict)
    """The last "not now" or read notice about each purpose."""
    barred: frozenset[Purpose] = frozenset()
    """Purposes that the learner may not agree to alone, for example because of age."""


def covers(
    learner_id: LearnerId,
    purpose: Purpose,
    *,
    course_key: str = "",
    within: float = CACHED_SECONDS,
    has_opted_out: bool = False,
) -> bool:
    """Return whether ``purpose`` is permitted for the learner, from an answer read at most ``within`` seconds ago.

    With ``has_opted_out`` (the browser sends Global Privacy Control), only the learner's yes permits it.
    """
    answers = _read(learner_id, within=within)
    return _covers(
        answers,
        purpose,
        consent_requirements.consent_requirement(purpose, course_key),
        has_opted_out=has_opted_out,
    )


def is_answered(learner_id: LearnerId, purpose: Purpose, *, within: float = CACHED_SECONDS) -> bool:
    """Return whether the learner has said no, or yes to the current version of the consent text."""
    said = _read(learner_id, within=within).answers.get(purpose)
    return said is not None and (
        not said.is_granted or said.version >= consent_requirements.consent_text_version(purpose)
    )


def is_postponed(learner_id: LearnerId, purpose: Purpose, *, within: float = CACHED_SECONDS) -> bool:
    """Return whether not to ask the learner now: they said "not now", or have read the notice of the purpose."""
    later = _read(learner_id, within=within).postponed.get(purpose)
    if later is None or later.version < consent_requirements.consent_text_version(purpose):
        return False
    has_notice = consent_requirements.consent_requirement(purpose) is ConsentRequirement.NOTICE
    return has_notice or time.time() - later.given_at.timestamp() < NOT_NOW_SECONDS


def may_answer(learner_id: LearnerId, purpose: Purpose, *, within: float = CACHED_SECONDS) -> bool:
    """Return whether the learner may agree alone."""
    return purpose not in _read(learner_id, within=within).barred


def learners_covered(
    learner_ids: Collection[LearnerId], purpose: Purpose, *, course_key: str = ""
) -> set[LearnerId]:
    """Return the learners among ``learner_ids`` for whom ``purpose`` is permitted now, in one query."""
    pairs = learners_covered_in_courses(((learner_id, course_key) for learner_id in learner_ids), purpose)
    return {learner_id for learner_id, _ in pairs}


def learners_covered_in_courses(
    pairs: Iterable[tuple[LearnerId, str]], purpose: Purpose, *, opted_out: Collection[LearnerId] = ()
) -> set[tuple[LearnerId, str]]:
    """Return the pairs of learner and course for which ``purpose`` is permitted now, in one query.

    For learners in ``opted_out`` only a yes permits it.
    """
    requested = set(pairs)
    found = _read_many({learner_id for learner_id, _ in requested}, [purpose])
    rule_of = {
        course_key: consent_requirements.consent_requirement(purpose, course_key)
        for _, course_key in requested
    }
    return {
        (learner_id, course_key)
        for learner_id, course_key in requested
        if _covers(found[learner_id], purpose, rule_of[course_key], has_opted_out=learner_id in opted_out)
    }


def without_consent(learner_ids: Collection[LearnerId], purpose: Purpose) -> set[LearnerId]:
    """Return the learners among ``learner_ids`` whose last answer about ``purpose`` is no, in one query."""
    rows = _yes_and_no().filter(learner_id__in=learner_ids, purpose=purpose)
    newest = dict(rows.values_list("learner_id", "is_granted"))
    return {learner_id for learner_id, is_granted in newest.items() if not is_granted}


def purposes_in_use() -> list[Purpose]:
    """Return the purposes that this site serves. Asking about others would promise features that do not exist."""
    served = {kind.purpose for kind in events.all_kinds()} | SERVED_BY_PAGES
    return [purpose for purpose in Purpose if purpose in served]


def purposes_asked() -> list[Purpose]:
    """Return the purposes in use that a learner can say yes or no to."""
    return [purpose for purpose in purposes_in_use() if purpose is not Purpose.RECORD]


def grant(learner_id: LearnerId, purposes: Collection[Purpose], *, source: str) -> None:
    """Record a yes to each of ``purposes``; ``source`` names where it was given, such as ``"consent page"``.

    Raises ``ConsentNotAllowed`` if the learner may not agree alone.
    """
    barred = _barred([learner_id], purposes).get(learner_id, frozenset())
    if barred:
        names = ", ".join(sorted(purpose.value for purpose in barred))
        raise ConsentNotAllowed(
            f"The learner may not agree to {names}, because Adapter.may_consent() returns False."
        )
    _record(learner_id, purposes, is_granted=True, source=source)


def refuse(learner_id: LearnerId, purposes: Collection[Purpose], *, source: str) -> None:
    """Record a no to each of ``purposes``: a refusal, a withdrawal or an objection."""
    _record(learner_id, purposes, is_granted=False, source=source)


def postpone_consent(learner_id: LearnerId, purposes: Collection[Purpose], *, source: str) -> None:
    """Record "not now", or that a notice was read. It neither permits nor forbids anything."""
    _record(learner_id, purposes, is_granted=None, source=source)


def clear_consent_cache(learner_id: LearnerId) -> None:
    """Forget the cached answers, so that the next check reads them from the database."""
    cache.delete(_cache_key(learner_id))


def _record(
    learner_id: LearnerId, purposes: Collection[Purpose], *, is_granted: bool | None, source: str
) -> None:
    with transaction.atomic():
        Consent.objects.bulk_create(
            Consent(
                learner_id=learner_id,
                purpose=purpose,
                is_granted=is_granted,
                version=consent_requirements.consent_text_version(purpose),
                source=source,
            )
            for purpose in purposes
        )
        if Purpose.ENGAGEMENT in purposes:
            _mark_as_changed(learner_id)
        # Clear the cache at commit, not before: another process could read the old answer back into it in between.
        transaction.on_commit(lambda: clear_consent_cache(learner_id))


def _mark_as_changed(learner_id: LearnerId) -> None:
    """Mark the learner as changed in every course: the figures of a class include those who share, active or not."""
    courses = {
        course_key
        for model in (LearnerCourse, Enrolment)
        for course_key in model.objects.filter(learner_id=learner_id).values_list("course_key", flat=True)
    }
    PendingChange.objects.bulk_create(
        PendingChange(stage=stage, course_key=course_key, learner_id=changed_id)
        for course_key in sorted(courses)
        for stage, changed_id in ((RollupStage.LEARNER, learner_id), (RollupStage.QUESTIONS, None))
    )


def _covers(
    answers: ConsentState, purpose: Purpose, rule: ConsentRequirement, *, has_opted_out: bool
) -> bool:
    if rule is ConsentRequirement.OFF:
        return False
    said = answers.answers.get(purpose)
    if said is not None and not said.is_granted:
        return False
    if purpose in answers.barred:
        return False
    if said is not None and said.version >= consent_requirements.consent_text_version(purpose):
        return True
    return rule is ConsentRequirement.NOTICE and (purpose is Purpose.RECORD or not has_opted_out)


def _read(learner_id: LearnerId, *, within: float) -> ConsentState:
    key, now = _cache_key(learner_id), time.time()
    read_at, answers = cache.get(key) or (0.0, ConsentState())
    if not 0 <= now - read_at <= within:
        answers = _read_many([learner_id], list(Purpose))[learner_id]
        cache.set(key, (now, answers), KEPT_SECONDS)
    return answers


def _read_many(
    learner_ids: Collection[LearnerId], purposes: Collection[Purpose]
) -> Mapping[LearnerId, ConsentState]:
    said: dict[LearnerId, dict[str, ConsentAnswer]] = defaultdict(dict)
    postponed_of: dict[LearnerId, dict[str, ConsentAnswer]] = defaultdict(dict)
    rows = Consent.objects.filter(learner_id__in=learner_ids, purpose__in=purposes).order_by("given_at", "id")
    for learner_id, purpose, is_granted, version, given_at in rows.values_list(
        "learner_id", "purpose", "is_granted", "version", "given_at"
    ):
        answer = ConsentAnswer(is_granted=bool(is_granted), version=version, given_at=given_at)
        (postponed_of if is_granted is None else said)[learner_id][purpose] = answer
    barred = _barred(learner_ids, purposes)
    return {
        learner_id: ConsentState(
            answers=said.get(learner_id, {}),
            postponed=postponed_of.get(learner_id, {}),
            barred=barred.get(learner_id, frozenset()),
        )
        for learner_id in learner_ids
    }


def _barred(
    learner_ids: Collection[LearnerId], purposes: Collection[Purpose]
) -> Mapping[LearnerId, frozenset[Purpose]]:
    """Return which of ``purposes`` each learner may not agree to alone. One query if the host has such a rule."""
    adapter = lms.get_adapter()
    if not adapter.has_consent_rule():
        return {}
    askable = [purpose for purpose in purposes if purpose is not Purpose.RECORD]
    users: Mapping[Any, Any] = get_user_model()._base_manager.in_bulk(learner_ids)
    return {
        learner_id: frozenset(each for each in askable if not adapter.may_consent(user, each))
        for learner_id, user in users.items()
    }


def _yes_and_no() -> Any:
    return Consent.objects.filter(is_granted__isnull=False).order_by("given_at", "id")


def _cache_key(learner_id: LearnerId) -> str:
    return f"tracking:consent:{learner_id}"

"""What a learner has agreed to: each purpose apart, kept as an append-only record, in force within seconds."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping

from django.core.cache import cache
from django.db import transaction

from tracking import events
from tracking.events import LearnerId, Purpose
from tracking.models import Consent

CACHED_SECONDS = 10
"""How long another process may still store by an older answer, where processes share no cache."""

KEPT_SECONDS = 600
"""How long an answer is remembered for those who can do with an older one: see ``within``."""

ANSWERED_AT = "tracking_answered_at"
"""Where a session keeps when its learner last answered: what was read before that is too old for it."""

DEFAULTS: Mapping[Purpose, bool] = {Purpose.RECORD: True}
"""What holds before a learner answers. The course record is the host's own; everything else waits for a yes."""


def covers(learner_id: LearnerId, purpose: Purpose, *, within: float = CACHED_SECONDS) -> bool:
    """Return whether ``purpose`` is permitted for the learner, by an answer not older than ``within`` seconds."""
    return _answers(learner_id, within=within).get(purpose, DEFAULTS.get(purpose, False))


def is_answered(learner_id: LearnerId, purpose: Purpose, *, within: float = CACHED_SECONDS) -> bool:
    """Return whether the learner has said yes or no to ``purpose``, by an answer not older than ``within`` seconds."""
    return purpose in _answers(learner_id, within=within)


def covered(learner_ids: Collection[LearnerId], purpose: Purpose) -> set[LearnerId]:
    """Return those of ``learner_ids`` for whom ``purpose`` is permitted now, in one query."""
    newest = dict.fromkeys(learner_ids, DEFAULTS.get(purpose, False))
    rows = Consent.objects.filter(learner_id__in=learner_ids, purpose=purpose).order_by("given_at", "id")
    newest |= dict(rows.values_list("learner_id", "is_granted"))
    return {learner_id for learner_id, is_granted in newest.items() if is_granted}


def refused(learner_ids: Collection[LearnerId], purpose: Purpose) -> set[LearnerId]:
    """Return those of ``learner_ids`` whose last word on ``purpose`` is no, in one query."""
    rows = Consent.objects.filter(learner_id__in=learner_ids, purpose=purpose).order_by("given_at", "id")
    newest = dict(rows.values_list("learner_id", "is_granted"))
    return {learner_id for learner_id, is_granted in newest.items() if not is_granted}


def in_use() -> list[Purpose]:
    """Return the purposes that some event serves here: asking about others would promise what is not done."""
    served = {kind.purpose for kind in events.all_kinds()}
    return [purpose for purpose in Purpose if purpose in served]


def asked() -> list[Purpose]:
    """Return the purposes in use that wait for a yes."""
    return [purpose for purpose in in_use() if purpose not in DEFAULTS]


def grant(learner_id: LearnerId, purposes: Collection[Purpose], *, source: str) -> None:
    """Record a yes to each of ``purposes``; ``source`` names where it was given, such as ``"consent page"``."""
    _record(learner_id, purposes, is_granted=True, source=source)


def refuse(learner_id: LearnerId, purposes: Collection[Purpose], *, source: str) -> None:
    """Record a no, or the withdrawal of a yes, for each of ``purposes``."""
    _record(learner_id, purposes, is_granted=False, source=source)


def _record(learner_id: LearnerId, purposes: Collection[Purpose], *, is_granted: bool, source: str) -> None:
    with transaction.atomic():
        Consent.objects.bulk_create(
            Consent(learner_id=learner_id, purpose=purpose, is_granted=is_granted, source=source)
            for purpose in purposes
        )
        # Forget at commit, not before: another process could read the old answer back into the cache in between.
        transaction.on_commit(lambda: cache.delete(_cache_key(learner_id)))


def _answers(learner_id: LearnerId, *, within: float) -> Mapping[str, bool]:
    key, now = _cache_key(learner_id), time.time()
    read_at, answers = cache.get(key) or (0.0, {})
    if not 0 <= now - read_at <= within:
        rows = Consent.objects.filter(learner_id=learner_id).order_by("given_at", "id")
        answers = dict(rows.values_list("purpose", "is_granted"))
        cache.set(key, (now, answers), KEPT_SECONDS)
    return answers


def _cache_key(learner_id: LearnerId) -> str:
    return f"tracking:answers:{learner_id}"

"""Transactional outbox: store each delivery in the transaction of the change it reports, so that none is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from tracking.exports import stable_ids
from tracking.models import Attempt, Delivery, Finding, Topic, Webhook
from tracking.storage.host_cache import cache

WEBHOOKS = "tracking:webhooks"
KNOWN_SECONDS = 30


def enqueue_attempt(attempt: Attempt) -> None:
    """Enqueue the grade of an attempt for webhooks if it is new or has changed."""
    if attempt.submitted_at is None or (attempt.share is None and attempt.is_passed is None):
        return
    figures = {
        "share": attempt.share,
        "score": attempt.score,
        "max_score": attempt.max_score,
        "is_passed": attempt.is_passed,
    }
    attempt_id = stable_ids.stable_uuid(attempt.source_label, attempt.source_key, attempt.learner_id)
    _enqueue(
        Topic.ATTEMPT_GRADED,
        attempt,
        source_key=attempt_id,
        data={
            "attempt": attempt_id,
            "unit_key": attempt.unit_key,
            "submitted_at": _moment(attempt.submitted_at),
            **figures,
        },
        resend_on=tuple(figures),
    )


def enqueue_unit_completions(units: Iterable[Any]) -> None:
    """Enqueue for webhooks that learners have completed units."""
    _enqueue_completions(Topic.UNIT_COMPLETED, units)


def enqueue_module_completions(modules: Iterable[Any]) -> None:
    """Enqueue for webhooks that learners have completed modules or courses."""
    found = list(modules)
    _enqueue_completions(Topic.MODULE_COMPLETED, [each for each in found if each.unit_key])
    _enqueue_completions(Topic.COURSE_COMPLETED, [each for each in found if not each.unit_key])


def enqueue_finding_change(topic: Topic, finding: Finding, *, at: datetime) -> None:
    """Enqueue for webhooks that a finding was opened or cleared: once for each moment ``at``, as it may reopen."""
    _enqueue(
        topic,
        finding,
        source_key=f"{finding.pk}@{at.astimezone(UTC).isoformat()}",
        data={
            "finding": finding.pk,
            "unit_key": finding.unit_key,
            "reason": finding.reason,
            "weight": finding.weight,
            "evidence": finding.evidence,
            "opened_at": _moment(finding.opened_at),
            "cleared_at": _moment(finding.cleared_at),
        },
    )


def completion_key(completed: Any) -> str:
    """Return the id of a completion by a learner; it is the same each time the completion is sent."""
    return stable_ids.stable_uuid("completed", completed.learner_id, completed.course_key, completed.unit_key)


def _enqueue_completions(topic: Topic, completed: Iterable[Any]) -> None:
    if not any(topic in topics for _, topics, _ in _webhooks()):
        return  # A rebuild completes hundreds of thousands of units: build no payload that no webhook wants.
    for each in completed:
        _enqueue(
            topic,
            each,
            source_key=completion_key(each),
            data={"unit_key": each.unit_key, "completed_at": _moment(each.last_at)},
        )


def _enqueue(
    topic: Topic, about: Any, *, source_key: str, data: Mapping[str, Any], resend_on: Sequence[str] = ()
) -> None:
    """Enqueue ``source_key`` once per webhook, and again if a value named in ``resend_on`` has changed since."""
    targets = [
        target
        for target, topics, course_keys in _webhooks()
        if topic in topics and (not course_keys or about.course_key in course_keys)
    ]
    if not targets:
        return
    known = Delivery.objects.filter(
        target__in=targets, topic=topic, source_key=source_key, learner_id=about.learner_id
    )
    # In order of key, so that the newest payload of each target wins.
    last = {
        target: payload.get("data", {})
        for target, payload in known.order_by("pk").values_list("target", "payload")
    }
    up_to_date = {
        target for target, sent in last.items() if all(sent.get(name) == data[name] for name in resend_on)
    }
    learner = None if about.learner_id is None else str(about.learner_id)
    body = {"learner_id": learner, "course_key": about.course_key, **data}
    now = timezone.now()
    Delivery.objects.bulk_create(
        Delivery(
            target=target,
            topic=topic,
            source_key=source_key,
            learner_id=about.learner_id,
            created_at=now,
            payload={"type": topic.value, "timestamp": _moment(now), "data": body},
        )
        for target in targets
        if target not in up_to_date
    )


def _webhooks() -> list[tuple[str, list[str], list[str]]]:
    """Return each webhook's target, topics and courses, as they were at most ``KNOWN_SECONDS`` ago.

    They are cached because an import records thousands of attempts and must not query for each.
    """
    known: list[tuple[str, list[str], list[str]]] | None = cache.get(WEBHOOKS)
    if known is None:
        known = [
            (str(hook.pk), hook.topics, hook.course_keys) for hook in Webhook.objects.filter(is_active=True)
        ]
        cache.set(WEBHOOKS, known, KNOWN_SECONDS)
    return known


def _moment(at: datetime | None) -> str | None:
    return (
        None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )

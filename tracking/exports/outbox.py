"""Writing down what other systems are to be told, in the transaction of what it tells of: nothing gets lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from tracking.exports import stable_ids
from tracking.models import Attempt, Delivery, Finding, Topic, Webhook

WEBHOOKS = "tracking:webhooks"
KNOWN_SECONDS = 30


def enqueue_attempt(attempt: Attempt) -> None:
    """Tell webhooks of the grade of an attempt where it is new."""
    if attempt.submitted_at is None or (attempt.share is None and attempt.is_passed is None):
        return
    figures = {
        "share": attempt.share,
        "score": attempt.score,
        "max_score": attempt.max_score,
        "is_passed": attempt.is_passed,
    }
    own_id = stable_ids.stable_uuid(attempt.source_label, attempt.source_key, attempt.learner_id)
    _tell(
        Topic.ATTEMPT_GRADED,
        attempt,
        source_key=own_id,
        data={
            "attempt": own_id,
            "unit_key": attempt.unit_key,
            "submitted_at": _moment(attempt.submitted_at),
            **figures,
        },
        again_by=tuple(figures),
    )


def enqueue_unit_completions(units: Iterable[Any]) -> None:
    """Tell webhooks that learners have completed units."""
    _completed(Topic.UNIT_COMPLETED, units)


def enqueue_module_completions(modules: Iterable[Any]) -> None:
    """Tell webhooks that learners have completed modules, and courses."""
    found = list(modules)
    _completed(Topic.MODULE_COMPLETED, [each for each in found if each.unit_key])
    _completed(Topic.COURSE_COMPLETED, [each for each in found if not each.unit_key])


def enqueue_finding_change(topic: Topic, finding: Finding, *, at: datetime) -> None:
    """Tell webhooks that a finding was opened or cleared, as often as it is: once for each moment ``at``."""
    _tell(
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
    """Return what names a completion by a learner, the same however often it is announced."""
    return stable_ids.stable_uuid("completed", completed.learner_id, completed.course_key, completed.unit_key)


def _completed(topic: Topic, completed: Iterable[Any]) -> None:
    if not any(topic in topics for _, topics, _ in _webhooks()):
        return  # A rebuild completes hundreds of thousands at once.
    for each in completed:
        _tell(
            topic,
            each,
            source_key=completion_key(each),
            data={"unit_key": each.unit_key, "completed_at": _moment(each.last_at)},
        )


def _tell(
    topic: Topic, about: Any, *, source_key: str, data: Mapping[str, Any], again_by: Sequence[str] = ()
) -> None:
    """Tell webhooks once of ``source_key``, and again where what ``again_by`` names is not as they were told last."""
    wanting = [
        target
        for target, topics, course_keys in _webhooks()
        if topic in topics and (not course_keys or about.course_key in course_keys)
    ]
    if not wanting:
        return
    known = Delivery.objects.filter(
        target__in=wanting, topic=topic, source_key=source_key, learner_id=about.learner_id
    )
    last = {
        target: told.get("data", {}) for target, told in known.order_by("pk").values_list("target", "payload")
    }
    told = {target for target, said in last.items() if all(said.get(name) == data[name] for name in again_by)}
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
        for target in wanting
        if target not in told
    )


def _webhooks() -> list[tuple[str, list[str], list[str]]]:
    """Return each webhook's target, topics and courses, as they were at most ``KNOWN_SECONDS`` ago.

    An import records thousands of attempts, and must not look for each.
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

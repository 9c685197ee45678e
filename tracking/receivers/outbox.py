"""Writes deliveries to the outbox when the lower layers announce something that other systems may receive."""

from __future__ import annotations

from typing import Any

from tracking import signals
from tracking.exports import outbox
from tracking.models import Topic
from tracking.receivers.subscriptions import Subscriptions


def connect_outbox(to: Subscriptions) -> None:
    """Listen to everything that a webhook or an LRS can receive."""
    to.add(signals.attempt_recorded, _attempt_recorded)
    to.add(signals.units_completed, _units_completed)
    to.add(signals.modules_completed, _modules_completed)
    to.add(signals.finding_opened, _finding_opened)
    to.add(signals.finding_cleared, _finding_cleared)


def _attempt_recorded(attempt: Any, **_: Any) -> None:
    outbox.enqueue_attempt(attempt)


def _units_completed(units: Any, **_: Any) -> None:
    outbox.enqueue_unit_completions(units)


def _modules_completed(modules: Any, **_: Any) -> None:
    outbox.enqueue_module_completions(modules)


def _finding_opened(finding: Any, at: Any, **_: Any) -> None:
    outbox.enqueue_finding_change(Topic.FINDING_OPENED, finding, at=at)


def _finding_cleared(finding: Any, at: Any, **_: Any) -> None:
    outbox.enqueue_finding_change(Topic.FINDING_CLEARED, finding, at=at)

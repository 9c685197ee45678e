"""Writing down what other systems are to be told, as the lower layers announce it."""

from __future__ import annotations

from typing import Any

from tracking import conf, signals
from tracking.interchange import waiting
from tracking.models import Topic
from tracking.receivers.subscriptions import Subscriptions


def subscribe(to: Subscriptions) -> None:
    """Listen to all that somebody may want to be told."""
    if conf.get_settings().LRS_URL:  # Where nobody listens, a batch of events needs no transaction.
        to.add(signals.events_written, _events_written)
    to.add(signals.attempt_recorded, _attempt_recorded)
    to.add(signals.units_completed, _units_completed)
    to.add(signals.modules_completed, _modules_completed)
    to.add(signals.finding_opened, _finding_opened)
    to.add(signals.finding_cleared, _finding_cleared)


def _events_written(events: Any, **_: Any) -> None:
    waiting.events_written(events)


def _attempt_recorded(attempt: Any, **_: Any) -> None:
    waiting.attempt_recorded(attempt)


def _units_completed(units: Any, **_: Any) -> None:
    waiting.units_completed(units)


def _modules_completed(modules: Any, **_: Any) -> None:
    waiting.modules_completed(modules)


def _finding_opened(finding: Any, at: Any, **_: Any) -> None:
    waiting.finding_changed(Topic.FINDING_OPENED, finding, at=at)


def _finding_cleared(finding: Any, at: Any, **_: Any) -> None:
    waiting.finding_changed(Topic.FINDING_CLEARED, finding, at=at)

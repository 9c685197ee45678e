"""Asking for a roll-up when something was recorded, once that is committed and apart from the page that did it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tracking import signals, tasks
from tracking.hooks import deferred
from tracking.receivers.subscriptions import Subscriptions


def connect_rollup_triggers(to: Subscriptions) -> None:
    """Listen to what the lower layers announce."""
    to.add(signals.changes_pending, trigger_on_commit)
    to.add(signals.attempt_recorded, trigger_on_commit)
    to.add(signals.action_taken, trigger_on_commit)


def trigger_on_commit(**_: Any) -> None:
    """Hint that there is work, at commit: a job that comes earlier finds nothing. The broker may be slow or away."""
    transaction.on_commit(lambda: deferred.defer(tasks.trigger_rollup), robust=True)

"""Triggers a rollup after new data is committed, outside the request that stored it."""

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
    """Trigger a rollup after the commit, because a job that runs earlier finds nothing.

    The trigger is sent from another thread: the broker may be slow or down, and no page may wait for it.
    """
    # A trigger that gets lost costs seconds: the beat schedule finds the pending changes too.
    transaction.on_commit(lambda: deferred.defer(tasks.trigger_rollup), robust=True)

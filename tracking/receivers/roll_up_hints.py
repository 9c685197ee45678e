"""Asking for a roll-up when something was recorded, once that is committed and apart from the page that did it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tracking import signals, tasks
from tracking.hooks import backlog
from tracking.receivers.subscriptions import Subscriptions


def subscribe(to: Subscriptions) -> None:
    """Listen to what the lower layers announce."""
    to.add(signals.roll_up_wanted, ask)
    to.add(signals.attempt_recorded, ask)
    to.add(signals.action_taken, ask)


def ask(**_: Any) -> None:
    """Hint that there is work, at commit: a job that comes earlier finds nothing. The broker may be slow or away."""
    transaction.on_commit(lambda: backlog.ask(tasks.hint), robust=True)

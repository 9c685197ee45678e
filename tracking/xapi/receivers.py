"""Receivers of the core's signals, connected only if a learning record store is configured."""

from __future__ import annotations

from typing import Any

from django.core.signals import setting_changed

from tracking import conf as core_conf
from tracking import signals
from tracking.receivers.subscriptions import Subscriptions
from tracking.xapi import conf, lrs_delivery, outbox

_subscriptions = Subscriptions()


def connect() -> None:
    """Connect the receivers that the current settings need. Safe to call again."""
    _subscriptions.clear()
    # Without a listener a batch of events needs no transaction, so nothing is connected without a store.
    if not core_conf.get_settings().ENABLED or not lrs_delivery.is_lrs_configured():
        return
    _subscriptions.add(signals.events_stored, _events_stored)
    _subscriptions.add(signals.attempt_recorded, _attempt_recorded)
    _subscriptions.add(signals.modules_completed, _modules_completed)


def _events_stored(events: Any, **_: Any) -> None:
    outbox.enqueue_events(events)


def _attempt_recorded(attempt: Any, **_: Any) -> None:
    outbox.enqueue_attempt(attempt)


def _modules_completed(modules: Any, **_: Any) -> None:
    outbox.enqueue_module_completions(modules)


def _reconnect(*, setting: str, **_: object) -> None:
    if setting in {conf.NAME, "TRACKING"}:
        connect()


setting_changed.connect(_reconnect, dispatch_uid="tracking.xapi.receivers")

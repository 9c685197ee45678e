"""Follows the host through its model signals: attempts, completions, outlines and enrolments."""

from __future__ import annotations

import logging

from django.core.signals import setting_changed

from tracking import conf, lms
from tracking.exceptions import AdapterError
from tracking.receivers import (
    completions,
    host_attempts,
    logouts,
    outbox,
    outlines,
    rollup_triggers,
    sql_views,
    uninstall,
    users,
)
from tracking.receivers.subscriptions import Subscriptions

logger = logging.getLogger("tracking.capture")

_subscriptions = Subscriptions()


def connect() -> None:
    """Listen to exactly the models that the adapter names. A second call replaces the subscriptions of the first.

    If tracking is disabled or has no usable adapter, no model of the host is listened to. Django deletes the rows of a
    model with listeners one by one, and a host without tracking must not pay for that.
    """
    uninstall.connect_uninstall()
    sql_views.connect_migrations_for_sql_views()
    users.connect_user_deletion()
    _subscriptions.clear()
    if not conf.get_settings().ENABLED:
        return
    try:
        adapter = lms.get_adapter()
        host_attempts.connect_host_attempts(_subscriptions, adapter)
        completions.connect_completions(_subscriptions, adapter)
        outlines.connect_outlines(_subscriptions, adapter)
    except AdapterError as error:
        _subscriptions.clear()
        logger.error("The host's models are not followed. %s Run manage.py check.", error)  # noqa: TRY400  tracking.E003 gives the details.
    logouts.connect_logouts(_subscriptions)
    rollup_triggers.connect_rollup_triggers(_subscriptions)
    outbox.connect_outbox(_subscriptions)


def _reconnect(*, setting: str, **_: object) -> None:
    if setting in {"TRACKING", "INSTALLED_APPS"}:
        connect()


# Tests that override settings get the subscriptions of those settings.
setting_changed.connect(_reconnect, dispatch_uid="tracking.receivers")

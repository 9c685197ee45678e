"""Following the host through its model signals: attempts, completions, and changes of what is learned by whom."""

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
    """Listen to every model that the adapter names, and to nothing else; called again, to what it names by then.

    Where tracking is off or has no adapter that works nothing is connected: a model that is listened to is deleted row
    by row, and a host without tracking is to be exactly as it was.
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
        logger.error("No attempts of the host are recorded. %s Run manage.py check.", error)  # noqa: TRY400  A check tells the rest.
    logouts.connect_logouts(_subscriptions)
    rollup_triggers.connect_rollup_triggers(_subscriptions)
    outbox.connect_outbox(_subscriptions)


def _reconnect(*, setting: str, **_: object) -> None:
    if setting in {"TRACKING", "INSTALLED_APPS"}:
        connect()


setting_changed.connect(_reconnect, dispatch_uid="tracking.receivers")

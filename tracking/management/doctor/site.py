"""Checks of the installation: adapter, database and clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.db import connection

from tracking import conf
from tracking.lms import discovery
from tracking.management.doctor.results import CheckResult, fault, ok, warning

OLDEST_POSTGRESQL = 15


def check_adapter(now: datetime) -> CheckResult:
    """Check that tracking is enabled, and that the adapter passes the system checks."""
    if not conf.get_settings().ENABLED:
        return fault("adapter", "TRACKING['ENABLED'] is off: nothing is recorded.", "Set it to True.")
    kind = discovery.find_class()
    found = [each for each in run_checks(tags=["tracking"]) if _is_fault(each) and not each.is_silenced()]
    name = f"{kind.__module__}.{kind.__qualname__}"
    if found:
        return fault("adapter", f"{name}: {found[0].id} {found[0].msg}", "Run manage.py tracking_check.")
    return ok("adapter", f"{name}; no check fails. manage.py tracking_check tests it against the data.")


def _is_fault(message: CheckMessage) -> bool:
    # Django gives what is wrong with the adapter as a warning, so that it does not stop a deployment.
    return str(message.id).startswith("tracking.E")


def check_database(now: datetime) -> CheckResult:
    """Check the database version, and on SQLite the options that concurrent writers need."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return _sqlite()
    version = ".".join(map(str, connection.get_database_version()))
    fact = f"{connection.display_name} {version}."
    if connection.vendor == "postgresql" and connection.get_database_version()[0] < OLDEST_POSTGRESQL:
        return warning("database", fact, f"Only PostgreSQL {OLDEST_POSTGRESQL} and later are tested.")
    return ok("database", fact)


def check_clock(now: datetime) -> CheckResult:
    """Check that this machine and the database agree on the time."""
    if not settings.USE_TZ:
        return fault("clock", "USE_TZ is False.", "Set it to True, because times are stored in UTC.")
    if connection.vendor == "sqlite":
        return ok("clock", "the database has no clock of its own.")
    sql = "SELECT now()" if connection.vendor == "postgresql" else "SELECT utc_timestamp(6)"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        [database_time] = cursor.fetchone()
    skew = abs(
        datetime.now(UTC) - (database_time if database_time.tzinfo else database_time.replace(tzinfo=UTC))
    )
    fact = f"{skew.total_seconds():.1f} s from the database's."
    return (
        ok("clock", fact)
        if skew < timedelta(seconds=5)
        else warning("clock", fact, "Run NTP on both machines.")
    )


def _sqlite() -> CheckResult:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        [journal] = cursor.fetchone()
    mode = str(connection.settings_dict.get("OPTIONS", {}).get("transaction_mode") or "DEFERRED").upper()
    version = ".".join(map(str, connection.get_database_version()))
    fact = f"SQLite {version}, journal {journal}, transactions {mode}."
    if mode == "DEFERRED":
        advice = (
            'Set OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20}. Without it, '
            "concurrent requests fail."
        )
        return fault("database", fact, advice)
    if str(journal).lower() not in {"wal", "memory"}:
        return warning(
            "database", fact, "Set PRAGMA journal_mode = WAL, so that pages can be read while a job writes."
        )
    return ok("database", fact)

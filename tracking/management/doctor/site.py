"""Checks of the site: adapter, content security policy, database and clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, run_checks
from django.db import connection
from django.http import HttpResponse
from django.templatetags.static import static
from django.test import Client
from django.urls import NoReverseMatch, reverse

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


def check_content_security(now: datetime) -> CheckResult:
    """Check that the site's policy lets pages load the tracker, and lets the tracker send."""
    try:
        # It only redirects: no view of the host runs and nothing is logged, but the answer carries the site's policy.
        path = reverse("tracking:start")
    except NoReverseMatch:
        return warning(
            "content security", "not asked: the site has none of our pages.", "Include tracking.urls."
        )
    response = Client(raise_request_exception=False, SERVER_NAME=_host_name()).get(path, secure=True)
    policy = response.headers.get("Content-Security-Policy", "") if isinstance(response, HttpResponse) else ""
    if not policy:
        return ok("content security", "the site sends no policy.")
    blocked = blocking_directives(policy, script=static("learningtime/page/main.js"))
    if blocked:
        return fault("content security", f"{', '.join(blocked)} blocks the tracker.", "Allow 'self' there.")
    return ok("content security", "the site's policy lets the tracker load and send.")


def blocking_directives(policy: str, *, script: str) -> list[str]:
    """Return the directives of ``policy`` that block loading ``script``, or sending to the page's own site."""
    parts = [directive.split() for directive in policy.split(";")]
    directives = {name.lower(): sources for name, *sources in filter(None, parts)}
    required = {("script-src-elem", "script-src", "default-src"): script, ("connect-src", "default-src"): "/"}
    found: list[str] = []
    for names, address in required.items():
        name = next((each for each in names if each in directives), None)
        if name is not None and not _allows(directives[name], address):
            found.append(f"{name} {' '.join(directives[name])}".strip())
    return found


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


def _allows(sources: list[str], address: str) -> bool:
    host = urlsplit(address).netloc
    if any(each in {"*", "https:", "'strict-dynamic'"} or each.startswith("'nonce-") for each in sources):
        return True
    if host:
        return any(host == (urlsplit(each).netloc or each) for each in sources)
    return "'self'" in sources


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


def _host_name() -> str:
    names = [name.lstrip(".") for name in settings.ALLOWED_HOSTS if name not in {"*", "[::1]"}]
    return names[0] if names else "localhost"

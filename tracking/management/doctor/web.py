"""Checks of what browsers get: content security policy, static files, and the cache that web processes share."""

from __future__ import annotations

from datetime import datetime
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpResponse
from django.templatetags.static import static
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tracking import tasks
from tracking.management.doctor.results import CheckResult, fault, ok, warning
from tracking.privacy.consent import CACHED_SECONDS

SCRIPT = "learningtime/page/main.js"

STATIC_TIMEOUT = 5.0
"""Seconds to wait for the server of the static files."""


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
    blocked = blocking_directives(policy, script=static(SCRIPT))
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


def check_static_files(now: datetime) -> CheckResult:
    """Check that browsers may load the tracker if static files are on another origin.

    The tracker is a module. Browsers load a module from another origin only if that origin allows it (CORS).
    """
    address = static(SCRIPT)
    if not urlsplit(address).netloc or urlsplit(address).hostname == _host_name():
        return ok("static files", "on the site's own origin.")
    address = f"https:{address}" if address.startswith("//") else address
    origin = f"https://{_host_name()}"
    try:
        allowed = _allowed_origin(address, asked_from=origin)
    except OSError as error:
        return warning(
            "static files", f"{address} could not be asked: {error}.", "Ask it from a machine that can."
        )
    if allowed in {"*", origin}:
        return ok("static files", f"{address} may be loaded from {origin}.")
    return fault(
        "static files",
        f"{address} has Access-Control-Allow-Origin: {allowed or 'nothing'}, so browsers refuse the tracker.",
        f"Let that server send Access-Control-Allow-Origin: {origin} (or *).",
    )


def check_shared_cache(now: datetime) -> CheckResult:
    """Check that several web processes would share a cache."""
    cache = caches["default"]
    if settings.DEBUG or tasks.is_in_process() or not isinstance(cache, LocMemCache | DummyCache):
        return ok("cache", f"{type(cache).__name__}.")
    return warning(
        "cache",
        f"{type(cache).__name__}: with several web processes, pages go on loading the tracker for up to "
        f"{CACHED_SECONDS} s after a learner says no (nothing is stored), and limits count for each process.",
        "Unless there is one process, let CACHES['default'] be Redis, Memcached or the database.",
    )


def _allows(sources: list[str], address: str) -> bool:
    host = urlsplit(address).netloc
    if any(each in {"*", "https:", "'strict-dynamic'"} or each.startswith("'nonce-") for each in sources):
        return True
    if host:
        return any(host == (urlsplit(each).netloc or each) for each in sources)
    return "'self'" in sources


def _allowed_origin(address: str, *, asked_from: str) -> str:
    """Return the header by which a server allows other origins. Raises ``OSError`` if it cannot be reached."""
    request = Request(address, method="HEAD", headers={"Origin": asked_from})  # noqa: S310  STATIC_URL is the site's own.
    try:
        with urlopen(request, timeout=STATIC_TIMEOUT) as answer:  # noqa: S310
            return str(answer.headers.get("Access-Control-Allow-Origin", ""))
    except HTTPError as error:
        return error.headers.get("Access-Control-Allow-Origin", "")


def _host_name() -> str:
    names = [name.lstrip(".") for name in settings.ALLOWED_HOSTS if name not in {"*", "[::1]"}]
    return names[0] if names else "localhost"

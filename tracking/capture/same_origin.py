"""Check that a page of this site sent a request, for requests that cannot carry a CSRF token."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

from tracking import conf

DEFAULT_PORTS = (":80", ":443")


def is_same_origin(request: HttpRequest) -> bool:
    """Return whether a page of this site sent ``request``.

    ``Sec-Fetch-Site`` decides if the browser sends it; scripts cannot set it. Browsers omit it over plain HTTP, and
    then the host in ``Origin`` must be this site's. A request with neither comes from no current browser and is
    rejected.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    # Compare hosts, not schemes: behind a proxy that ends TLS the request arrives as http although Origin says https.
    return bool(origin) and _host(_netloc(origin)) == _host(request.get_host())


def front_end_origin(request: HttpRequest) -> str:
    """Return the origin of ``request`` if it is one of ``FRONT_END_ORIGINS``; else empty."""
    origin = request.headers.get("Origin", "")
    known = {each.lower().rstrip("/") for each in conf.get_settings().FRONT_END_ORIGINS}
    return origin if origin.lower() in known else ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _host(netloc: str) -> str:
    host = netloc.lower()
    for port in DEFAULT_PORTS:
        host = host.removesuffix(port)
    return host

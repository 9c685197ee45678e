"""Whether a page of this site sent a request: what stands in for a CSRF token where none can be sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

DEFAULT_PORTS = (":80", ":443")


def is_same_origin(request: HttpRequest) -> bool:
    """Return whether a page of this site sent ``request``.

    ``Sec-Fetch-Site`` decides where the browser sends it; scripts cannot set it. Browsers leave it out over plain
    HTTP, and then the host in ``Origin`` must be ours. A request with neither comes from no browser of today and is
    refused.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    # The scheme is left out: behind a proxy that ends TLS the request arrives as http while Origin says https.
    return bool(origin) and _host(_netloc(origin)) == _host(request.get_host())


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

"""HTTP client for URLs that users enter: HTTPS only, public addresses only, no redirects."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from tracking import conf
from tracking.exceptions import TrackingError

TIMEOUT_SECONDS = 10.0
MAX_ANSWER_BYTES = 4096
"""How much of an answer is read: enough for the reason of a rejection."""


class TargetRefused(TrackingError):
    """The URL is not one that may be posted to."""


class TargetFailed(TrackingError):
    """The target could not be reached, or the connection broke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """Status and first bytes of the answer."""

    status: int
    text: str

    @property
    def is_ok(self) -> bool:
        """Whether the target accepted it."""
        return 200 <= self.status < 300

    @property
    def is_final(self) -> bool:
        """Whether a retry cannot help: 4xx, except for credentials, timeouts, conflicts and rate limits."""
        return 400 <= self.status < 500 and self.status not in (401, 403, 408, 409, 425, 429)


def post_json(url: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
    """Post ``body`` and return the answer. A redirect is returned, not followed.

    Raises ``TargetRefused`` if the URL may not be posted to and ``TargetFailed`` if the target does not answer.
    """
    parts = check_target_url(url)
    path = parts.path or "/"
    path += f"?{parts.query}" if parts.query else ""
    try:
        connection = _connection(parts, _address(parts))
        try:
            connection.request("POST", path, body=body, headers={"Host": parts.netloc, **headers})
            response = connection.getresponse()
            text = response.read(MAX_ANSWER_BYTES).decode("utf-8", "replace")
            return HttpAnswer(status=response.status, text=text)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise TargetFailed(f"{parts.hostname} does not answer: {type(error).__name__}: {error}.") from error


def check_target_url(url: str) -> SplitResult:
    """Return the parts of ``url``. Raises ``TargetRefused`` if its form alone rules it out."""
    try:
        parts = urlsplit(url)
        is_complete = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise TargetRefused(f"{url!r} is not a URL.") from error
    schemes = ("https", "http") if conf.get_settings().ALLOW_PRIVATE_TARGETS else ("https",)
    if not is_complete or parts.scheme not in schemes:
        raise TargetRefused(f"{url!r} is not an {' or '.join(schemes)} URL.")
    if parts.username or parts.password or not url.isascii() or not url.isprintable() or " " in url:
        raise TargetRefused(f"{url!r} may contain neither a password nor non-ASCII characters.")
    return parts


def _address(parts: SplitResult) -> str:
    """Resolve the host once and return the address to connect to.

    A second lookup could return a private address after the first one passed the check (DNS rebinding).
    """
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not conf.get_settings().ALLOW_PRIVATE_TARGETS:
        for address in addresses:
            if not _is_public(address):
                raise TargetRefused(
                    f"{parts.hostname} resolves to {address}, which is not a public address. See "
                    "ALLOW_PRIVATE_TARGETS."
                )
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        # An IPv6 address can embed a private IPv4 address and so pass the check: judge the embedded one.
        embedded = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if embedded is not None:
            return embedded.is_global and not embedded.is_multicast
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return _is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


def _connection(parts: SplitResult, address: str) -> http.client.HTTPConnection:
    host = str(parts.hostname)
    if parts.scheme == "http":
        plain = http.client.HTTPConnection(host, parts.port or 80, timeout=TIMEOUT_SECONDS)
        plain.sock = socket.create_connection((address, parts.port or 80), TIMEOUT_SECONDS)
        return plain
    secure = http.client.HTTPSConnection(host, parts.port or 443, timeout=TIMEOUT_SECONDS)
    raw_socket = socket.create_connection((address, parts.port or 443), TIMEOUT_SECONDS)
    secure.sock = ssl.create_default_context().wrap_socket(raw_socket, server_hostname=host)
    return secure

"""Posting to addresses that somebody typed in: over HTTPS, to public addresses, without following anybody anywhere."""

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
"""Bytes of an answer that are read: enough for the reason of a refusal."""


class TargetRefused(TrackingError):
    """An address is none that may be posted to."""


class TargetFailed(TrackingError):
    """An address could not be reached, or broke off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What came back."""

    status: int
    text: str

    @property
    def is_ok(self) -> bool:
        """Whether it was taken in."""
        return 200 <= self.status < 300

    @property
    def is_final(self) -> bool:
        """Whether sending the same again is of no use: 4xx but for a time-out, a conflict of the moment or a limit."""
        return 400 <= self.status < 500 and self.status not in (401, 403, 408, 409, 425, 429)


def post_json(url: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
    """Post ``body`` and return the answer; a redirect is an answer and is not followed.

    Raises ``TargetRefused`` where the address may not be posted to and ``TargetFailed`` where nobody answers.
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
    """Return the parts of ``url``. Raises ``TargetRefused`` where its form alone rules it out."""
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
    """Return the address to connect to: the one that was looked at, so that no second look-up can give another."""
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
    given = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(given, ipaddress.IPv6Address):
        # An IPv4 address in the clothes of an IPv6 one is judged by what it is.
        inner = given.ipv4_mapped or given.sixtofour or (given.teredo[1] if given.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if given in ipaddress.ip_network("64:ff9b::/96"):
            return _is_public(str(ipaddress.IPv4Address(int(given) & 0xFFFFFFFF)))
    return given.is_global and not given.is_multicast


def _connection(parts: SplitResult, address: str) -> http.client.HTTPConnection:
    host = str(parts.hostname)
    if parts.scheme == "http":
        plain = http.client.HTTPConnection(host, parts.port or 80, timeout=TIMEOUT_SECONDS)
        plain.sock = socket.create_connection((address, parts.port or 80), TIMEOUT_SECONDS)
        return plain
    secure = http.client.HTTPSConnection(host, parts.port or 443, timeout=TIMEOUT_SECONDS)
    bare = socket.create_connection((address, parts.port or 443), TIMEOUT_SECONDS)
    secure.sock = ssl.create_default_context().wrap_socket(bare, server_hostname=host)
    return secure

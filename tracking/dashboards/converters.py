"""Path converter that writes any key of the host as one URL path segment, and reads it back."""

from __future__ import annotations

import re
from functools import cache

from django.urls import register_converter

ESCAPED = re.compile(r"~([0-9A-F]{2})")
PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
EMPTY = "~"


class KeyConverter:
    """Encode a key so that no server, proxy or browser changes it on the way.

    Percent-encoding does not work: servers decode ``%2F`` before Django sees the path. So every byte other than
    letters, digits, ``-``, ``_`` and ``.`` becomes ``~`` and two hexadecimal digits. Each key has exactly one spelling.
    """

    regex = r"[A-Za-z0-9_.~-]+"

    def to_python(self, value: str) -> str:
        """Return the key in ``value``. Raises ``ValueError`` if ``to_url`` would spell it differently."""
        raw = ESCAPED.sub(lambda found: chr(int(found[1], 16)), "" if value == EMPTY else value)
        key = raw.encode("latin-1").decode("utf-8")
        if self.to_url(key) != value:
            raise ValueError(f"{value!r} is not a key in the form that this site uses.")
        return key

    def to_url(self, value: object) -> str:
        """Return the spelling of the key ``value``."""
        raw = str(value).encode()
        # Browsers resolve a segment of only dots as a folder before they send the request: encode its dots.
        plain = PLAIN - {ord(".")} if set(raw) <= {ord(".")} else PLAIN
        return "".join(chr(byte) if byte in plain else f"~{byte:02X}" for byte in raw) or EMPTY


@cache
def register_key_converter() -> None:
    """Let routes name keys as ``<key:NAME>``. Call it in each URLconf that does; Django allows one registration."""
    register_converter(KeyConverter, "key")

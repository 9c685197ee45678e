"""Signing what webhooks are sent, as Standard Webhooks 1.0 has it: so that a receiver knows who sent it, and when."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime

from tracking.exceptions import TrackingError

PREFIX = "whsec_"


def new_secret() -> str:
    """Return a secret for a new webhook."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def webhook_key(secret: str) -> bytes:
    """Return the key in a secret. Raises ``TrackingError`` where it holds none of 24 to 64 bytes."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TrackingError("A secret must be whsec_ followed by base64.") from error
    if not 24 <= len(key) <= 64:
        raise TrackingError(f"A secret must have 24 to 64 bytes, not {len(key)}.")
    return key


def signature_headers(secret: str, own_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """Return the headers that go with ``body``; ``own_id`` is the same whenever the same is sent again."""
    moment = str(int(at.timestamp()))
    digest = hmac.new(webhook_key(secret), f"{own_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": own_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "User-Agent": "tracking",
    }

"""Signatures of webhook messages (Standard Webhooks 1.0): the receiver can verify the sender and the time."""

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
    """Return the key in a secret. Raises ``TrackingError`` unless it holds 24 to 64 bytes."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TrackingError("A secret must be whsec_ followed by base64.") from error
    if not 24 <= len(key) <= 64:
        raise TrackingError(f"A secret must have 24 to 64 bytes, not {len(key)}.")
    return key


def signature_headers(secret: str, message_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """Return the headers for ``body``. ``message_id`` must be the same for each retry of a message."""
    moment = str(int(at.timestamp()))
    digest = hmac.new(webhook_key(secret), f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "User-Agent": "tracking",
    }

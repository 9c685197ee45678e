"""Stable ids for deliveries, derived from their subject: a repeated delivery has the same id."""

from __future__ import annotations

from uuid import UUID, uuid5

NAMESPACE = UUID("b0a3d1f7-0f5a-5c3e-9d7e-6f5f2f4e9a10")


def stable_uuid(*parts: object) -> str:
    """Return a UUID that is the same for the same parts."""
    return str(uuid5(NAMESPACE, "\x1f".join(map(str, parts))))

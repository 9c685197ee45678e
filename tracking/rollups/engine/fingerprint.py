"""Identify the version and thresholds with which rows were made, so that rows made with others are recomputed."""

from __future__ import annotations

from hashlib import sha256

from tracking import conf

VERSION = 2
"""Increase this when the same events give other rows than before."""

CLASS_MEMBERS = "sharing"
"""Whom class figures include: changing it recomputes them, and leaves day rows alone."""

STORED_THRESHOLDS = (
    "ENGAGED_SECONDS", "SKIMMED_SHARE", "END_REACHED_PERCENT", "DEFAULT_EXPECTED_SECONDS", "MIN_CLASS_SIZE",
    "MIN_GROUP_SIZE",
)  # fmt: skip
"""The settings on which the state of a unit depends."""


def settings_fingerprint() -> str:
    """Return a fingerprint of the current version and thresholds, in this order."""
    settings = conf.get_settings()
    values = repr([CLASS_MEMBERS, *((name, getattr(settings, name)) for name in STORED_THRESHOLDS)])
    return f"{VERSION}-{sha256(values.encode()).hexdigest()[:12]}"


def fingerprint_version(fingerprint: str) -> str:
    """Return the version in ``fingerprint``, the only part on which day rows depend."""
    return fingerprint.partition("-")[0]

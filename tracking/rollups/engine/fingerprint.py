"""By which rules rows were made, so that those made by others are made again."""

from __future__ import annotations

from hashlib import sha256

from tracking import conf

VERSION = 1
"""Raise it where the same events come out as other rows than before."""

STORED_THRESHOLDS = (
    "ENGAGED_SECONDS", "SKIMMED_SHARE", "END_REACHED_PERCENT", "DEFAULT_EXPECTED_SECONDS", "MIN_CLASS_SIZE",
    "MIN_GROUP_SIZE",
)  # fmt: skip
"""The options that decide where a learner stands with a unit."""


def settings_fingerprint() -> str:
    """Return what names the rules in force: the version, then the thresholds."""
    settings = conf.get_settings()
    values = repr([(name, getattr(settings, name)) for name in STORED_THRESHOLDS])
    return f"{VERSION}-{sha256(values.encode()).hexdigest()[:12]}"


def fingerprint_version(fingerprint: str) -> str:
    """Return the part of ``settings_fingerprint`` that days depend on, too."""
    return fingerprint.partition("-")[0]

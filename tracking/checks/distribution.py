"""Checks that no other distribution installs a package of the same name."""

from __future__ import annotations

from importlib.metadata import distributions
from typing import Any

from django.core.checks import CheckMessage, Error, register

DISTRIBUTION = "django-learning-tracking"


@register("tracking")
def check_distribution(**_: Any) -> list[CheckMessage]:
    """Report each other distribution that installs a package ``tracking`` (``tracking.E009``)."""
    return [
        Error(
            f"{name!r} installs a package named 'tracking' as well, so its files and those of {DISTRIBUTION!r} mix.",
            hint=f"Uninstall both, then install {DISTRIBUTION!r} again: pip uninstall {name} {DISTRIBUTION}",
            id="tracking.E009",
        )
        for name in _other_distributions()
    ]


def _other_distributions() -> list[str]:
    found = (each for each in distributions() if _installs_package(each))
    return sorted({str(each.name) for each in found} - {DISTRIBUTION})


def _installs_package(distribution: Any) -> bool:
    # importlib.metadata.packages_distributions() takes ten times as long, and runserver waits for every check.
    files = distribution.read_text("RECORD") or distribution.read_text("top_level.txt") or ""
    # RECORD lists files with hashes, top_level.txt (older distributions) lists bare package names.
    lines = f"\n{files}\n"
    return "\ntracking/__init__.py," in lines or "\ntracking\n" in lines

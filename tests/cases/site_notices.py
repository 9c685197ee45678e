"""What an operator can read about the setup: the checks, ``tracking_check`` and the guides."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from django.core.checks import run_checks
from django.core.management import call_command

DOCS = Path(__file__).parents[2] / "docs"


def read() -> str:
    """Return all of it as one text."""
    out = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("tracking_check", stdout=out)
    checks = (f"{found.msg} {found.hint}" for found in run_checks())
    guides = ((DOCS / name).read_text(encoding="utf-8") for name in ("install.md", "tracker.md"))
    return "\n".join([out.getvalue(), *checks, *guides])

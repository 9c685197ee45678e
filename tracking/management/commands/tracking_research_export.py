"""``manage.py tracking_research_export``: export events and attempts under pseudonyms, for research."""

from __future__ import annotations

import os
import secrets
import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracking.reports.site import research_dataset
from tracking.reports.site.research_dataset import Study

KEY_VARIABLE = "TRACKING_RESEARCH_KEY"


class Command(BaseCommand):
    help = (
        "Export events and attempts of courses as JSON Lines, with learners under keyed "
        "pseudonyms and without any typed text. The key is read from the environment "
        f"({KEY_VARIABLE}). Without a key, a random one is used and discarded, so the "
        "same pseudonyms cannot be made again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--course", action="append", required=True, metavar="KEY", help="May be repeated."
        )
        parser.add_argument("--output", type=Path, metavar="FILE", help="Default: standard output.")
        parser.add_argument(
            "--shift-days", type=int, default=0, metavar="N",
            help="Shift the dates of each learner by a fixed number of days, at most N in either direction.",
        )  # fmt: skip

    def handle(self, *, course: list[str], output: Path | None, shift_days: int, **_: Any) -> None:
        if shift_days < 0:
            raise CommandError("--shift-days must be 0 or more.")
        if output is not None and output.exists():
            raise CommandError(f"{output} already exists. Delete it or choose another --output.")
        key = os.environ.get(KEY_VARIABLE, "") or secrets.token_hex(32)
        study = Study(course_keys=tuple(course), key=key.encode(), shift_days=shift_days)
        # "x" fails if another process has created the file since the check.
        with output.open("x", encoding="utf-8") if output else nullcontext(sys.stdout) as file:
            count = 0
            for line in research_dataset.research_lines(study):
                file.write(f"{line}\n")
                count += 1
        self.stderr.write(f"{count:,} lines. Data that learners have not agreed to share is left out.")

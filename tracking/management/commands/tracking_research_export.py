"""``manage.py tracking_research_export``: events and attempts under pseudonyms, for research."""

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
        "Write events and attempts of courses as lines of JSON, with learners under keyed pseudonyms and without "
        f"a word that anybody wrote. The key is read from the environment ({KEY_VARIABLE}); "
        "without one a new one is made and thrown away, and nobody can make the same pseudonyms again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--course", action="append", required=True, metavar="KEY", help="May be given several times."
        )
        parser.add_argument("--output", type=Path, metavar="FILE", help="Standard output unless given.")
        parser.add_argument(
            "--shift-days", type=int, default=0, metavar="N",
            help="Move all dates of a learner by as many days of their own, up to N either way.",
        )  # fmt: skip

    def handle(self, *, course: list[str], output: Path | None, shift_days: int, **_: Any) -> None:
        if shift_days < 0:
            raise CommandError("--shift-days is a number of days from 0.")
        if output is not None and output.exists():
            raise CommandError(f"{output} is there already.")
        key = os.environ.get(KEY_VARIABLE, "") or secrets.token_hex(32)
        study = Study(course_keys=tuple(course), key=key.encode(), shift_days=shift_days)
        with output.open("x", encoding="utf-8") if output else nullcontext(sys.stdout) as file:
            count = 0
            for line in research_dataset.research_lines(study):
                file.write(f"{line}\n")
                count += 1
        self.stderr.write(f"{count:,} lines. Learners who do not share a purpose are not in it.")

"""``manage.py tracking_doctor``: check the installation and print one line per check."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tracking.management.doctor import suite
from tracking.management.doctor.results import CheckResult, Health


class Command(BaseCommand):
    help = "Check the installation. Exits with 0 only if no check fails."
    requires_system_checks = []  # The doctor runs and reports them itself.

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, **options: Any) -> None:
        lines = suite.run_all_checks(now=timezone.now())
        is_ok = all(line.health is Health.OK for line in lines)
        if options["json"]:
            report = {"is_ok": is_ok, "lines": [asdict(line) for line in lines]}
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self.stdout.write(self._screen(lines))
        if not is_ok:
            sys.exit(1)

    def _screen(self, lines: Sequence[CheckResult]) -> str:
        paint = {
            Health.OK: self.style.SUCCESS,
            Health.WARNING: self.style.WARNING,
            Health.FAULT: self.style.ERROR,
        }
        width = max(len(line.name) for line in lines)
        rows = []
        for line in lines:
            rows.append(f"{paint[line.health](f'{line.health:<7}')}  {line.name:<{width}}  {line.fact}")
            if line.advice:
                rows.append(f"{'':<{width + 11}}-> {line.advice}")
        counts = {health: sum(line.health is health for line in lines) for health in Health}
        rows.append(", ".join(f"{count} {health}" for health, count in counts.items()))
        return "\n".join(rows)

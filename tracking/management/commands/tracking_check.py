"""``manage.py tracking_check``: test the adapter against the URLconf, the models and the data of this site."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from tracking.checks import live_adapter
from tracking.checks.live_adapter import AdapterReport
from tracking.management.argument_types import positive_int


class Command(BaseCommand):
    help = (
        "Test the adapter against the data of this site, without writing. Prints one "
        "line per fault or warning; exits with 1 on a fault."
    )
    requires_system_checks = []  # The command runs and reports them itself.

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sample",
            type=positive_int,
            default=200,
            help="Courses, units, and rows of each model to check (default: 200).",
        )
        parser.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, *, sample: int, **options: Any) -> None:
        report = live_adapter.check_live_adapter(sample=sample)
        self.stdout.write(json.dumps(_as_json(report), indent=2) if options["json"] else _as_text(report))
        if any(each.is_fault for each in report.problems):
            sys.exit(1)


def _as_text(report: AdapterReport) -> str:
    rows = "".join(f", {count:,} of {label}" for label, count in report.row_counts.items())
    checked = f"Checked {report.course_count:,} courses, {report.unit_count:,} units{rows}."
    fault_count = sum(each.is_fault for each in report.problems)
    warning_count = len(report.problems) - fault_count
    found = f"{_counted(fault_count, 'fault')}."
    if warning_count:
        found += f" {_counted(warning_count, 'warning')}."
    return "\n".join([*map(str, report.problems), f"{found} {checked}"])


def _counted(count: int, noun: str) -> str:
    return f"{count or 'No'} {noun}{'' if count == 1 else 's'}"


def _as_json(report: AdapterReport) -> dict[str, Any]:
    return {"is_ok": not any(each.is_fault for each in report.problems), **asdict(report)}

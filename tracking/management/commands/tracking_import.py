"""``manage.py tracking_import``: import a foreign event log, and account for every row."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracking.capture.importing import log_import
from tracking.capture.importing.log_import import ImportProgress, ImportRequest, ImportResult
from tracking.capture.importing.row_mapping import LEFT_OUT
from tracking.capture.rejections import RejectReason
from tracking.exceptions import ImportFailed
from tracking.management.argument_types import positive_int
from tracking.management.progress import ProgressLine


class Command(BaseCommand):
    help = "Import an event log. If it is interrupted, run it again to resume; no row is stored twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="The log, gzipped or not; - reads standard input.")
        parser.add_argument("--format", choices=sorted(log_import.READERS), required=True)
        parser.add_argument(
            "--map", default="", metavar="FILE", help="TOML file that says which columns of the log to use."
        )
        parser.add_argument(
            "--lookup",
            action="append",
            default=[],
            type=_name_and_file,
            metavar="NAME=FILE",
            help="File of a lookup that the map names (default: next to the log).",
        )
        parser.add_argument(
            "--learner-field",
            default="username",
            help="User field by which the log names learners (default: username).",
        )
        parser.add_argument("--rejects", default="", metavar="FILE", help="CSV file for rejected rows.")
        parser.add_argument(
            "--batch", type=positive_int, default=5000, help="Rows per transaction (default: 5000)."
        )
        parser.add_argument("--dry-run", action="store_true", help="Check every row, and store nothing.")
        parser.add_argument(
            "--reimport",
            action="store_true",
            help="Read a finished log again, for rows that were rejected then.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        line = ProgressLine(sys.stderr)

        def report(progress: ImportProgress) -> None:
            line.show(progress.tally.read_count, progress.share)

        try:
            result = log_import.import_log(_request(options), report)
        except ImportFailed as error:
            raise CommandError(str(error)) from error
        finally:
            line.clear()
        self._report(result, is_dry=options["dry_run"], rejects_file=options["rejects"])

    def _report(self, result: ImportResult, *, is_dry: bool, rejects_file: str) -> None:
        tally = result.tally
        if result.was_finished:
            self.stdout.write("This log was already imported. To read it again, add --reimport.")
        elif result.resumed_count:
            self.stdout.write(f"Resumed after row {result.resumed_count:,}, where the last run stopped.")
        stored = "would be stored" if is_dry else "stored"
        self.stdout.write(
            f"{tally.read_count:,} rows read: {tally.accepted_count:,} {stored}, "
            f"{tally.duplicate_count:,} already stored, {tally.left_out_count:,} left out by "
            "the map."
        )
        for code, count in sorted(tally.rejected.items()):
            if code != LEFT_OUT:
                self.stdout.write(f"  rejected {count:,}: {code} ({RejectReason(code).label})")
        for row in result.examples:
            self.stderr.write(f"  line {row.line}: {row.code}. {row.detail}")
        if result.examples:
            self.stderr.write("  These are the first. To write all of them to a file, add --rejects FILE.")
        elif rejects_file and any(code != LEFT_OUT for code in tally.rejected):
            self.stdout.write(f"The rejected rows are in {rejects_file}.")


def _request(options: dict[str, Any]) -> ImportRequest:
    return ImportRequest(
        file=options["file"],
        format=options["format"],
        map_file=options["map"],
        lookups=dict(options["lookup"]),
        learner_field=options["learner_field"],
        rejects_file=options["rejects"],
        batch_size=options["batch"],
        is_dry=options["dry_run"],
        is_again=options["reimport"],
        now=timezone.now(),
    )


def _name_and_file(text: str) -> tuple[str, str]:
    name, equals, file = text.partition("=")
    if not (name and equals and file):
        raise ArgumentTypeError(f"{text!r} is not NAME=FILE.")
    return name, file

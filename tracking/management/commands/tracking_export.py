"""``manage.py tracking_export``: export a table as CSV, JSON Lines or Parquet."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tracking.exceptions import TrackingError
from tracking.exports import export_tables, table_writers
from tracking.exports.export_tables import ExportQuery
from tracking.management.argument_types import datetime_argument


class Command(BaseCommand):
    help = "Export one table: raw events, attempts, findings or a rollup."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", choices=list(export_tables.TABLES))
        parser.add_argument("--format", choices=list(table_writers.WRITERS), default="csv")
        parser.add_argument(
            "--output", default="-", metavar="FILE", help="Output file (default: -, standard output)."
        )
        parser.add_argument("--course", default="", metavar="KEY")
        parser.add_argument("--learner", default=None, metavar="PK")
        parser.add_argument("--since", type=datetime_argument, metavar="DATE")
        parser.add_argument("--until", type=datetime_argument, metavar="DATE", help="Only before this date.")
        parser.add_argument(
            "--after",
            default="",
            metavar="KEY",
            help="Resume after the row with this key, appending to FILE.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            query = ExportQuery(
                table=options["table"],
                course_key=options["course"],
                learner_id=get_user_model()._meta.pk.to_python(options["learner"]),
                since=options["since"],
                until=options["until"],
                after=options["after"],
            )
            parts = table_writers.write_table(query, options["format"])
        except ValidationError as error:
            raise CommandError(f"{options['learner']!r} is not a primary key of a user.") from error
        except TrackingError as error:
            raise CommandError(str(error)) from error
        if options["output"] == "-":
            for part in parts:
                sys.stdout.buffer.write(part)
            return
        # "--after" resumes an interrupted export, so the rows that are already in the file must stay.
        with Path(options["output"]).open("ab" if query.after else "wb") as file:
            file.writelines(parts)

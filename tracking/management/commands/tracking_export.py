"""``manage.py tracking_export``: a table as CSV, JSON Lines or Parquet."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tracking.exceptions import TrackingError
from tracking.interchange import bulk, tables
from tracking.interchange.tables import Wanted
from tracking.management.moments import moment


class Command(BaseCommand):
    help = "Write one table, streamed: raw events, attempts, findings or a roll-up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", choices=list(tables.TABLES))
        parser.add_argument("--format", choices=list(bulk.WRITERS), default="csv")
        parser.add_argument("--output", default="-", metavar="FILE", help="- is standard output.")
        parser.add_argument("--course", default="", metavar="KEY")
        parser.add_argument("--learner", default=None, metavar="PK")
        parser.add_argument("--since", type=moment, metavar="DATE")
        parser.add_argument("--until", type=moment, metavar="DATE", help="Not itself included.")
        parser.add_argument(
            "--after",
            default="",
            metavar="KEY",
            help="Go on behind the row with this key, at the end of FILE.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            wanted = Wanted(
                table=options["table"],
                course_key=options["course"],
                learner_id=get_user_model()._meta.pk.to_python(options["learner"]),
                since=options["since"],
                until=options["until"],
                after=options["after"],
            )
            parts = bulk.write(wanted, options["format"])
        except ValidationError as error:
            raise CommandError(f"{options['learner']!r} is no primary key of a user.") from error
        except TrackingError as error:
            raise CommandError(str(error)) from error
        if options["output"] == "-":
            for part in parts:
                sys.stdout.buffer.write(part)
            return
        with Path(options["output"]).open("ab" if wanted.after else "wb") as file:
            file.writelines(parts)

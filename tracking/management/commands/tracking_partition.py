"""``manage.py tracking_partition``: partition raw events by month, so that the purge drops whole months."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracking.management.progress import ProgressLine
from tracking.privacy import partition_conversion, partitions
from tracking.privacy.partitions import Month


class Command(BaseCommand):
    help = (
        "Partition raw events by month (PostgreSQL) while the site stays online. The "
        "daily purge then drops whole months. Safe to stop and to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Print what would be done, and change nothing."
        )
        parser.add_argument(
            "--new-months-only",
            action="store_true",
            help="Create tables for new months only. Stored rows stay where they are, and are "
            "purged row by row.",
        )

    def handle(self, *, dry_run: bool, new_months_only: bool, **options: Any) -> None:
        if obstacles := partition_conversion.obstacles():
            raise CommandError(" ".join(obstacles))
        now = timezone.now()
        if dry_run:
            self._plan(now, is_moving=not new_months_only)
            return
        partition_conversion.convert_table()
        for month in partitions.create_ahead(now=now):
            self.stdout.write(f"{month.table} is ready.")
        if not new_months_only:
            self._move(now)
            # A month whose rows were still in the default partition could not be created before the move.
            partitions.create_ahead(now=now)
        self._report_partitions()

    def _plan(self, now: datetime, *, is_moving: bool) -> None:
        if partitions.is_partitioned():
            self._report_partitions()
        else:
            size = partition_conversion.row_estimate()
            self.stdout.write(
                f"The table has about {size.row_count:,} events in {_megabytes(size.byte_count)}. "
                "It becomes the default partition immediately; this month and the next "
                f"{partitions.MONTHS_AHEAD} get their own partitions."
            )
        for month, count in partition_conversion.default_months(now=now) if is_moving else []:
            self.stdout.write(f"{month.table}: {count:,} events to copy out of the default partition.")

    def _move(self, now: datetime) -> None:
        for month, count in partition_conversion.default_months(now=now):
            line = ProgressLine(sys.stderr)
            moved = partition_conversion.move_month(
                month, on_progress=partial(line.show_of, total_count=count)
            )
            line.clear()
            self.stdout.write(
                f"{month.table}: {moved.row_count:,} events moved; readers waited {moved.lock_seconds:.2f} s."
            )
        partition_conversion.vacuum_moved()

    def _report_partitions(self) -> None:
        for partition in partitions.find_partitions():
            name = partition.month.table if partition.month else "default partition"
            self.stdout.write(
                f"{name}: about {partition.row_count:,} events, {_megabytes(partition.byte_count)}."
            )
        this = Month.of(timezone.now().astimezone(UTC).date())
        self.stdout.write(
            f"The daily job tracking.purge_expired creates the months after {this.table} and drops old ones."
        )


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"

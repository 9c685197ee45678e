"""``manage.py tracking_backfill``: record what the host stored before ``tracking`` was installed."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracking import jobs
from tracking.exceptions import ImportFailed
from tracking.management import backfill_models
from tracking.management.argument_types import positive_int
from tracking.management.backfill_models import BackfillCounts, MappedModel
from tracking.management.progress import ProgressLine


class Command(BaseCommand):
    help = (
        "Record the attempts, completions and accesses that the host has stored, and withdraw "
        "what it no longer says. Safe to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--model", action="append", default=[], metavar="app.Model", help="This model only."
        )
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="DATE",
            help="Only what happened on or after this day (UTC).",
        )
        parser.add_argument(
            "--batch", type=positive_int, default=1000, help="Rows per transaction (default: 1000)."
        )

    def handle(self, *, since: date | None, batch: int, **options: Any) -> None:
        moment = datetime.combine(since, time_of_day(), tzinfo=UTC) if since else None
        models = _chosen(options["model"])
        # Refresh the outlines first: records of units that no outline has yet would be quarantined.
        jobs.refresh_outlines(now=timezone.now())
        for mapped in models:
            line = ProgressLine(sys.stderr)
            began = time.monotonic()
            try:
                counts = backfill_models.backfill_model(
                    mapped,
                    since=moment,
                    batch_size=batch,
                    report_progress=line.show_of,
                )
            except ImportFailed as error:
                raise CommandError(str(error)) from error
            except KeyboardInterrupt:
                raise CommandError("Stopped. Run the command again to resume from here.") from None
            finally:
                line.clear()
            self._report(counts, time.monotonic() - began)
        if moment is None and not options["model"]:
            self._report_withdrawn("completions", backfill_models.withdraw_completions())
        self.stdout.write("A worker rolls this up. If there is none, run manage.py tracking_rollup --once.")

    def _report(self, counts: BackfillCounts, seconds: float) -> None:
        if counts.resumed_count:
            self.stdout.write(f"Resumed after {counts.resumed_count:,} rows, where the last run stopped.")
        left_out = "".join(f", {count:,} {reason}" for reason, count in sorted(counts.filtered_count.items()))
        self.stdout.write(
            f"{counts.label}: {counts.read_count:,} rows read in {seconds:.1f} s: "
            f"{counts.new_count:,} new, {counts.already_stored_count:,} already recorded, "
            f"quarantined or rejected{left_out}."
        )
        self._report_withdrawn(counts.label, counts.withdrawn_count)

    def _report_withdrawn(self, what: str, count: int) -> None:
        if count:
            self.stdout.write(f"{what}: {count:,} withdrawn, because no row says them any more.")


def _chosen(labels: list[str]) -> list[MappedModel]:
    mapped = backfill_models.mapped_models()
    names = dict.fromkeys(each.label for each in mapped)
    for label in labels:
        if label.lower() not in map(str.lower, names):
            known = ", ".join(names) or "none"
            raise CommandError(f"{label!r} is not a model that the adapter maps. Choose from: {known}.")
    lowered = {label.lower() for label in labels}
    return [each for each in mapped if not lowered or each.label.lower() in lowered]

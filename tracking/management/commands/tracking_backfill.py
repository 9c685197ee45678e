"""``manage.py tracking_backfill``: take in the attempts, completions and openings that the host had before us."""

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
from tracking.management.backfill_models import BackfillCounts, MappedModel
from tracking.management.progress import ProgressLine
from tracking.management.whole_numbers import positive_int


class Command(BaseCommand):
    help = (
        "Record the attempts, completions and accesses that the host stored before "
        "tracking was installed. Safe to run again."
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
        chosen = _chosen(options["model"])
        jobs.refresh_outlines(now=timezone.now())  # What the outlines do not know would go into quarantine.
        for mapped in chosen:
            line = ProgressLine(sys.stderr)
            began = time.monotonic()
            try:
                account = backfill_models.backfill_model(
                    mapped,
                    since=moment,
                    batch_size=batch,
                    told=line.show_of,
                )
            except ImportFailed as error:
                raise CommandError(str(error)) from error
            except KeyboardInterrupt:
                raise CommandError("Stopped. Run the command again to resume from here.") from None
            finally:
                line.clear()
            self._tell(account, time.monotonic() - began)
        self.stdout.write("A worker rolls this up. If there is none, run manage.py tracking_rollup --once.")

    def _tell(self, account: BackfillCounts, seconds: float) -> None:
        if account.resumed_count:
            self.stdout.write(f"Resumed after {account.resumed_count:,} rows, where the last run stopped.")
        left_out = "".join(f", {count:,} {why}" for why, count in sorted(account.filtered_count.items()))
        self.stdout.write(
            f"{account.label}: {account.read_count:,} rows read in {seconds:.1f} s: "
            f"{account.new_count:,} new, {account.already_stored_count:,} already recorded, "
            f"quarantined or rejected{left_out}."
        )


def _chosen(labels: list[str]) -> list[MappedModel]:
    mapped = backfill_models.mapped_models()
    names = dict.fromkeys(each.label for each in mapped)
    for label in labels:
        if label.lower() not in map(str.lower, names):
            known = ", ".join(names) or "none"
            raise CommandError(f"{label!r} is not a model that the adapter maps. Choose from: {known}.")
    wanted = {label.lower() for label in labels}
    return [each for each in mapped if not wanted or each.label.lower() in wanted]

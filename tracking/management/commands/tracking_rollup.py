"""``manage.py tracking_rollup``: roll up without Celery, or recompute every rollup from its source."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracking import conf, jobs
from tracking.events import LearnerId
from tracking.management.progress import ProgressLine
from tracking.models import PendingChange
from tracking.rollups.engine import change_queue, rebuild
from tracking.rollups.engine.rebuild import RebuildScope


class Command(BaseCommand):
    help = "Roll up pending changes until Ctrl-C: a worker for sites without Celery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Roll up what is pending now, then exit.")
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="Recompute every rollup from its source while the site stays online, then exit.",
        )
        parser.add_argument("--course", default="", metavar="KEY", help="With --rebuild: only this course.")
        parser.add_argument(
            "--learner", default="", metavar="NAME", help="With --rebuild: only this learner."
        )
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="DATE",
            help="With --rebuild: only on or after this day (UTC).",
        )
        parser.add_argument(
            "--retry-failed",
            action="store_true",
            help="Retry changes that were given up after repeated failures.",
        )

    def handle(self, *, once: bool, retry_failed: bool, **options: Any) -> None:
        if retry_failed:
            self.stdout.write(f"{change_queue.retry_failed_changes():,} changes will be retried.")
        if options["rebuild"]:
            self._rebuild(
                RebuildScope(
                    course_key=options["course"],
                    learner_id=_find_learner(options["learner"]),
                    since=options["since"],
                )
            )
        elif options["course"] or options["learner"] or options["since"]:
            raise CommandError("--course, --learner and --since need --rebuild.")
        try:
            self._roll_up()
            while not (once or options["rebuild"]):
                time.sleep(conf.get_settings().ROLLUP_EVERY_SECONDS)
                self._roll_up()
        except KeyboardInterrupt:
            self.stdout.write("Stopped. Run the command again to resume from here.")

    def _rebuild(self, scope: RebuildScope) -> None:
        count = sum(rebuild.mark_for_rebuild(scope))
        if not count:
            raise CommandError("Nothing to rebuild: there is no data for this course, learner or period.")
        self.stdout.write(f"{count:,} changes pending.")

    def _roll_up(self) -> None:
        now = timezone.now()
        # A site without Celery has no beat either, so do here what the schedule would have done by now.
        jobs.run_due_jobs(now=now)
        pending_count = PendingChange.objects.due(now).count()
        line = ProgressLine(sys.stderr)
        began = time.monotonic()
        try:
            # Processing changes adds others for the class and for findings. The share is of those pending at the start.
            handled = jobs.roll_up(
                now=now, on_progress=lambda done: line.show(done, min(done / pending_count, 1))
            )
        finally:
            line.clear()
        if handled:
            self.stdout.write(f"{handled:,} changes processed in {time.monotonic() - began:.1f} s.")
        if dead_count := PendingChange.objects.dead().count():
            self.stderr.write(
                f"{dead_count:,} changes were given up. Fix the error shown in the admin, then run "
                "manage.py tracking_rollup --retry-failed."
            )


def _find_learner(name: str) -> LearnerId | None:
    if not name:
        return None
    users = get_user_model()
    user = users._default_manager.filter(**{users.USERNAME_FIELD: name}).first()
    if user is None:
        raise CommandError(f"No user of this site has the {users.USERNAME_FIELD} {name!r}.")
    return user.pk

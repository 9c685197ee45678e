"""``manage.py tracking_rollup``: roll up without Celery, or make every row again from its source."""

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
    help = "Roll up what has changed, again and again until Ctrl-C: a worker for a site without Celery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Roll up what is waiting now, and end.")
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="Make every row again from its source, beside live traffic, and end.",
        )
        parser.add_argument("--course", default="", metavar="KEY", help="With --rebuild: this course only.")
        parser.add_argument(
            "--learner", default="", metavar="NAME", help="With --rebuild: this learner only."
        )
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="DATE", help="With --rebuild: from this day on (UTC)."
        )
        parser.add_argument(
            "--retry-failed",
            action="store_true",
            help="Try again what failed so often that it was set aside.",
        )

    def handle(self, *, once: bool, retry_failed: bool, **options: Any) -> None:
        if retry_failed:
            self.stdout.write(f"{change_queue.retry_failed_changes():,} marks will be tried again.")
        if options["rebuild"]:
            self._mark(
                RebuildScope(
                    course_key=options["course"],
                    learner_id=_find_learner(options["learner"]),
                    since=options["since"],
                )
            )
        elif options["course"] or options["learner"] or options["since"]:
            raise CommandError("--course, --learner and --since say what to rebuild: add --rebuild.")
        try:
            self._roll_up()
            while not (once or options["rebuild"]):
                time.sleep(conf.get_settings().ROLLUP_EVERY_SECONDS)
                self._roll_up()
        except KeyboardInterrupt:
            self.stdout.write("Stopped. Nothing is lost: the next run goes on here.")

    def _mark(self, scope: RebuildScope) -> None:
        count = sum(rebuild.mark_for_rebuild(scope))
        if not count:
            raise CommandError("Nothing to rebuild: no course, learner or day of that kind has any data.")
        self.stdout.write(f"{count:,} marks to work off.")

    def _roll_up(self) -> None:
        now = timezone.now()
        jobs.run_due_jobs(now=now)
        waiting = PendingChange.objects.due(now).count()
        line = ProgressLine(sys.stderr)
        began = time.monotonic()
        try:
            # Marks beget marks, for the class and for findings: the share is of those known at the start.
            handled = jobs.roll_up(now=now, told=lambda done: line.show(done, min(done / waiting, 1)))
        finally:
            line.clear()
        if handled:
            self.stdout.write(f"{handled:,} marks rolled up in {time.monotonic() - began:.1f} s.")
        if aside := PendingChange.objects.dead().count():
            self.stderr.write(
                f"{aside:,} marks are set aside. Mend what their error says, then --retry-failed."
            )


def _find_learner(name: str) -> LearnerId | None:
    if not name:
        return None
    users = get_user_model()
    user = users._default_manager.filter(**{users.USERNAME_FIELD: name}).first()
    if user is None:
        raise CommandError(f"{name!r} is no {users.USERNAME_FIELD} of this site.")
    return user.pk

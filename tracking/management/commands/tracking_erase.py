"""``manage.py tracking_erase``: erase what is held about one learner."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracking import jobs
from tracking.events import Purpose
from tracking.privacy import consent, erasure
from tracking.privacy.erasure import ErasureScope
from tracking.xapi import privacy


class Command(BaseCommand):
    help = "Erase what is held about one learner, everywhere, and make the class figures anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("learner", help="Log-in name, or with --by-pk the primary key.")
        parser.add_argument(
            "--by-pk", action="store_true", help="The learner is given by primary key: the user may be gone."
        )
        parser.add_argument(
            "--purpose", action="append", choices=[each.value for each in Purpose], metavar="NAME",
            help="Only what serves this purpose; may be given several times. Without it everything goes.",
        )  # fmt: skip
        parser.add_argument("--course", action="append", metavar="KEY", help="Only in this course.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *, learner: str, **options: Any) -> None:
        scope = ErasureScope(
            learner_id=_find(learner, by_pk=options["by_pk"]),
            purposes=frozenset(map(Purpose, options["purpose"])) if options["purpose"] else None,
            course_keys=frozenset(options["course"]) if options["course"] else None,
        )
        if not options["yes"] and input("This cannot be undone. Type yes to go on: ").strip() != "yes":
            raise CommandError("Nothing was erased.")
        erased = erasure.erase_learner_data(scope, by="an operator")
        for name, count in sorted(erased.items()):
            if count:
                self.stdout.write(f"{count:>10,} {name}")
        self.stdout.write(f"{erased.total():>10,} rows in all.")
        left_count = privacy.count_content_without_course(scope.learner_id) if scope.course_keys else 0
        if left_count:
            self.stdout.write(
                f"{left_count:>10,} statements and documents of learning content name no course and were left."
                " Without --course they go too."
            )
        if consent.learners_covered([scope.learner_id], Purpose.ENGAGEMENT):
            self.stdout.write("The learner's yes to being recorded still stands: new data follows.")
        jobs.roll_up(now=timezone.now())


def _find(name: str, *, by_pk: bool) -> Any:
    users = get_user_model()
    if by_pk:
        return users._meta.pk.to_python(name)
    user = users._default_manager.filter(**{users.USERNAME_FIELD: name}).first()
    if user is None:
        raise CommandError(f"{name!r} is no {users.USERNAME_FIELD} of this site. Give --by-pk with the key.")
    return user.pk

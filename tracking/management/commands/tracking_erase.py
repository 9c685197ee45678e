"""``manage.py tracking_erase``: erase what is held about one learner."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracking import jobs
from tracking.events import Purpose
from tracking.privacy import consent, erasure, inventory
from tracking.privacy.erasure import ErasureScope


class Command(BaseCommand):
    help = "Erase everything that is stored about one learner, and recompute the class figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("learner", help="Username, or with --by-pk the primary key.")
        parser.add_argument(
            "--by-pk",
            action="store_true",
            help="Name the learner by primary key; the user may already be deleted.",
        )
        parser.add_argument(
            "--purpose", action="append", choices=[each.value for each in Purpose], metavar="NAME",
            help="Erase only the data for this purpose; may be repeated. Default: everything.",
        )  # fmt: skip
        parser.add_argument(
            "--course",
            action="append",
            metavar="KEY",
            help="Erase only the data of this course; may be repeated.",
        )
        parser.add_argument("--yes", action="store_true", help="Do not ask for confirmation.")

    def handle(self, *, learner: str, **options: Any) -> None:
        scope = ErasureScope(
            learner_id=_find(learner, by_pk=options["by_pk"]),
            purposes=frozenset(map(Purpose, options["purpose"])) if options["purpose"] else None,
            course_keys=frozenset(options["course"]) if options["course"] else None,
        )
        if not options["yes"] and input("This cannot be undone. Type yes to continue: ").strip() != "yes":
            raise CommandError("Nothing was erased.")
        erased = erasure.erase_learner_data(scope, by="an operator")
        for name, count in sorted(erased.items()):
            if count:
                self.stdout.write(f"{count:>10,} {name}")
        self.stdout.write(f"{erased.total():>10,} rows in total.")
        left_count = inventory.count_kept_without_course(scope.learner_id).total() if scope.course_keys else 0
        if left_count:
            self.stdout.write(
                f"{left_count:>10,} rows name no course and were kept. To erase them too, omit --course."
            )
        if consent.learners_covered([scope.learner_id], Purpose.ENGAGEMENT):
            self.stdout.write("The learner still agrees to being recorded, so new data will follow.")
        jobs.roll_up(now=timezone.now())


def _find(name: str, *, by_pk: bool) -> Any:
    users = get_user_model()
    if by_pk:
        return users._meta.pk.to_python(name)
    user = users._default_manager.filter(**{users.USERNAME_FIELD: name}).first()
    if user is None:
        raise CommandError(
            f"No user of this site has the {users.USERNAME_FIELD} {name!r}. To give a primary "
            "key, add --by-pk."
        )
    return user.pk

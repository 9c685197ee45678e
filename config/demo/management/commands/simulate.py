"""``manage.py simulate``: add a class of simulated learners, of any size, to a course."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo.simulation import playing, populating
from courses.models import Course


class Command(BaseCommand):
    help = "Add a class of simulated learners to a course, active since the term began."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--course", required=True, metavar="SLUG", help="Slug of a loaded course.")
        parser.add_argument(
            "--learners", type=int, default=30, metavar="N", help="Number of learners (default: 30)."
        )
        parser.add_argument(
            "--seed",
            default="1",
            help="Names the class. The same seed gives the same learners (default: 1).",
        )

    def handle(self, *, course: str, learners: int, seed: str, **options: Any) -> None:
        started = time.monotonic()
        now = timezone.now()
        found = self._find(course, name=f"Class {seed}", count=learners)
        classroom = populating.open_class(found, f"Class {seed}", seed=seed, now=now)
        result = playing.play(
            populating.fill(classroom, learners), classroom.term, self._report_week, rolls_up_weekly=False
        )
        populating.finish([classroom])
        playing.bring_up_to_date(now)
        self.stdout.write(
            f"\n{result.learner_count} simulated learners in {found}: {result.visit_count} visits, "
            f"{result.event_count} events, in {time.monotonic() - started:.1f} s."
        )

    def _find(self, slug: str, *, name: str, count: int) -> Course:
        course = Course.objects.filter(slug=slug).first()
        if course is None:
            known = ", ".join(Course.objects.values_list("slug", flat=True)) or "none: run load_courses"
            raise CommandError(f"{slug!r} is not a loaded course. Choose from: {known}.")
        if course.groups.filter(name=name).exists():
            raise CommandError(f"{course} already has a {name!r}. Choose another --seed.")
        if count < 1:
            raise CommandError(f"A class needs at least one learner, not {count}.")
        return course

    def _report_week(self, number: int) -> None:
        self.stdout.write(f"week {number} ", ending="")
        self.stdout.flush()

"""``manage.py load_oulad``: import real courses with real learners, and roll them up."""

import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo import classes, oulad
from config.demo.oulad import DataError, Presentation
from tracking import jobs

MAPS = Path(oulad.__file__).parent


class Command(BaseCommand):
    help = "Load presentations of OULAD, the Open University Learning Analytics Dataset, from a folder of its tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="Folder with vle.csv, studentVle.csv and the others, or .csv.gz."
        )
        parser.add_argument("--presentation", help="Load only this presentation, such as BBB-2013B.")
        parser.add_argument(
            "--today-is-day",
            type=int,
            metavar="N",
            help="Shift all dates so that today is day N of the presentation.",
        )
        parser.add_argument("--fresh", action="store_true", help="Delete what was loaded before.")

    def handle(self, *, folder: Path, fresh: bool, **options: Any) -> None:
        try:
            presentations = oulad.read_presentations(
                folder,
                wanted=options["presentation"],
                today=timezone.localdate(),
                today_is_day=options["today_is_day"],
            )
            with self._timed("Creating courses and learners"):
                self._create_courses(folder, presentations, is_fresh=fresh)
            with self._timed("Reading outlines"):
                jobs.refresh_outlines(now=timezone.now())
            with self._timed("Importing"):
                self._import(folder, presentations, is_fresh=fresh)
        except DataError as error:
            raise CommandError(str(error)) from None
        with self._timed("Rolling up"):
            jobs.roll_up(now=timezone.now())
        for each in presentations:
            self.stdout.write(f"{each.key} is the course {each.slug}.")

    def _create_courses(self, folder: Path, presentations: list[Presentation], *, is_fresh: bool) -> None:
        instructor = User.objects.filter(username=classes.INSTRUCTOR.username).first()
        for each in presentations:
            if each.is_running:
                self.stdout.write(
                    f"{each.key}: shifted to start on {each.first_day}, so that today is day "
                    f"{each.last_day}. Later rows, and learners who had left by then, are left out."
                )
            if is_fresh:
                oulad.delete_course(each)
            course = oulad.create_course(folder, each)
            if instructor is not None:
                course.instructors.add(instructor)

    def _import(self, folder: Path, presentations: list[Presentation], *, is_fresh: bool) -> None:
        with tempfile.TemporaryDirectory() as folder_name:
            table = Path(folder_name, "presentations.csv")
            oulad.write_presentations(presentations, table)
            lookups = [("presentation", str(table))]
            sites = [*lookups, ("site", str(oulad.find_table(folder, "vle")))]
            assessments = [*lookups, ("assessment", str(oulad.find_table(folder, "assessment")))]
            for name, map_name, chosen in (
                ("studentVle", "oulad_vle.toml", sites),
                ("student_assessment", "oulad_assessments.toml", assessments),
            ):
                call_command(
                    "tracking_import",
                    str(oulad.find_table(folder, name)),
                    "--format=csv",
                    f"--map={MAPS / map_name}",
                    *(f"--lookup={lookup}={path}" for lookup, path in chosen),
                    *(["--reimport"] if is_fresh else []),
                    stdout=self.stdout,
                    stderr=self.stderr,
                )

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        self.stdout.write(f"{step} ...")
        started = time.monotonic()
        yield
        self.stdout.write(f"{step} took {time.monotonic() - started:.1f} s.")

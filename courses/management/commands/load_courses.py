"""``manage.py load_courses``: load the courses from their files into the database."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from courses import content_files, content_rules, loading
from courses.content_files import ContentError


class Command(BaseCommand):
    help = "Load or update every course below a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        home = Path(apps.get_app_config("courses").path)
        parser.add_argument(
            "folder",
            type=Path,
            nargs="?",
            default=home / "content",
            help="Folder that contains a folder for each course.",
        )
        parser.add_argument(
            "--media",
            type=Path,
            default=home / "static" / "courses",
            help="Folder of the videos and documents that lessons name.",
        )
        parser.add_argument(
            "--starts-on",
            type=date.fromisoformat,
            default=timezone.localdate(),
            help="First day of a new course, such as 2026-09-07 (default: today).",
        )

    def handle(self, *, folder: Path, media: Path, starts_on: date, **options: Any) -> None:
        folders = sorted(path.parent for path in folder.glob("*/course.toml"))
        if not folders:
            raise CommandError(f"{folder} contains no courses: no folder in it has a course.toml.")
        for path in folders:
            self._load(path, media, starts_on)

    def _load(self, path: Path, media: Path, starts_on: date) -> None:
        try:
            text = content_files.read(path)
            content_rules.check(text, media=media)
            loaded = loading.load(text, starts_on=starts_on)
        except ContentError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{'Loaded' if loaded.is_new else 'Updated'} {loaded.course}: {loaded.module_count} modules, "
            f"{loaded.lesson_count} lessons, {loaded.quiz_count} quizzes, {loaded.question_count} questions."
        )

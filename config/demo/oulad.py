"""Load the Open University Learning Analytics Dataset (OULAD) as courses, learners and enrolments of this platform.

The data set records which pages a course had and who opened them on which day, but not their text. So every page of
its courses says so. Kuzilek, Hlosta and Zdrahal 2017, CC BY 4.0.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction

from courses.models import Course, Enrolment, Lesson, Module, Quiz
from tracking.events import Purpose
from tracking.privacy import consent

PASS_MARK = 40
FIRST_DAYS = {"B": (2, 1), "J": (10, 1)}
"""Month and day on which a presentation starts, by the last letter of its name."""

PAGE_KINDS = {
    "homepage": "Home page",
    "oucontent": "Course text",
    "subpage": "Page of links",
    "sharedsubpage": "Shared page of links",
    "resource": "Resource",
    "url": "Link",
    "quiz": "Practice quiz",
    "forumng": "Forum",
    "glossary": "Glossary",
    "dataplus": "Database",
    "oucollaborate": "Online room",
    "ouelluminate": "Online room (Elluminate)",
}
ASSESSMENT_KINDS = {"TMA": "Tutor-marked assignment", "CMA": "Computer-marked assignment", "Exam": "Exam"}
ASSESSMENTS = "assessments"

SUMMARY = (
    "A course of the Open University in which {count} people enrolled, from the Open "
    "University Learning Analytics Dataset (Kuzilek, Hlosta and Zdrahal 2017, CC BY "
    "4.0). It records who opened which page on which day, and the results of the "
    "assessments. The text of the pages is not part of it."
)
BODY = "The data set records who opened this page, and when. The text of the page is not part of it."

Row = Mapping[str, str]


class DataError(Exception):
    """Raised if the files are not those of OULAD, or the data cannot be loaded as requested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """One run of a course. ``last_day`` counts from ``first_day``; later rows are left out."""

    module: str
    name: str
    length: int
    first_day: date
    last_day: int

    @property
    def key(self) -> str:
        """Its name in the tables of the data set, as one word."""
        return f"{self.module}-{self.name}"

    @property
    def slug(self) -> str:
        """The slug of its course."""
        return f"oulad-{self.key.lower()}"

    @property
    def is_running(self) -> bool:
        """Whether the data ends before the presentation does."""
        return self.last_day < self.length

    def day(self, number: str) -> date:
        """Return the date of day ``number``."""
        return self.first_day + timedelta(days=int(number))


def read_table(folder: Path, name: str) -> list[Row]:
    """Return the rows of a table. Raises ``DataError`` if its file is missing."""
    path = find_table(folder, name)
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        return list(csv.DictReader(file))


def find_table(folder: Path, name: str) -> Path:
    """Return the file of a table, gzipped or not."""
    for path in (folder / f"{name}.csv.gz", folder / f"{name}.csv"):
        if path.exists():
            return path
    raise DataError(f"{folder} has no {name}.csv and no {name}.csv.gz.")


def read_presentations(
    folder: Path, *, wanted: str | None, today: date, today_is_day: int | None
) -> list[Presentation]:
    """Return the presentations in ``folder``, or only ``wanted``, such as ``BBB-2013B``.

    ``today_is_day`` shifts all dates so that ``today`` is that day of the presentation, and cuts the data off there.
    Raises ``DataError`` if ``wanted`` is not among them.
    """
    presentations = []
    for row in read_table(folder, "course"):
        name, length = row["code_presentation"], int(row["module_presentation_length"])
        first_day = date(int(name[:4]), *FIRST_DAYS[name[-1]])
        if today_is_day is not None:
            first_day = today - timedelta(days=today_is_day)
        presentations.append(
            Presentation(
                module=row["code_module"],
                name=name,
                length=length,
                first_day=first_day,
                last_day=length if today_is_day is None else min(length, today_is_day),
            )
        )
    keys = [each.key for each in presentations]
    if wanted is not None and wanted not in keys:
        raise DataError(f"{wanted!r} is not among the presentations: {', '.join(keys)}.")
    return [each for each in presentations if wanted in (None, each.key)]


def write_presentations(presentations: Iterable[Presentation], path: Path) -> None:
    """Write the lookup table of presentations for the import maps."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "course", "first_day", "last_day"])
        for each in presentations:
            # Learners open pages for some days after the end of a presentation; these accesses belong to it.
            last_day = each.last_day if each.is_running else each.length + 365
            writer.writerow([each.key, each.slug, each.first_day.isoformat(), last_day])


@transaction.atomic
def delete_course(presentation: Presentation) -> None:
    """Delete the course, everything recorded about it, and its learners who have no other course."""
    for model in apps.get_app_config("tracking").get_models():
        if any(field.name == "course_key" for field in model._meta.concrete_fields):
            model._default_manager.filter(course_key=presentation.slug).delete()
    learners = User.objects.filter(enrolments__course__slug=presentation.slug, username__startswith="oulad-")
    learner_ids = set(learners.values_list("pk", flat=True))
    Course.objects.filter(slug=presentation.slug).delete()
    User.objects.filter(pk__in=learner_ids, enrolments__isnull=True).delete()


@transaction.atomic
def create_course(folder: Path, presentation: Presentation) -> Course:
    """Create the course with a module for each kind of page and one for assessments, and enrol its learners.

    Raises ``DataError`` if the course exists with another start date.
    """
    course = Course.objects.filter(slug=presentation.slug).first()
    if course is not None and course.starts_on != presentation.first_day:
        raise DataError(
            f"{course} is already loaded and starts on {course.starts_on}. To delete it and "
            "load it again, add --fresh."
        )
    learners = list(_learner_rows(folder, presentation))
    course, _ = Course.objects.update_or_create(
        slug=presentation.slug,
        defaults={
            "title": f"OULAD {presentation.module} {presentation.name}",
            "summary": SUMMARY.format(count=len(learners)),
            "starts_on": presentation.first_day,
            "ends_on": presentation.first_day + timedelta(days=presentation.length),
        },
    )
    _create_pages(folder, presentation, course)
    _create_assessments(folder, presentation, course)
    _enrol(course, presentation, learners)
    return course


def _create_pages(folder: Path, presentation: Presentation, course: Course) -> None:
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in read_table(folder, "vle"):
        if _is_of(row, presentation):
            by_kind[row["activity_type"]].append(row)
    for place, (kind, rows) in enumerate(
        sorted(by_kind.items(), key=lambda item: _kind_order(item[0])), start=1
    ):
        name = PAGE_KINDS.get(kind, kind.capitalize())
        module = _module(course, slug=kind, title=name, position=place)
        ordered = sorted(rows, key=lambda row: (int(row["week_from"] or 999), int(row["id_site"])))
        for position, row in enumerate(ordered, start=1):
            Lesson.objects.update_or_create(
                module=module,
                slug=f"site-{row['id_site']}",
                defaults={
                    "title": f"{name} {row['id_site']}",
                    "body": BODY,
                    "expected_minutes": 0,
                    "position": position,
                    # Only pages in the course's calendar are required; otherwise learners would seem to skip hundreds.
                    "is_optional": not row["week_from"],
                    "due_on": presentation.day(str(7 * int(row["week_to"]))) if row["week_to"] else None,
                },
            )


def _create_assessments(folder: Path, presentation: Presentation, course: Course) -> None:
    # First, because all learners must take them and hundreds of pages follow.
    module = _module(course, slug=ASSESSMENTS, title="Assessments", position=0)
    with_results = {row["id_assessment"] for row in read_table(folder, "student_assessment")}
    # The data has no results for most exams, so all learners would seem to have missed them.
    rows = [
        row
        for row in read_table(folder, "assessment")
        if _is_of(row, presentation) and (row["date"] or row["id_assessment"] in with_results)
    ]
    numbers: dict[str, int] = defaultdict(int)
    ordered = sorted(rows, key=lambda row: (int(row["date"] or presentation.length), row["id_assessment"]))
    for position, row in enumerate(ordered, start=1):
        kind = row["assessment_type"]
        numbers[kind] += 1
        Quiz.objects.update_or_create(
            module=module,
            slug=f"{kind.lower()}-{row['id_assessment']}",
            defaults={
                "title": f"{ASSESSMENT_KINDS.get(kind, kind)} {numbers[kind]}",
                "position": position,
                "pass_mark": PASS_MARK,
                "attempt_limit": 1,
                "due_on": presentation.day(row["date"] or str(presentation.length)),
            },
        )


def _module(course: Course, *, slug: str, title: str, position: int) -> Module:
    return Module.objects.update_or_create(
        course=course, slug=slug, defaults={"title": title, "position": position}
    )[0]


def _learner_rows(folder: Path, presentation: Presentation) -> Iterator[Row]:
    """Yield who is enrolled. While a presentation runs, those yet to come and those who left are not in it."""
    for row in read_table(folder, "student_registration"):
        if not _is_of(row, presentation):
            continue
        is_to_come = int(row["date_registration"] or 0) > presentation.last_day
        has_left = (
            bool(row["date_unregistration"]) and int(row["date_unregistration"]) <= presentation.last_day
        )
        if not presentation.is_running or not (is_to_come or has_left):
            yield row


def _enrol(course: Course, presentation: Presentation, rows: Iterable[Row]) -> None:
    dates = {f"oulad-{row['id_student']}": row["date_registration"] for row in rows}
    User.objects.bulk_create(
        (
            User(username=name, last_name=f"Learner {name.rpartition('-')[2]}", password=make_password(None))
            for name in dates
        ),
        ignore_conflicts=True,
        batch_size=500,
    )
    group, _ = course.groups.get_or_create(
        name=presentation.name, defaults={"starts_on": presentation.first_day}
    )
    users = list(User.objects.filter(username__startswith="oulad-", username__in=list(dates)))
    Enrolment.objects.bulk_create(
        (
            Enrolment(
                course=course,
                learner=user,
                group=group,
                enrolled_at=_noon(presentation.day(dates[user.username] or "0")),
            )
            for user in users
        ),
        ignore_conflicts=True,
        batch_size=500,
    )
    for user in users:
        if not consent.is_answered(user.pk, Purpose.ENGAGEMENT):
            # They consented to the Open University, which published the data. No one can log in as one of them.
            consent.grant(user.pk, {Purpose.ENGAGEMENT}, source="published data set")


def _is_of(row: Row, presentation: Presentation) -> bool:
    return (row["code_module"], row["code_presentation"]) == (presentation.module, presentation.name)


def _kind_order(kind: str) -> tuple[int, str]:
    kinds = list(PAGE_KINDS)
    return (kinds.index(kind) if kind in kinds else len(kinds), kind)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)

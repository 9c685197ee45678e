"""Create the people and classes of the demo."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib.auth import hashers
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from config.demo.simulation import playing, populating, stories
from config.demo.simulation.learning import Learning
from config.demo.simulation.people import Traits
from config.demo.simulation.playing import ReportWeek, report_nothing
from config.demo.simulation.stories import Story
from courses.models import Course, Enrolment

PASSWORD = "demo"  # noqa: S105  # the demo prints the logins when it starts
SEED = "lantern"

CLASSES: Mapping[str, str] = {
    "how-the-web-works": "Evening class",
    "learning-to-learn": "Morning class",
    "reading-data": "Weekend class",
}
"""The class in each course, by the course's slug."""

CLASS_SIZE = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person to log in as."""

    username: str
    name: str
    is_operator: bool = False
    description: str


LEARNER = Person(username="lena", name="Lena Lind", description=gettext_noop("a learner"))
INSTRUCTOR = Person(
    username="ines", name="Ines Ito", description=gettext_noop("an instructor of every course")
)
OPERATOR = Person(
    username="otto", name="Otto Okoye", description=gettext_noop("an operator of the site"), is_operator=True
)
STRANGER = Person(username="sam", name="Sam Sato", description=gettext_noop("enrolled in nothing"))
PEOPLE = (LEARNER, INSTRUCTOR, OPERATOR, STRANGER)

LENA_TRAITS: Mapping[str, Traits] = {
    "how-the-web-works": stories.TRAITS[Story.MIDWAY],
    "learning-to-learn": replace(stories.STEADY, ability=1.4, lead_days=(4, 9)),
}
"""How Lena learns in each course. In a course that is missing here she has only just enrolled."""


def seed(*, size: int = CLASS_SIZE, report_week: ReportWeek = report_nothing) -> None:
    """Create the people and, once, a simulated class in every course. Safe to run again.

    Existing data stays as it is, but an interrupted simulation starts again from zero. Calls ``report_week`` with the
    number of each week that is done.
    """
    courses = Course.objects.filter(slug__in=CLASSES)
    is_new = not courses.filter(has_simulated_learners=True).exists()
    if is_new:
        populating.delete_learners(courses)
    users = _find_or_create_people()
    for course in Course.objects.all():
        course.instructors.add(users[INSTRUCTOR.username])
    if is_new and courses:
        _fill(courses, users[LEARNER.username], size=size, now=timezone.now(), report_week=report_week)


def _fill(
    courses: QuerySet[Course], learner: User, *, size: int, now: datetime, report_week: ReportWeek
) -> None:
    # Lena has data from an earlier demo: keep it, and simulate nothing for her.
    is_new_learner = not learner.enrolments.exists()
    classrooms = [
        populating.open_class(course, CLASSES[course.slug], seed=SEED, now=now) for course in courses
    ]
    learning: list[Learning] = []
    for classroom in classrooms:
        learning += populating.fill(classroom, size)
        traits = LENA_TRAITS.get(classroom.syllabus.course.slug)
        if is_new_learner and traits is not None:
            learning.append(populating.admit(classroom, learner, traits))
    playing.play(learning, classrooms[0].term, report_week)
    for classroom in classrooms:
        course = classroom.syllabus.course
        if is_new_learner and course.slug not in LENA_TRAITS:
            Enrolment.objects.create(
                course=course, learner=learner, group=classroom.group, enrolled_at=now - timedelta(days=2)
            )
    populating.finish(classrooms)
    playing.bring_up_to_date(now)


def _find_or_create_people() -> dict[str, User]:
    names = [person.username for person in PEOPLE]
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    missing = [person for person in PEOPLE if person.username not in users]
    # Hash the password once for all people: hashing is slow by design, and this password is public.
    password = hashers.make_password(PASSWORD) if missing else ""
    return users | {person.username: _create(person, password=password) for person in missing}


def _create(person: Person, *, password: str) -> User:
    first_name, last_name = person.name.split(" ", 1)
    return User.objects.create(
        username=person.username,
        password=password,
        first_name=first_name,
        last_name=last_name,
        is_staff=person.is_operator,
        is_superuser=person.is_operator,
    )

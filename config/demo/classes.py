"""The people and classes of the demo."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.translation import gettext_noop

from courses.models import Course, Enrolment

PASSWORD = "demo"  # noqa: S105  # the log-ins are printed when the demo starts


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone to log in as."""

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


def seed() -> None:
    """Make the people, and a class for the learner in every course; what is there already stays as it is."""
    users = {person.username: _find_or_make(person) for person in PEOPLE}
    for course in Course.objects.all():
        course.instructors.add(users[INSTRUCTOR.username])
        group, _ = course.groups.get_or_create(name="First class", defaults={"starts_on": course.starts_on})
        Enrolment.objects.get_or_create(
            course=course, learner=users[LEARNER.username], defaults={"group": group}
        )


def _find_or_make(person: Person) -> User:
    first_name, last_name = person.name.split(" ", 1)
    user, is_new = User.objects.get_or_create(
        username=person.username,
        defaults={
            "first_name": first_name,
            "last_name": last_name,
            "is_staff": person.is_operator,
            "is_superuser": person.is_operator,
        },
    )
    if is_new:
        user.set_password(PASSWORD)
        user.save()
    return user

"""Put simulated learners into a course: accounts, enrolments and consent."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from django.contrib.auth.models import User

from config.demo.simulation import people, stories, syllabus
from config.demo.simulation import term as terms
from config.demo.simulation.learning import Learning
from config.demo.simulation.people import EMAIL_DOMAIN, Person, Traits
from config.demo.simulation.syllabus import Syllabus
from config.demo.simulation.term import Term
from courses import schedule
from courses.models import Course, Enrolment, Group
from tracking.events import Purpose
from tracking.models import Consent
from tracking.privacy import consent

SOURCE = "simulated"
"""The source of their consent answers; it also identifies simulated learners."""

CONSENTED = frozenset({Purpose.RECORD, Purpose.ENGAGEMENT})

NOT_SHARING_ONE_IN = 12
"""One learner in this many does not share their activity."""

NO_MESSAGES_ONE_IN = 8
"""One learner in this many has not agreed to messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classroom:
    """A class of simulated learners: group, syllabus and term."""

    group: Group
    syllabus: Syllabus
    term: Term
    seed: str


def find_term(course: Course, *, now: datetime) -> Term:
    """Return the term of ``course``. Moves the course into its twelfth week if it has no simulated learners yet."""
    if course.has_simulated_learners:
        return terms.of(course, now=now)
    term = terms.around(now)
    schedule.spread(course, starts_on=term.starts_on, weeks=term.day_count // 7)
    return term


def open_class(course: Course, name: str, *, seed: str, now: datetime) -> Classroom:
    """Return the class called ``name`` in ``course``. May move the dates of the course."""
    term = find_term(course, now=now)
    group, _ = course.groups.get_or_create(name=name, defaults={"starts_on": term.starts_on})
    return Classroom(group=group, syllabus=syllabus.read(course, term), term=term, seed=seed)


def fill(classroom: Classroom, count: int) -> list[Learning]:
    """Put ``count`` simulated learners into a class, those with a story first, and return them."""
    taken = set(User.objects.values_list("username", flat=True))
    course = classroom.syllabus.course
    roles = [role for role in stories.ROLES.get(course.slug, ()) if role.person.username not in taken]
    learners = [admit(classroom, _account(role.person), stories.TRAITS[role.story]) for role in roles[:count]]
    taken |= {role.person.username for every in stories.ROLES.values() for role in every}
    others = (person for person in people.people() if person.username not in taken)
    for number, person in enumerate(islice(others, count - len(learners)), start=1):
        traits = people.draw_traits(_rng(classroom.seed, person.username))
        traits = replace(
            traits,
            shares=number % NOT_SHARING_ONE_IN != NOT_SHARING_ONE_IN // 3,
            takes_messages=number % NO_MESSAGES_ONE_IN != NO_MESSAGES_ONE_IN // 3,
        )
        learners.append(admit(classroom, _account(person), traits))
    return learners


def admit(classroom: Classroom, user: User, traits: Traits) -> Learning:
    """Enrol ``user`` in a class with the consent that ``traits`` say, and return the learner."""
    rng = _rng(classroom.seed, user.username, "enrols")
    enrolled_at = classroom.term.moment(0) - timedelta(days=rng.uniform(0.5, 14))
    Enrolment.objects.create(
        course=classroom.syllabus.course, learner=user, group=classroom.group, enrolled_at=enrolled_at
    )
    if traits.shares:
        consent.grant(user.pk, CONSENTED, source=SOURCE)
    else:
        consent.refuse(user.pk, {Purpose.ENGAGEMENT}, source=SOURCE)
    if traits.takes_messages:
        consent.grant(user.pk, {Purpose.NUDGES}, source=SOURCE)
    return Learning(user, classroom.syllabus, traits, term=classroom.term, seed=classroom.seed)


def finish(classrooms: Iterable[Classroom]) -> None:
    """Flag the courses as simulated. Only a complete simulation sets the flag."""
    for classroom in classrooms:
        course = classroom.syllabus.course
        course.has_simulated_learners = True
        course.save(update_fields=["has_simulated_learners"])


def delete_learners(courses: Iterable[Course]) -> None:
    """Delete all simulated learners of ``courses``, and everything recorded about them."""
    simulated = Consent.objects.filter(source=SOURCE).values("learner")
    User.objects.filter(pk__in=simulated, enrolments__course__in=list(courses)).delete()


def _account(person: Person) -> User:
    user = User(
        username=person.username,
        first_name=person.given,
        last_name=person.family,
        email=f"{person.username}@{EMAIL_DOMAIN}",
    )
    user.set_unusable_password()
    user.save()
    return user


def _rng(*seed: str) -> Random:
    return Random("/".join(seed))  # noqa: S311  a simulation must be repeatable

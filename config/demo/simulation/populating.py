"""Putting made-up learners into a course: accounts, enrolments, and what they agreed to."""

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
"""Where made-up people gave their consent."""

SHARED = frozenset({Purpose.RECORD, Purpose.ENGAGEMENT})

SHY_OF = 12
"""Of so many learners, one does not share how they learn."""

QUIET_OF = 8
"""Of so many learners, one has not agreed to messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classroom:
    """A class of made-up learners: the group, what it learns, and when."""

    group: Group
    syllabus: Syllabus
    term: Term
    seed: str


def find_term(course: Course, *, now: datetime) -> Term:
    """Return the term of ``course``, which is moved so that it is in its middle unless there are simulated learners."""
    if course.has_simulated_learners:
        return terms.of(course, now=now)
    term = terms.around(now)
    schedule.spread(course, starts_on=term.starts_on, weeks=term.day_count // 7)
    return term


def open_class(course: Course, name: str, *, seed: str, now: datetime) -> Classroom:
    """Return the class called ``name`` in ``course``, whose dates may move for it."""
    term = find_term(course, now=now)
    group, _ = course.groups.get_or_create(name=name, defaults={"starts_on": term.starts_on})
    return Classroom(group=group, syllabus=syllabus.read(course, term), term=term, seed=seed)


def fill(classroom: Classroom, count: int) -> list[Learning]:
    """Put ``count`` made-up learners into a class, those with a story first, and return them, ready to learn."""
    taken = set(User.objects.values_list("username", flat=True))
    course = classroom.syllabus.course
    roles = [role for role in stories.ROLES.get(course.slug, ()) if role.person.username not in taken]
    learners = [admit(classroom, _account(role.person), stories.TRAITS[role.story]) for role in roles[:count]]
    taken |= {role.person.username for every in stories.ROLES.values() for role in every}
    others = (person for person in people.people() if person.username not in taken)
    for number, person in enumerate(islice(others, count - len(learners)), start=1):
        traits = people.draw_traits(_chance(classroom.seed, person.username))
        traits = replace(
            traits,
            shares=number % SHY_OF != SHY_OF // 3,
            takes_messages=number % QUIET_OF != QUIET_OF // 3,
        )
        learners.append(admit(classroom, _account(person), traits))
    return learners


def admit(classroom: Classroom, user: User, traits: Traits) -> Learning:
    """Put ``user`` into a class with what they agree to, and return them, ready to learn as ``traits`` say."""
    chance = _chance(classroom.seed, user.username, "enrols")
    enrolled_at = classroom.term.moment(0) - timedelta(days=chance.uniform(0.5, 14))
    Enrolment.objects.create(
        course=classroom.syllabus.course, learner=user, group=classroom.group, enrolled_at=enrolled_at
    )
    if traits.shares:
        consent.grant(user.pk, SHARED, source=SOURCE)
    else:
        consent.refuse(user.pk, {Purpose.ENGAGEMENT}, source=SOURCE)
    if traits.takes_messages:
        consent.grant(user.pk, {Purpose.NUDGES}, source=SOURCE)
    return Learning(user, classroom.syllabus, traits, term=classroom.term, seed=classroom.seed)


def finish(classrooms: Iterable[Classroom]) -> None:
    """Let the courses say that their learners are made up: the mark of a simulation that was not broken off."""
    for classroom in classrooms:
        course = classroom.syllabus.course
        course.has_simulated_learners = True
        course.save(update_fields=["has_simulated_learners"])


def forget(courses: Iterable[Course]) -> None:
    """Delete everybody whom a simulation has put into ``courses``, and with them all that was recorded of them."""
    made_up = Consent.objects.filter(source=SOURCE).values("learner")
    User.objects.filter(pk__in=made_up, enrolments__course__in=list(courses)).delete()


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


def _chance(*seed: str) -> Random:
    return Random("/".join(seed))  # noqa: S311  a simulation is to repeat itself

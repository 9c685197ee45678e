"""When somebody comes, and for what: a module by the day it is due, spread over visits at hours that suit them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from config.demo.simulation.people import Traits
from config.demo.simulation.syllabus import Part, Syllabus
from config.demo.simulation.term import Term
from courses.models import Lesson, Quiz

SATURDAY = 5
SUNDAYS = 0.4
"""Of the visits that move to the weekend, the share that moves to its second day."""

COMES_BACK = 0.8
"""Chance that a lesson left in the middle is taken up again."""

AT_ONCE = 0.5
"""Chance that a failed quiz is tried again at once, unless there are lessons to read first."""

MINUTE = 1 / (24 * 60)


@dataclass(order=True, frozen=True, slots=True)
class Plan:
    """A visit: its day, with its fraction, and the lessons and quizzes of one module to go through."""

    day: float
    number: int
    steps: Sequence[Lesson | Quiz] = field(compare=False)
    part: Part = field(compare=False)
    is_again: bool = field(compare=False, default=False)
    """Whether it is about lessons that had their turn before."""


@dataclass(frozen=True, slots=True)
class Planner:
    """The calendar of one learner in one course."""

    traits: Traits
    syllabus: Syllabus
    term: Term
    chance: Random

    def visits(self) -> Iterator[Plan]:
        """Yield a visit for each bundle of steps of the course, in their order, and some to look at old ones."""
        finished = last = 0.0
        for part in self.syllabus.parts:
            first = max(finished + 0.3, part.opens * self.traits.tempo)
            lead = self.chance.uniform(*self.traits.lead_days)
            finished = max(part.due * self.traits.tempo + 0.9 - lead, first + self.chance.uniform(0.5, 2))
            bundles = self._bundles(part)
            for number, steps in enumerate(bundles):
                day = self.at_their_hour(
                    first + (finished - first) * (number + self.chance.random()) / len(bundles)
                )
                # A weekend may come after the next visit, and nobody takes a quiz before its lessons.
                last = max(day, last + 45 * MINUTE)
                yield Plan(last, part.number * 100 + number, steps, part)
            if self.chance.random() < self.traits.looks_back and part.lessons:
                day = self.at_their_hour(finished + self.chance.uniform(0.5, 4))
                old = [self.chance.choice(part.lessons)]
                yield Plan(day, part.number * 100 + 99, old, part, is_again=True)

    def another_try(self, quiz: Quiz, lessons: Sequence[Lesson], part: Part, day: float) -> Plan:
        """Return the visit for the next attempt at a quiz failed on ``day``, and before it for ``lessons``."""
        is_at_once = self.chance.random() < AT_ONCE and not lessons
        later = self.at_their_hour(day + self.chance.uniform(*self.traits.retries_after))
        when = day + 10 * MINUTE if is_at_once else max(day + 30 * MINUTE, later)
        return Plan(when, part.number * 100 + 50, [*lessons, quiz], part, is_again=True)

    def another_visit(self, plan: Plan, *, after_days: float) -> Plan:
        """Return the visit of ``plan`` once more, so many days later."""
        day = max(plan.day + 0.5, self.at_their_hour(plan.day + after_days))
        return Plan(day, plan.number, plan.steps, plan.part, is_again=True)

    def rest_of(self, lesson: Lesson, part: Part, day: float) -> Plan:
        """Return the visit for the rest of a lesson that was left in the middle on ``day``."""
        later = max(day + 30 * MINUTE, self.at_their_hour(day + self.chance.uniform(0.3, 3)))
        return Plan(later, part.number * 100 + 49, [lesson], part, is_again=True)

    def at_their_hour(self, day: float) -> float:
        """Return a moment of that day, of the weekend after or the Friday before, when this learner comes."""
        whole = int(day)
        weekday = self.term.moment(whole).weekday()
        wants_weekend, wants_sunday = (
            self.chance.random() < self.traits.weekend,
            self.chance.random() < SUNDAYS,
        )
        if weekday < SATURDAY and wants_weekend:
            whole += SATURDAY - weekday + wants_sunday
        elif weekday >= SATURDAY and not (wants_weekend or wants_sunday):
            whole -= weekday - SATURDAY + 1
        hour = min(23.2, max(5.5, self.chance.gauss(self.traits.hour, 1.1)))
        return max(0, whole) + hour / 24

    def _bundles(self, part: Part) -> list[Sequence[Lesson | Quiz]]:
        count = max(1, min(self.traits.visit_count, len(part.steps)))
        cuts = sorted(self.chance.sample(range(1, len(part.steps)), count - 1))
        return [part.steps[start:end] for start, end in pairwise([0, *cuts, len(part.steps)])]

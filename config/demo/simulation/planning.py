"""Plan a learner's visits: each module by its due date, spread over visits at the learner's usual hours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from config.demo.simulation.people import Traits
from config.demo.simulation.syllabus import Part, Syllabus
from config.demo.simulation.term import Term
from courses.models import Lesson, Quiz

SATURDAY = 5
SUNDAY_SHARE = 0.4
"""Of the visits that move to the weekend, the share that moves to Sunday."""

RESUME_PROBABILITY = 0.8
"""Probability that an unfinished lesson is resumed."""

IMMEDIATE_RETRY_PROBABILITY = 0.5
"""Probability that a failed quiz is attempted again at once, if there are no lessons to read first."""

MINUTE = 1 / (24 * 60)


@dataclass(order=True, frozen=True, slots=True)
class Plan:
    """A planned visit: its day, with a fraction, and the lessons and quizzes of one module."""

    day: float
    number: int
    steps: Sequence[Lesson | Quiz] = field(compare=False)
    part: Part = field(compare=False)
    is_again: bool = field(compare=False, default=False)
    """Whether it repeats or resumes lessons of an earlier visit."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans the visits of one learner in one course."""

    traits: Traits
    syllabus: Syllabus
    term: Term
    rng: Random

    def visits(self) -> Iterator[Plan]:
        """Yield visits for all steps of the course in order, and some for earlier lessons."""
        finished = last = 0.0
        for part in self.syllabus.parts:
            first = max(finished + 0.3, part.opens * self.traits.tempo)
            lead = self.rng.uniform(*self.traits.lead_days)
            finished = max(part.due * self.traits.tempo + 0.9 - lead, first + self.rng.uniform(0.5, 2))
            bundles = self._bundles(part)
            for number, steps in enumerate(bundles):
                day = self.at_their_hour(
                    first + (finished - first) * (number + self.rng.random()) / len(bundles)
                )
                # Moving a visit to the weekend could put it after the next one, and a quiz before its lessons.
                last = max(day, last + 45 * MINUTE)
                yield Plan(last, part.number * 100 + number, steps, part)
            if self.rng.random() < self.traits.looks_back and part.lessons:
                day = self.at_their_hour(finished + self.rng.uniform(0.5, 4))
                old = [self.rng.choice(part.lessons)]
                yield Plan(day, part.number * 100 + 99, old, part, is_again=True)

    def next_attempt(self, quiz: Quiz, lessons: Sequence[Lesson], part: Part, day: float) -> Plan:
        """Return the visit for the next attempt at a quiz failed on ``day``, with ``lessons`` first."""
        is_at_once = self.rng.random() < IMMEDIATE_RETRY_PROBABILITY and not lessons
        later = self.at_their_hour(day + self.rng.uniform(*self.traits.retries_after))
        at = day + 10 * MINUTE if is_at_once else max(day + 30 * MINUTE, later)
        return Plan(at, part.number * 100 + 50, [*lessons, quiz], part, is_again=True)

    def another_visit(self, plan: Plan, *, after_days: float) -> Plan:
        """Return the visit of ``plan`` again, ``after_days`` later."""
        day = max(plan.day + 0.5, self.at_their_hour(plan.day + after_days))
        return Plan(day, plan.number, plan.steps, plan.part, is_again=True)

    def rest_of(self, lesson: Lesson, part: Part, day: float) -> Plan:
        """Return the visit for the rest of a lesson that was left unfinished on ``day``."""
        later = max(day + 30 * MINUTE, self.at_their_hour(day + self.rng.uniform(0.3, 3)))
        return Plan(later, part.number * 100 + 49, [lesson], part, is_again=True)

    def at_their_hour(self, day: float) -> float:
        """Return a usual time of this learner on ``day``, on the next weekend or on the Friday before."""
        whole = int(day)
        weekday = self.term.moment(whole).weekday()
        wants_weekend, wants_sunday = (
            self.rng.random() < self.traits.weekend,
            self.rng.random() < SUNDAY_SHARE,
        )
        if weekday < SATURDAY and wants_weekend:
            whole += SATURDAY - weekday + wants_sunday
        elif weekday >= SATURDAY and not (wants_weekend or wants_sunday):
            whole -= weekday - SATURDAY + 1
        hour = min(23.2, max(5.5, self.rng.gauss(self.traits.hour, 1.1)))
        return max(0, whole) + hour / 24

    def _bundles(self, part: Part) -> list[Sequence[Lesson | Quiz]]:
        count = max(1, min(self.traits.visit_count, len(part.steps)))
        cuts = sorted(self.rng.sample(range(1, len(part.steps)), count - 1))
        return [part.steps[start:end] for start, end in pairwise([0, *cuts, len(part.steps)])]

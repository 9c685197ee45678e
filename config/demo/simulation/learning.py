"""One learner's way through one course: what is planned, and what comes of it."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.models import User

from config.demo.simulation import answering, reading
from config.demo.simulation.browser import Browser
from config.demo.simulation.people import Traits
from config.demo.simulation.reading import Seen, Sitting
from config.demo.simulation.syllabus import Part, Syllabus
from config.demo.simulation.term import Term
from courses import attempts
from courses.models import Attempt, Lesson, LessonCompletion, Question, Quiz

KNOWLEDGE = -1.25
"""Logit of a question right for somebody of ability 0 who has not read the lesson."""

READ = 3.1
"""Logits that the lesson adds when all of it was read."""

TRIED_BEFORE = 0.9
"""Logits that an attempt at the same questions adds to the next."""

REMEMBERED = 0.95

SATURDAY = 5

STAYS = 0.5
"""Chance that a failed quiz is tried again at once, unless there are lessons to read first."""

LONGEST_VISIT = timedelta(minutes=100)
"""A visit that begins this long before now may not be over, and is left out."""


@dataclass(order=True, frozen=True, slots=True)
class Plan:
    """Something to do on a day of the term."""

    day: float
    order: int
    steps: Sequence[Lesson | Quiz] = field(compare=False)
    part: Part = field(compare=False)
    is_again: bool = field(compare=False, default=False)
    """Whether what was passed over at first is read now."""


class Learning:
    """A learner in a course. ``next_at`` says when they come next, ``come`` lets them."""

    def __init__(self, learner: User, syllabus: Syllabus, traits: Traits, *, term: Term, seed: str) -> None:
        self.traits = traits
        self._learner = learner
        self._syllabus = syllabus
        self._term = term
        self._chance = Random(f"{seed}/{syllabus.course.slug}/{learner.username}")  # noqa: S311  a simulation is to repeat itself
        self._browser = Browser(learner.pk, self._chance)
        self._read: dict[int, float] = {}
        self._plans: list[Plan] = []
        self._free_at = term.moment(0)
        self.event_count = 0
        if traits.starts:
            for plan in self._planned():
                heapq.heappush(self._plans, plan)

    @property
    def next_at(self) -> datetime | None:
        """The beginning of the next visit; ``None`` where there is none before now."""
        if not self._plans:
            return None
        day = self._plans[0].day
        at = max(self._term.moment(day), self._free_at)
        has_stopped = self.traits.stops_on is not None and day >= self.traits.stops_on
        return None if has_stopped or at > self._term.now - LONGEST_VISIT else at

    def come(self) -> None:
        """Go through what is planned for the next visit."""
        at = self.next_at
        plan = heapq.heappop(self._plans)
        if at is None:
            return
        pages: list[Seen] = []
        for step in plan.steps:
            if at > self._term.now - LONGEST_VISIT / 2:
                break
            done = self._study(step, plan, at) if isinstance(step, Lesson) else self._try(step, plan, at)
            pages += done
            at = max((page.closed_at for page in done), default=at) + timedelta(
                seconds=self._chance.uniform(2, 40)
            )
        self._free_at = at + timedelta(minutes=5)
        if self.traits.shares:
            self.event_count += self._browser.send(self._with_last_left_open(pages))

    def _planned(self) -> Iterator[Plan]:
        finished = last = 0.0
        for part in self._syllabus.parts:
            lead = self._chance.uniform(*self.traits.lead_days)
            first = max(finished + 0.3, part.opens * self.traits.tempo)
            finished = max(part.due * self.traits.tempo + 0.9 - lead, first + self._chance.uniform(0.5, 2))
            visit_count = max(1, min(self.traits.visit_count, len(part.steps)))
            shares = sorted(self._chance.sample(range(1, len(part.steps)), visit_count - 1))
            bounds = [0, *shares, len(part.steps)]
            # A shift to the weekend may put a visit behind a later one, and nobody takes a quiz before its lessons.
            days = sorted(
                self._habitual(first + (finished - first) * (number + self._chance.random()) / visit_count)
                for number in range(visit_count)
            )
            for number, day in enumerate(days):
                last = max(day, last + 0.01)
                steps = part.steps[bounds[number] : bounds[number + 1]]
                yield Plan(last, part.number * 100 + number, steps, part)
            if self._chance.random() < self.traits.looks_back and part.lessons:
                day = self._habitual(finished + self._chance.uniform(0.5, 4))
                yield Plan(
                    day, part.number * 100 + 99, [self._chance.choice(part.lessons)], part, is_again=True
                )

    def _habitual(self, day: float) -> float:
        """Return a moment of the day on which, or on the weekend after which, this learner comes."""
        whole = int(day)
        weekday = self._term.moment(whole).weekday()
        wants_weekend, wants_sunday = self._chance.random() < self.traits.weekend, self._chance.random() < 0.4
        if weekday < SATURDAY and wants_weekend:
            whole += SATURDAY - weekday + wants_sunday
        elif weekday >= SATURDAY and not (wants_weekend or wants_sunday):
            whole -= weekday - SATURDAY + 1
        hour = min(23.2, max(5.5, self._chance.gauss(self.traits.hour, 1.1)))
        return max(0, whole) + hour / 24

    def _study(self, lesson: Lesson, plan: Plan, at: datetime) -> list[Seen]:
        if self._passes_over(lesson, plan):
            return []
        share, scroll, wanders = 1.0, 100, self.traits.wanders
        is_second = self._read.get(lesson.pk, 0) > 0.5
        if is_second:
            share = self._chance.uniform(0.1, 0.5)
            scroll = self._chance.randint(40, 100)
        elif self._chance.random() < self.traits.skims:
            share, wanders = self._chance.uniform(0.04, 0.16), 0.0
        share *= self._chance.lognormvariate(0, 0.22)
        self._read[lesson.pk] = min(1.0, self._read.get(lesson.pk, 0) + share * 1.15)
        page = reading.sit(
            self._chance,
            lesson.get_absolute_url(),
            at,
            Sitting(
                active_seconds=lesson.expected_minutes
                * 60
                * share
                * self.traits.pace
                * self._on_page(lesson),
                scroll=scroll,
                wanders=wanders,
                media_share=self._chance.uniform(0.2, 0.5) if lesson.kind == Lesson.Kind.VIDEO else 0,
            ),
        )
        if share > 0.3 and not is_second and self._chance.random() < self.traits.marks_done:
            LessonCompletion.objects.get_or_create(
                lesson=lesson, learner=self._learner, defaults={"completed_at": page.closed_at}
            )
        return [page]

    def _on_page(self, lesson: Lesson) -> float:
        """Return how much of the time a lesson takes is spent on its page: a document is read elsewhere."""
        return self._chance.uniform(0.3, 0.7) if lesson.kind == Lesson.Kind.DOCUMENT else 1.0

    def _passes_over(self, lesson: Lesson, plan: Plan) -> bool:
        if lesson.slug in self.traits.without_lessons:
            return True
        if plan.is_again:
            return plan.part.number in self.traits.blank_parts & self.traits.without_parts
        if plan.part.number in self.traits.without_parts:
            return True
        return self._chance.random() < self.traits.passes_over

    def _try(self, quiz: Quiz, plan: Plan, at: datetime) -> list[Seen]:
        tried = list(quiz.attempts.by(self._learner))
        if any(attempt.passed for attempt in tried) or len(tried) >= (quiz.attempt_limit or 9):
            return []
        attempt = attempts.start(quiz, self._learner, now=at)
        questions = self._syllabus.questions[quiz.pk]
        seconds = sum(self._chance.uniform(18, 70) for _ in questions) * self.traits.pace
        page = reading.sit(
            self._chance, attempt.get_absolute_url(), at, Sitting(active_seconds=seconds, wanders=0.1)
        )
        attempts.keep(
            attempt, self._responses(quiz, tried, is_blank=plan.part.number in self.traits.blank_parts)
        )
        attempt = attempts.submit(attempt, now=page.closed_at)
        result = reading.sit(
            self._chance,
            attempt.get_absolute_url(),
            page.closed_at + timedelta(seconds=1),
            Sitting(active_seconds=self._chance.uniform(15, 120)),
        )
        if not attempt.passed:
            self._plan_another(attempt, plan, result.closed_at)
        return [page, result]

    def _responses(
        self, quiz: Quiz, tried: Sequence[Attempt], *, is_blank: bool
    ) -> Iterator[attempts.Response]:
        known = set()
        if tried:
            known = set(tried[-1].answers.filter(is_correct=True).values_list("question_id", flat=True))
        for question in self._syllabus.questions[quiz.pk]:
            right = self._chance_of_right(question, tried_count=len(tried))
            if is_blank:
                right *= 0.45
            elif question.pk in known:
                right = max(right, REMEMBERED * self.traits.learns)
            yield answering.respond(self._chance, question, is_right=self._chance.random() < right)

    def _chance_of_right(self, question: Question, *, tried_count: int) -> float:
        read = self._read.get(question.lesson_id or 0, 0.0)
        learned = READ * read + TRIED_BEFORE * tried_count * self.traits.learns
        logit = KNOWLEDGE + self.traits.ability + learned - self._syllabus.difficulty(question)
        most = self._syllabus.most_right(question, try_number=tried_count + 1)
        return min(most, answering.chance_of_right(question, logit=logit))

    def _plan_another(self, attempt: Attempt, plan: Plan, at: datetime) -> None:
        if plan.part.number in self.traits.blank_parts or self._chance.random() > self.traits.retries:
            return
        lessons: list[Lesson] = []
        if plan.part.number in self.traits.without_parts:
            lessons = list(plan.part.lessons)
        elif self._chance.random() < self.traits.goes_back:
            missed = set(
                attempt.answers.filter(is_correct=False).values_list("question__lesson_id", flat=True)
            )
            lessons = [
                lesson for part in self._syllabus.parts for lesson in part.lessons if lesson.pk in missed
            ]
        day = (at - self._term.moment(0)) / timedelta(days=1)
        stays = self._chance.random() < STAYS and not lessons
        later = self._habitual(day + self._chance.uniform(*self.traits.retries_after))
        when = day + 0.01 if stays else max(day + 0.02, later)
        heapq.heappush(
            self._plans, Plan(when, plan.order, [*lessons, attempt.quiz], plan.part, is_again=True)
        )

    def _with_last_left_open(self, pages: list[Seen]) -> list[Seen]:
        if not pages or not self.traits.left_open:
            return pages
        *before, last = pages
        return [*before, reading.left_open(last, min(self.traits.left_open, self._term.now - last.closed_at))]

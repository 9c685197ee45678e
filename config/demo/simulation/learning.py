"""One learner's way through one course, visit by visit."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.models import User

from config.demo.simulation import reading, using
from config.demo.simulation.browser import Browser
from config.demo.simulation.knowing import Knowledge
from config.demo.simulation.people import Traits
from config.demo.simulation.planning import COMES_BACK, Plan, Planner
from config.demo.simulation.reading import Seen, Sitting
from config.demo.simulation.syllabus import Syllabus
from config.demo.simulation.term import Term
from courses import attempts
from courses.models import Attempt, Lesson, LessonCompletion, Quiz

LONGEST_VISIT = timedelta(minutes=150)
"""A visit that begins this long before now may not be over, and is left out."""

LONGEST_STEP = timedelta(minutes=90)

LOOKS_UP = 0.2
"""Chance that a lesson is opened beside a quiz, in a second tab."""


class Learning:
    """A learner in a course. ``next_at`` says when they come next, ``come`` lets them."""

    def __init__(self, learner: User, syllabus: Syllabus, traits: Traits, *, term: Term, seed: str) -> None:
        self._learner = learner
        self._syllabus = syllabus
        self._traits = traits
        self._term = term
        self._chance = Random(f"{seed}/{syllabus.course.slug}/{learner.username}")  # noqa: S311  to be the same again
        self._browser = Browser(learner.pk, self._chance, now=term.now)
        self._knowledge = Knowledge(syllabus, traits, self._chance)
        self._planner = Planner(traits, syllabus, term, self._chance)
        self._plans = sorted(self._planner.visits()) if traits.starts else []
        self._free_at = term.moment(0)
        self.event_count = 0

    @property
    def next_at(self) -> datetime | None:
        """The beginning of the next visit; ``None`` where there is none before now."""
        if not self._plans:
            return None
        day = self._plans[0].day
        has_stopped = self._traits.stops_on is not None and day >= self._traits.stops_on
        at = max(self._term.moment(day), self._free_at)
        return None if has_stopped or at > self._term.now - LONGEST_VISIT else at

    def come(self) -> None:
        """Go through what is planned for the next visit. There must be one."""
        at = self.next_at
        if at is None:
            raise ValueError(f"{self._learner} has no visit left. Ask next_at first.")
        plan = self._as_it_comes(heapq.heappop(self._plans))
        pages: list[Seen] = []
        for step in plan.steps:
            if at > self._term.now - LONGEST_STEP:
                break
            opened = self._study(step, plan, at) if isinstance(step, Lesson) else self._try(step, plan, at)
            pages += opened
            at = max((page.closed_at for page in opened), default=at)
            at += timedelta(seconds=self._chance.uniform(2, 40))
        pages += self._peek(at) if pages else []
        self._free_at = at + timedelta(minutes=5)
        if self._traits.shares:
            self.event_count += self._browser.send(self._with_last_left_open(pages))

    def _as_it_comes(self, plan: Plan) -> Plan:
        """Return ``plan``, or what somebody who has stalled does instead: read old lessons, every other day."""
        if self._traits.stalls_on is None or plan.day < self._traits.stalls_on:
            return plan
        old = [
            lesson
            for part in self._syllabus.parts
            for lesson in part.lessons
            if self._knowledge.has_read(lesson)
        ]
        self._plans = [self._planner.another_visit(plan, after_days=2)]
        return replace(plan, steps=[self._chance.choice(old)] if old else [], is_again=True)

    def _study(self, lesson: Lesson, plan: Plan, at: datetime) -> list[Seen]:
        if self._passes_over(lesson, plan):
            return []
        was_read = self._knowledge.has_read(lesson)
        breaks_off = not plan.is_again and self._chance.random() < self._traits.breaks_off
        share = self._share(was_read=was_read, breaks_off=breaks_off)
        self._knowledge.read(lesson, share * 1.15)
        page = reading.sit(
            self._chance, lesson.get_absolute_url(), at, self._sitting(lesson, share, breaks_off=breaks_off)
        )
        if breaks_off:
            if self._chance.random() < COMES_BACK:
                rest = self._planner.rest_of(lesson, plan.part, self._term.day_at(page.closed_at))
                heapq.heappush(self._plans, rest)
        elif share > 0.3 and not was_read and self._chance.random() < self._traits.marks_done:
            LessonCompletion.objects.get_or_create(
                lesson=lesson, learner=self._learner, defaults={"completed_at": page.closed_at}
            )
        return [replace(page, used=using.use(page, lesson))]

    def _share(self, *, was_read: bool, breaks_off: bool) -> float:
        """Return how much of a lesson is taken in this time, by the time spent on it."""
        share = self._chance.lognormvariate(0, 0.22)
        if was_read:
            return share * self._chance.uniform(0.1, 0.5)
        if breaks_off:
            return share * self._chance.uniform(0.15, 0.6)
        return (
            share * self._chance.uniform(0.04, 0.16) if self._chance.random() < self._traits.skims else share
        )

    def _sitting(self, lesson: Lesson, share: float, *, breaks_off: bool) -> Sitting:
        # A document is read elsewhere, and a video runs for some of the time.
        on_page = self._chance.uniform(0.3, 0.7) if lesson.kind == Lesson.Kind.DOCUMENT else 1.0
        media_share = self._chance.uniform(0.2, 0.5) if lesson.kind == Lesson.Kind.VIDEO else 0.0
        return Sitting(
            active_seconds=lesson.expected_minutes * 60 * share * self._traits.pace * on_page,
            scroll=self._chance.randint(20, 75) if breaks_off else 100,
            wanders=self._traits.wanders if share > 0.2 else 0.0,
            media_share=media_share,
        )

    def _peek(self, at: datetime) -> list[Seen]:
        """Return the page of the next lesson, opened for a moment."""
        lessons = [step for plan in self._plans[:1] for step in plan.steps if isinstance(step, Lesson)]
        if not lessons or self._chance.random() > self._traits.peeks:
            return []
        glance = Sitting(active_seconds=self._chance.uniform(1.2, 4.5), scroll=self._chance.randint(5, 30))
        return [reading.sit(self._chance, lessons[0].get_absolute_url(), at, glance)]

    def _passes_over(self, lesson: Lesson, plan: Plan) -> bool:
        number = plan.part.number
        if lesson.slug in self._traits.without_lessons:
            return True
        if number in self._traits.without_parts:
            return not plan.is_again or number in self._traits.blank_parts
        return not plan.is_again and self._chance.random() < self._traits.passes_over

    def _try(self, quiz: Quiz, plan: Plan, at: datetime) -> list[Seen]:
        tried = list(quiz.attempts.by(self._learner))
        if any(attempt.passed for attempt in tried) or attempts.count_left(quiz, self._learner) == 0:
            return []
        attempt = attempts.start(quiz, self._learner, now=at)
        pages = self._in_front_of(attempt, plan, at)
        attempts.save_answers(attempt, self._knowledge.answers(quiz, tried, part_number=plan.part.number))
        attempt = attempts.submit(attempt, now=pages[0].closed_at)
        looks_at_result = Sitting(active_seconds=self._chance.uniform(15, 120))
        result_at = pages[0].closed_at + timedelta(seconds=1)
        result = reading.sit(self._chance, attempt.get_absolute_url(), result_at, looks_at_result)
        if not attempt.passed:
            self._plan_another_try(attempt, plan, result.closed_at)
        return [*pages, result]

    def _in_front_of(self, attempt: Attempt, plan: Plan, at: datetime) -> list[Seen]:
        """Return the page of an attempt in progress, and that of a lesson beside it where one is looked up."""
        questions = self._syllabus.questions[attempt.quiz_id]
        seconds = sum(self._chance.uniform(18, 70) for _ in questions) * self._traits.pace
        sitting = Sitting(active_seconds=seconds, wanders=0.1)
        page = reading.sit(self._chance, attempt.get_absolute_url(), at, sitting)
        known = [lesson for lesson in plan.part.lessons if self._knowledge.has_read(lesson)]
        if not known or self._chance.random() > LOOKS_UP:
            return [page]
        lesson = self._chance.choice(known)
        after = timedelta(seconds=seconds * self._chance.uniform(0.2, 0.6))
        looks_up = Sitting(active_seconds=self._chance.uniform(20, 150), scroll=self._chance.randint(20, 100))
        beside = reading.sit(self._chance, lesson.get_absolute_url(), at + after, looks_up)
        return [reading.hidden(page, beside), beside]

    def _plan_another_try(self, attempt: Attempt, plan: Plan, at: datetime) -> None:
        if plan.part.number in self._traits.blank_parts or self._chance.random() > self._traits.retries:
            return
        lessons: Sequence[Lesson] = ()
        if plan.part.number in self._traits.without_parts:
            lessons = plan.part.lessons
        elif self._chance.random() < self._traits.goes_back:
            lessons = list(self._missed(attempt))
        day = self._term.day_at(at)
        heapq.heappush(self._plans, self._planner.another_try(attempt.quiz, lessons, plan.part, day))

    def _missed(self, attempt: Attempt) -> Iterator[Lesson]:
        wrong = attempt.answers.filter(is_correct=False).values_list("question__lesson_id", flat=True)
        missed = set(wrong)
        for part in self._syllabus.parts:
            yield from (lesson for lesson in part.lessons if lesson.pk in missed)

    def _with_last_left_open(self, pages: list[Seen]) -> list[Seen]:
        if not pages or not self._traits.left_open:
            return pages
        *before, last = pages
        return [
            *before,
            reading.left_open(last, min(self._traits.left_open, self._term.now - last.closed_at)),
        ]

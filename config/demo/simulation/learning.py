"""Simulate one learner's way through one course, visit by visit."""

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
from config.demo.simulation.planning import RESUME_PROBABILITY, Plan, Planner
from config.demo.simulation.reading import ReadingPattern, ViewedPage
from config.demo.simulation.syllabus import Syllabus
from config.demo.simulation.term import Term
from courses import attempts
from courses.models import Attempt, Lesson, LessonCompletion, Quiz

LONGEST_VISIT = timedelta(minutes=150)
"""A visit that begins less than this before now may not be over, and is left out."""

LONGEST_STEP = timedelta(minutes=90)

LOOK_UP_PROBABILITY = 0.2
"""Probability that a learner opens a lesson in a second tab during a quiz."""


class Learning:
    """A learner in a course. ``next_at`` is the time of the next visit, ``come`` simulates it."""

    def __init__(self, learner: User, syllabus: Syllabus, traits: Traits, *, term: Term, seed: str) -> None:
        self._learner = learner
        self._syllabus = syllabus
        self._traits = traits
        self._term = term
        self._rng = Random(f"{seed}/{syllabus.course.slug}/{learner.username}")  # noqa: S311  a simulation must be repeatable
        self._browser = Browser(learner.pk, self._rng, now=term.now)
        self._knowledge = Knowledge(syllabus, traits, self._rng)
        self._planner = Planner(traits, syllabus, term, self._rng)
        self._plans = sorted(self._planner.visits()) if traits.starts else []
        self._free_at = term.moment(0)
        self.event_count = 0

    @property
    def next_at(self) -> datetime | None:
        """The start of the next visit; ``None`` if there is none before now."""
        if not self._plans:
            return None
        day = self._plans[0].day
        has_stopped = self._traits.stops_on is not None and day >= self._traits.stops_on
        at = max(self._term.moment(day), self._free_at)
        return None if has_stopped or at > self._term.now - LONGEST_VISIT else at

    def come(self) -> None:
        """Simulate the next visit and send its events. Raises ``ValueError`` if there is none."""
        at = self.next_at
        if at is None:
            raise ValueError(f"{self._learner} has no visit left. Check next_at first.")
        plan = self._adapt(heapq.heappop(self._plans))
        pages: list[ViewedPage] = []
        for step in plan.steps:
            if at > self._term.now - LONGEST_STEP:
                break
            opened = (
                self._study(step, plan, at) if isinstance(step, Lesson) else self._attempt(step, plan, at)
            )
            pages += opened
            at = max((page.closed_at for page in opened), default=at)
            at += timedelta(seconds=self._rng.uniform(2, 40))
        pages += self._peek(at) if pages else []
        self._free_at = at + timedelta(minutes=5)
        if self._traits.shares:
            self.event_count += self._browser.send(self._with_last_left_open(pages))

    def _adapt(self, plan: Plan) -> Plan:
        """Return ``plan``, or for a stalled learner a visit to a lesson already read, every other day."""
        if self._traits.stalls_on is None or plan.day < self._traits.stalls_on:
            return plan
        read_lessons = [
            lesson
            for part in self._syllabus.parts
            for lesson in part.lessons
            if self._knowledge.has_read(lesson)
        ]
        self._plans = [self._planner.another_visit(plan, after_days=2)]
        return replace(plan, steps=[self._rng.choice(read_lessons)] if read_lessons else [], is_again=True)

    def _study(self, lesson: Lesson, plan: Plan, at: datetime) -> list[ViewedPage]:
        if self._skips(lesson, plan):
            return []
        was_read = self._knowledge.has_read(lesson)
        interrupts = not plan.is_again and self._rng.random() < self._traits.interrupts
        share = self._share_read(was_read=was_read, interrupts=interrupts)
        self._knowledge.read(lesson, share * 1.15)
        page = reading.view_page(
            self._rng,
            lesson.get_absolute_url(),
            at,
            self._reading_pattern(lesson, share, interrupts=interrupts),
        )
        if interrupts:
            if self._rng.random() < RESUME_PROBABILITY:
                rest = self._planner.rest_of(lesson, plan.part, self._term.day_at(page.closed_at))
                heapq.heappush(self._plans, rest)
        elif share > 0.3 and not was_read and self._rng.random() < self._traits.marks_done:
            LessonCompletion.objects.get_or_create(
                lesson=lesson, learner=self._learner, defaults={"completed_at": page.closed_at}
            )
        return [replace(page, extra_events=using.use_page(page, lesson))]

    def _share_read(self, *, was_read: bool, interrupts: bool) -> float:
        """Return the share of a lesson that is read in this visit."""
        share = self._rng.lognormvariate(0, 0.22)
        if was_read:
            return share * self._rng.uniform(0.1, 0.5)
        if interrupts:
            return share * self._rng.uniform(0.15, 0.6)
        return share * self._rng.uniform(0.04, 0.16) if self._rng.random() < self._traits.skims else share

    def _reading_pattern(self, lesson: Lesson, share: float, *, interrupts: bool) -> ReadingPattern:
        # A document is partly read outside the page, and a video plays for part of the time.
        on_page = self._rng.uniform(0.3, 0.7) if lesson.kind == Lesson.Kind.DOCUMENT else 1.0
        media_share = self._rng.uniform(0.2, 0.5) if lesson.kind == Lesson.Kind.VIDEO else 0.0
        return ReadingPattern(
            active_seconds=lesson.expected_minutes * 60 * share * self._traits.pace * on_page,
            scroll=self._rng.randint(20, 75) if interrupts else 100,
            wanders=self._traits.wanders if share > 0.2 else 0.0,
            media_share=media_share,
        )

    def _peek(self, at: datetime) -> list[ViewedPage]:
        """Return the page of the next lesson, opened briefly, or nothing."""
        lessons = [step for plan in self._plans[:1] for step in plan.steps if isinstance(step, Lesson)]
        if not lessons or self._rng.random() > self._traits.peeks:
            return []
        glance = ReadingPattern(active_seconds=self._rng.uniform(1.2, 4.5), scroll=self._rng.randint(5, 30))
        return [reading.view_page(self._rng, lessons[0].get_absolute_url(), at, glance)]

    def _skips(self, lesson: Lesson, plan: Plan) -> bool:
        number = plan.part.number
        if lesson.slug in self._traits.skipped_lessons:
            return True
        if number in self._traits.skipped_parts:
            return not plan.is_again or number in self._traits.failed_parts
        return not plan.is_again and self._rng.random() < self._traits.skips

    def _attempt(self, quiz: Quiz, plan: Plan, at: datetime) -> list[ViewedPage]:
        earlier = list(quiz.attempts.by(self._learner))
        if any(attempt.passed for attempt in earlier) or attempts.count_left(quiz, self._learner) == 0:
            return []
        attempt = attempts.start(quiz, self._learner, now=at)
        pages = self._take_attempt(attempt, plan, at)
        attempts.save_answers(attempt, self._knowledge.answers(quiz, earlier, part_number=plan.part.number))
        attempt = attempts.submit(attempt, now=pages[0].closed_at)
        result_pattern = ReadingPattern(active_seconds=self._rng.uniform(15, 120))
        result_at = pages[0].closed_at + timedelta(seconds=1)
        result = reading.view_page(self._rng, attempt.get_absolute_url(), result_at, result_pattern)
        if not attempt.passed:
            self._plan_next_attempt(attempt, plan, result.closed_at)
        return [*pages, result]

    def _take_attempt(self, attempt: Attempt, plan: Plan, at: datetime) -> list[ViewedPage]:
        """Return the page of an attempt, and of the lesson if the learner looks one up in a second tab."""
        questions = self._syllabus.questions[attempt.quiz_id]
        seconds = sum(self._rng.uniform(18, 70) for _ in questions) * self._traits.pace
        pattern = ReadingPattern(active_seconds=seconds, wanders=0.1)
        page = reading.view_page(self._rng, attempt.get_absolute_url(), at, pattern)
        known = [lesson for lesson in plan.part.lessons if self._knowledge.has_read(lesson)]
        if not known or self._rng.random() > LOOK_UP_PROBABILITY:
            return [page]
        lesson = self._rng.choice(known)
        after = timedelta(seconds=seconds * self._rng.uniform(0.2, 0.6))
        look_up_pattern = ReadingPattern(
            active_seconds=self._rng.uniform(20, 150), scroll=self._rng.randint(20, 100)
        )
        lesson_page = reading.view_page(self._rng, lesson.get_absolute_url(), at + after, look_up_pattern)
        return [reading.hide_during(page, lesson_page), lesson_page]

    def _plan_next_attempt(self, attempt: Attempt, plan: Plan, at: datetime) -> None:
        if plan.part.number in self._traits.failed_parts or self._rng.random() > self._traits.retries:
            return
        lessons: Sequence[Lesson] = ()
        if plan.part.number in self._traits.skipped_parts:
            lessons = plan.part.lessons
        elif self._rng.random() < self._traits.goes_back:
            lessons = list(self._missed(attempt))
        day = self._term.day_at(at)
        heapq.heappush(self._plans, self._planner.next_attempt(attempt.quiz, lessons, plan.part, day))

    def _missed(self, attempt: Attempt) -> Iterator[Lesson]:
        wrong = attempt.answers.filter(is_correct=False).values_list("question__lesson_id", flat=True)
        missed = set(wrong)
        for part in self._syllabus.parts:
            yield from (lesson for lesson in part.lessons if lesson.pk in missed)

    def _with_last_left_open(self, pages: list[ViewedPage]) -> list[ViewedPage]:
        if not pages or not self._traits.left_open:
            return pages
        *before, last = pages
        return [
            *before,
            reading.leave_open(last, min(self._traits.left_open, self._term.now - last.closed_at)),
        ]

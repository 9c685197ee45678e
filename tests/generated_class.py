"""A class made from a seed: an outline with a module in a module, learners who do different things, all rollups."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests import factories
from tests.messages import progress
from tests.school import School, node
from tracking import jobs
from tracking.events import UnitKind
from tracking.lms.values import OutlineNode
from tracking.models import Answer

COURSE = "c"
LESSONS = ("a", "b", "c", "d", "optional")
QUIZZES = ("q", "r")
QUESTIONS = {"q": ("1", "2", "3"), "r": ("4",)}
OPENED_AT = timedelta(days=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedClass:
    """Who is in it, by what they let be recorded."""

    sharing: tuple[Any, ...]
    silent: tuple[Any, ...]


def make(
    seed: int, size: int, school: School, make_learner: Any, send_online: Any, *, now: datetime
) -> GeneratedClass:
    """Make a class of ``size``, all in one group, and let the jobs run.

    In ten learners one shares nothing and one is excused from a module; the others go on to a lesson by chance.
    """
    chance = random.Random(seed)
    school.course(
        COURSE,
        nodes=(
            OutlineNode(key="m", kind=UnitKind.MODULE, title="Module m"),
            node("a", expected_seconds=100),
            node("b"),
            OutlineNode(key="inner", kind=UnitKind.MODULE, title="Module inner", parent_key="m"),
            node("c", parent_key="inner", expected_seconds=200),
            node("q", UnitKind.QUIZ, parent_key="inner"),
            OutlineNode(key="n", kind=UnitKind.MODULE, title="Module n"),
            node("d", parent_key="n", due_at=now - timedelta(days=1)),
            node("r", UnitKind.QUIZ, parent_key="n"),
            node("gone", parent_key="n", is_available=False),
            node("optional", parent_key="", is_required=False),
        ),
        starts_at=now - timedelta(days=30),
    )
    sharing: list[Any] = []
    silent: list[Any] = []
    for number in range(size):
        is_silent = number % 10 == 3
        learner = make_learner(f"learner{number}", **({"purposes": ()} if is_silent else {}))
        excused = {"excused_unit_keys": ("n",)} if number % 10 == 6 else {}
        school.enrol(learner, COURSE, group_key="g", group_title="G", **excused)
        (silent if is_silent else sharing).append(learner)
        for quiz in QUIZZES:
            _attempt(learner, quiz, chance, now=now)
        if not is_silent:
            _read(learner, chance, send_online, now=now)
    jobs.refresh_outlines(now=now)
    jobs.roll_up(now=now)
    return GeneratedClass(sharing=tuple(sharing), silent=tuple(silent))


def _read(learner: Any, chance: random.Random, send_online: Any, *, now: datetime) -> None:
    pages = []
    for unit in LESSONS:
        if chance.random() < 0.3:
            continue
        at = now - chance.random() * OPENED_AT
        milliseconds = chance.choice((1_000, 9_000, 30_499, 30_500, chance.randrange(40_000, 400_000)))
        pages.append(progress(at, unit, [[0, milliseconds]], payload={"scroll": chance.choice((10, 100))}))
    send_online(learner, *pages)


def _attempt(learner: Any, quiz: str, chance: random.Random, *, now: datetime) -> None:
    """Let a learner try a quiz up to three times; some tries are not graded, and some scores are odd."""
    for number in range(chance.randrange(4)):
        at = now - timedelta(days=4 - number)
        score = chance.choice((None, -1, 3, 6.25, 9, 12))
        attempt = factories.AttemptFactory.create(
            learner=learner, course_key=COURSE, unit_key=quiz, score=score, started_at=at, submitted_at=at,
            is_passed=None if score is None else score > 5,
        )  # fmt: skip
        for question in QUESTIONS[quiz]:
            Answer.objects.create(
                attempt=attempt,
                question_key=question,
                is_correct=chance.choice((True, True, False)),
                chosen=[chance.choice("xyz")],
                lesson_keys=[chance.choice("ab")],
            )

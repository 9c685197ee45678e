"""How a lesson's page is used while it is read: where its reader stays, what they play, what they click in vain."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from random import Random
from typing import Any

from django.utils.text import slugify

from config.demo.simulation.reading import Seen, Used
from courses.models import Lesson
from tracking.events import FRICTION, MEDIA_PLAYED, PAGE_DETAILS

HEADING = re.compile(r"^#{1,3} +(.+?) *$", re.MULTILINE)
CLICKS_IN_VAIN = 0.3
"""Share of the readers of a video's page who click its picture, which does nothing."""


def use(page: Seen, lesson: Lesson) -> tuple[Used, ...]:
    """Return what is told of ``page`` besides its times. The same page is always used in the same way."""
    # Not from the learner's own chances: what they do next must not hang on how much is told of a page.
    chance = Random(f"{page.path} {page.opened_at.isoformat()}")  # noqa: S311  # chance of a simulation
    return tuple(_use(page, lesson, chance)) if page.reports else ()


def _use(page: Seen, lesson: Lesson, chance: Random) -> Iterator[Used]:
    last = page.reports[-1]
    names = [slugify(heading, allow_unicode=True) for heading in HEADING.findall(lesson.body)]
    reached = names[: max(1, round(len(names) * last.scroll / 100))]
    weights = [_pull(name) * chance.uniform(0.6, 1.4) for name in reached]
    sections = [
        [name, round(last.active * weight / sum(weights))]
        for name, weight in zip(reached, weights, strict=True)
    ]
    if sections:
        yield _used(PAGE_DETAILS, last.elapsed, {"sections": sections, "turns": chance.randint(0, 6)})
    if last.media:
        name = PurePosixPath(lesson.media_file).name
        yield _used(MEDIA_PLAYED, last.elapsed, {"name": name, "spans": [[0, last.media]]})
        if chance.random() < CLICKS_IN_VAIN:
            yield _used(FRICTION, last.elapsed // 2, {"kind": "dead", "element": "button", "name": "poster"})


def _pull(name: str) -> float:
    """Return how long a section holds its readers, compared with the others."""
    return Random(name).uniform(0.5, 2.0)  # noqa: S311  # chance of a simulation


def _used(kind: str, elapsed: int, payload: dict[str, Any]) -> Used:
    return Used(kind=kind, elapsed=elapsed, payload=payload)

"""Simulate how a lesson's page is used: time by section, media played, dead clicks."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from random import Random
from typing import Any

from django.utils.text import slugify

from config.demo.simulation.reading import ExtraEvent, ViewedPage
from courses.models import Lesson
from tracking.events import FRICTION, MEDIA_PLAYED, PAGE_DETAILS

HEADING = re.compile(r"^#{1,3} +(.+?) *$", re.MULTILINE)
DEAD_CLICKS = 0.3
"""Share of readers of a video lesson who click the poster, which does nothing."""


def use_page(page: ViewedPage, lesson: Lesson) -> tuple[ExtraEvent, ...]:
    """Return the extra events of ``page``. The same page is always used in the same way."""
    # A separate generator: the learner's next steps must not depend on how many events a page reports.
    rng = Random(f"{page.path} {page.opened_at.isoformat()}")  # noqa: S311  # a simulation needs no secure randomness
    return tuple(_extra_events(page, lesson, rng)) if page.reports else ()


def _extra_events(page: ViewedPage, lesson: Lesson, rng: Random) -> Iterator[ExtraEvent]:
    last = page.reports[-1]
    names = [slugify(heading, allow_unicode=True) for heading in HEADING.findall(lesson.body)]
    reached = names[: max(1, round(len(names) * last.scroll / 100))]
    weights = [_section_weight(name) * rng.uniform(0.6, 1.4) for name in reached]
    sections = [
        [name, round(last.active * weight / sum(weights))]
        for name, weight in zip(reached, weights, strict=True)
    ]
    if sections:
        yield _event(PAGE_DETAILS, last.elapsed, {"sections": sections, "turns": rng.randint(0, 6)})
    if last.media:
        name = PurePosixPath(lesson.media_file).name
        yield _event(MEDIA_PLAYED, last.elapsed, {"name": name, "spans": [[0, last.media]]})
        if rng.random() < DEAD_CLICKS:
            yield _event(FRICTION, last.elapsed // 2, {"kind": "dead", "element": "button", "name": "poster"})


def _section_weight(name: str) -> float:
    """Return the weight of a section: how long readers stay, compared with other sections."""
    return Random(name).uniform(0.5, 2.0)  # noqa: S311  # a simulation needs no secure randomness


def _event(kind: str, elapsed: int, payload: dict[str, Any]) -> ExtraEvent:
    return ExtraEvent(kind=kind, elapsed=elapsed, payload=payload)

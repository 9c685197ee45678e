"""Learners whose course takes a turn that an instructor should notice, and the course of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from config.demo.simulation.people import Person, Traits


class Story(StrEnum):
    """What happens to a learner."""

    SKIPPED_MODULE = "skipped a module"
    """Skips the whole second module, and fails its quiz."""
    STRUGGLES = "struggles"
    """Reads everything carefully, and still fails."""
    STOPPED = "stopped"
    """Started well, and has not come for weeks."""
    RECOVERED = "recovered"
    """Failed the second quiz, went back to the lessons, and passed."""
    NEVER_STARTED = "never started"
    TAB_LEFT_OPEN = "tab left open"
    """Reads in the morning and leaves the page open until the evening."""
    STALLED = "stalled"
    """Did well until the second module; since then only returns to known lessons."""
    SPINS = "spins"
    """Attempts the same quiz again and again, and learns nothing from it."""
    FADES = "fades"
    """Is far ahead of the class, and has not reviewed the first modules."""
    FALLS_BEHIND = "falls behind"
    """Still comes, but rarely and late, and is further behind with every module."""
    MIDWAY = "midway"
    """Does well, except for one skipped lesson and one failed quiz: Lena, the learner to log in as."""


STEADY = Traits(skips=0, skims=0, interrupts=0)
"""The traits behind every story. Random mishaps are off, because they would change the story."""

TRAITS: Mapping[Story, Traits] = {
    Story.SKIPPED_MODULE: replace(
        STEADY, ability=1.0, skipped_parts=frozenset({2}), failed_parts=frozenset({2})
    ),
    Story.STRUGGLES: replace(
        STEADY, ability=-3.0, learns=0.2, pace=1.5, visit_count=6, lead_days=(1, 5), marks_done=1,
        retries=1, goes_back=1, looks_back=1,
    ),
    Story.STOPPED: replace(STEADY, ability=0.8, lead_days=(3, 8), stops_on=44),
    Story.RECOVERED: replace(
        STEADY, ability=1.6, skipped_parts=frozenset({2}), retries=1, retries_after=(8, 10), goes_back=1,
        lead_days=(9, 12),
    ),
    Story.NEVER_STARTED: Traits(starts=False, takes_messages=False),
    Story.TAB_LEFT_OPEN: replace(
        STEADY, ability=1.2, hour=7.5, weekend=0, wanders=0.1, left_open=timedelta(hours=9)
    ),
    Story.STALLED: replace(STEADY, ability=1.4, lead_days=(2, 5), weekend=0, looks_back=0, stalls_on=38),
    Story.SPINS: replace(
        STEADY, ability=-4.0, learns=0, visit_count=3, lead_days=(3, 7), retries=1, retries_after=(0.5, 1.5),
        goes_back=0, pace=0.9,
    ),
    Story.FADES: replace(
        STEADY, ability=2.5, tempo=0.95, lead_days=(3, 5), weekend=0, visit_count=6, looks_back=0, retries=1,
    ),
    Story.FALLS_BEHIND: replace(
        STEADY, ability=1.2, tempo=1.75, lead_days=(0, 1), visit_count=6, looks_back=0, peeks=0, retries=1,
    ),
    Story.MIDWAY: replace(
        STEADY, ability=1.2, lead_days=(4, 9), skipped_lessons=frozenset({"logging-in"}),
        failed_parts=frozenset({4}), wanders=0.15,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A person with their story."""

    person: Person
    story: Story


def _role(username: str, given: str, family: str, story: Story) -> Role:
    return Role(person=Person(username=username, given=given, family=family), story=story)


ROLES: Mapping[str, tuple[Role, ...]] = {
    "how-the-web-works": (
        _role("skye", "Skye", "Sullivan", Story.SKIPPED_MODULE),
        _role("bao", "Bảo", "Trần", Story.STRUGGLES),
        _role("gustav", "Gustav", "Gonne", Story.STOPPED),
        _role("priya", "Priya", "Raman", Story.RECOVERED),
        _role("nils", "Nils", "Nilsson", Story.NEVER_STARTED),
        _role("olga", "Ольга", "Смирнова", Story.TAB_LEFT_OPEN),
    ),
    "learning-to-learn": (
        _role("skander", "Skander", "Ben Ali", Story.SKIPPED_MODULE),
        _role("gwen", "Gwen", "Price", Story.STOPPED),
        _role("stella", "Stella", "Steiner", Story.STALLED),
        _role("wim", "Wim", "de Wit", Story.SPINS),
        _role("nilufar", "نیلوفر", "کریمی", Story.NEVER_STARTED),
    ),
    "reading-data": (
        _role("bilge", "Bilge", "Öztürk", Story.STRUGGLES),
        _role("pilar", "Pilar", "Navarro", Story.RECOVERED),
        _role("fenna", "Fenna", "Visser", Story.FADES),
        _role("leo", "Leo", "López", Story.FALLS_BEHIND),
        _role("nina", "Nina", "Nowak", Story.NEVER_STARTED),
    ),
}
"""The roles in each course, by its slug."""

"""Whether findings tell the learners who need somebody from those who do not: ``make bench-findings``.

Classes are simulated, ``SEEDS`` of them twice (3 unless given): once with nobody in trouble and no lesson too hard, and
once with the stories of the demo planted among the same learners. In the first class every finding that an instructor
sees is a false alarm. In the second a story is told where one of its reasons is among the first three of its learner;
it is missed otherwise, and what is said of the others is false. A class finding is told where it names the planted
lesson among the first three.

``MEMBERS`` says how many learners a class has besides those with a story (20 unless given).
"""

import io
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from django.core.management import call_command

from benchmarks import database  # noqa: F401  Opens the database.
from config.demo.simulation import people, playing, populating, stories, syllabus
from config.demo.simulation.people import Person, Traits
from config.demo.simulation.stories import Story
from courses.models import Course
from tracking import tasks
from tracking.findings import rules
from tracking.reports.course import overview
from tracking.reports.course.overview import ClassOverview

SEEDS = int(os.environ.get("SEEDS", "3"))
MEMBERS = int(os.environ.get("MEMBERS", "20"))
NOW = datetime(2026, 3, 25, 12, tzinfo=UTC)
COURSE = "how-the-web-works"
HARD = syllabus.TOO_HARD[COURSE]
FIRST = 3
TARGET = 0.95

EXPECTED: Mapping[Story, frozenset[str]] = {
    Story.SKIPPED_MODULE: frozenset({"missed_not_covered"}),
    Story.STRUGGLES: frozenset(
        {
            "repeated_failure",
            "wheel_spinning",
            "low_mastery",
            "missed_long_time",
            "missed_questions",
        }
    ),
    Story.STOPPED: frozenset({"inactive"}),
    Story.NEVER_STARTED: frozenset({"never_started"}),
    Story.STALLED: frozenset({"stalled"}),
    Story.SPINS: frozenset({"wheel_spinning", "repeated_failure"}),
    Story.FALLS_BEHIND: frozenset({"at_risk", "skipped"}),
}
"""The reasons by which each story is told. The other stories are of learners who are well by now."""


@dataclass(slots=True)
class Tally:
    """What was told, by the reason: rightly, and of learners or lessons with whom all is well."""

    true: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    false_when_well: Counter[str] = field(default_factory=Counter)
    false_beside_stories: Counter[str] = field(default_factory=Counter)
    story_count: int = 0
    told_count: int = 0
    first_count: int = 0
    """Learners with a story among the first of the list to check in with, as many as there are stories."""
    well_count: int = 0
    in_peace_count: int = 0


def main() -> int:
    tally = Tally()
    tasks.trigger_rollup = lambda: None
    too_hard = syllabus.TOO_HARD
    for number in range(SEEDS):
        # What is open depends on who came lately, so each seed is looked at on another day of the week.
        now = NOW + timedelta(days=2 * number)
        syllabus.TOO_HARD = {}
        _judge_well(_simulate(f"well-{number}", now=now, with_stories=False), tally)
        syllabus.TOO_HARD = too_hard
        _judge_planted(_simulate(f"planted-{number}", now=now, with_stories=True), tally)
        print(
            f"seed {number + 1} of {SEEDS}: {tally.told_count} of {tally.story_count} stories told",
            flush=True,
        )
    print(*_lines(tally), sep="\n")
    return 0 if _figure(tally) >= TARGET else 1


def _simulate(seed: str, *, now: datetime, with_stories: bool) -> ClassOverview:
    call_command("flush", verbosity=0, interactive=False)
    call_command("load_courses", verbosity=0, stdout=io.StringIO())
    course = Course.objects.get(slug=COURSE)
    classroom = populating.open_class(course, "Class", seed=seed, now=now)
    cast = [*_well(seed), *(_planted() if with_stories else ())]
    learning = [
        populating.admit(classroom, populating._account(person), traits)  # noqa: SLF001  A class of our own casting.
        for person, traits in cast
    ]
    playing.play(learning, classroom.term, playing.report_nothing)
    populating.finish([classroom])
    playing.bring_up_to_date(now)
    found = overview.find_class_overview(COURSE, now=now)
    if found is None:
        raise ValueError(f"{COURSE} has no outline.")
    return found


def _well(seed: str) -> Iterator[tuple[Person, Traits]]:
    """Yield learners with whom all is well: some quick, some slow, early birds and people of the last day."""
    chance = Random(seed)
    taken = {role.person.username for roles in stories.ROLES.values() for role in roles}
    known = (person for person in people.people() if person.username not in taken)
    for _ in range(MEMBERS):
        lead = chance.uniform(0.5, 6)
        traits = replace(
            stories.STEADY,
            ability=chance.uniform(1.2, 3.5),
            pace=min(1.6, max(0.6, chance.lognormvariate(0, 0.22))),
            lead_days=(lead, lead + 2),
            visit_count=chance.choice((3, 4, 5)),
            hour=chance.choice((7.5, 12.5, 17.0, 20.0)),
            weekend=chance.choice((0.1, 0.3)),
            wanders=chance.uniform(0.05, 0.3),
            peeks=0.1,
            retries=1,
            retries_after=(0.4, 1.5),
            goes_back=1,
        )
        yield next(known), traits


def _planted() -> Iterator[tuple[Person, Traits]]:
    for number, story in enumerate(EXPECTED):
        person = Person(username=f"story{number}", given=story.value, family="Story")
        yield person, stories.TRAITS[story]


def _judge_well(overview: ClassOverview, tally: Tally) -> None:
    for learner in overview.learners:
        tally.well_count += 1
        tally.in_peace_count += not learner.findings
        tally.false_when_well.update(concern.reason for concern in learner.findings)
    tally.false_when_well.update(concern.reason for concern in overview.reinforce)


def _judge_planted(overview: ClassOverview, tally: Tally) -> None:
    expected = {f"{story.value} Story": reasons for story, reasons in EXPECTED.items()}
    for learner in overview.learners:
        reasons = [concern.reason for concern in learner.findings]
        if learner.name not in expected:
            tally.well_count += 1
            tally.in_peace_count += not reasons
            tally.false_beside_stories.update(reasons)
            continue
        tally.story_count += 1
        told = [reason for reason in reasons[:FIRST] if reason in expected[learner.name]]
        tally.told_count += bool(told)
        if told:
            tally.true.update(told[:1])
        else:
            tally.missed[min(expected[learner.name])] += 1
            print(f"missed: {learner.name}, of whom is said: {reasons}", flush=True)
    first = overview.check_in[: len(expected)]
    tally.first_count += sum(learner.name in expected for learner in first)
    _judge_class(overview, tally)


def _judge_class(overview: ClassOverview, tally: Tally) -> None:
    tally.story_count += 1
    is_told = any(concern.unit_key.endswith(f"/{HARD}") for concern in overview.reinforce[:FIRST])
    tally.told_count += is_told
    (tally.true if is_told else tally.missed)["hard_lesson"] += 1


def _lines(tally: Tally) -> Iterator[str]:
    yield ""
    heads = ("true", "missed", "false, all well", "false, beside stories")
    yield f"{'reason':18}" + "".join(f"{head:>23}" for head in heads)
    for reason in rules.BY_REASON:
        counts = (tally.true, tally.missed, tally.false_when_well, tally.false_beside_stories)
        cells = [each[reason] for each in counts]
        if any(cells):
            yield f"{reason:18}" + "".join(f"{cell:>23}" for cell in cells)
    yield ""
    yield f"stories told in the first {FIRST}: {tally.told_count} of {tally.story_count}"
    planted = SEEDS * len(EXPECTED)
    yield f"learners with a story at the head of the list to check in with: {tally.first_count} of {planted}"
    yield f"learners with whom all is well, of whom nothing is said: {tally.in_peace_count} of {tally.well_count}"
    yield f"findings: {_figure(tally):.3f} of judgements right (target {TARGET}, limit 1)"


def _figure(tally: Tally) -> float:
    """Return the lesser of two shares: stories told, and learners with whom all is well left in peace."""
    return min(tally.told_count / tally.story_count, tally.in_peace_count / tally.well_count)


if __name__ == "__main__":
    sys.exit(main())

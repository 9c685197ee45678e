"""Whether findings separate learners who need help from those who do not: ``make bench-findings``.

Simulates ``SEEDS`` pairs of classes (default: 3): one in which no learner has problems and no lesson is too hard, and
one with the stories of the demo added. In the first, every finding that an instructor sees is a false alarm. In the
second, a story is detected if one of its reasons is among the first three of its learner, else missed; findings about
the other learners are false. A class finding is detected if it names the planted lesson among the first three.

``MEMBERS`` is the number of learners in a class without those with a story (default: 20).
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
"""The reasons that detect each story. The learners of the other stories have no problem any more."""


@dataclass(slots=True)
class Tally:
    """Counts of findings by reason: true, missed, and false."""

    true: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    false_when_well: Counter[str] = field(default_factory=Counter)
    false_among_stories: Counter[str] = field(default_factory=Counter)
    story_count: int = 0
    detected_count: int = 0
    first_count: int = 0
    """Learners with a story among the first of the check-in list; as many are counted as there are stories."""
    well_count: int = 0
    unflagged_count: int = 0


def main() -> int:
    tally = Tally()
    tasks.trigger_rollup = lambda: None
    too_hard = syllabus.TOO_HARD
    for number in range(SEEDS):
        # Open findings depend on recent visits, so each seed ends on another day of the week.
        now = NOW + timedelta(days=2 * number)
        syllabus.TOO_HARD = {}
        _count_false(_simulate(f"well-{number}", now=now, with_stories=False), tally)
        syllabus.TOO_HARD = too_hard
        _count_planted(_simulate(f"planted-{number}", now=now, with_stories=True), tally)
        print(
            f"seed {number + 1} of {SEEDS}: {tally.detected_count} of {tally.story_count} stories detected",
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
        populating.admit(classroom, populating._account(person), traits)  # noqa: SLF001  Only the choice of learners differs from populating.fill().
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
    """Yield learners without problems: some quick, some slow, some early, some at the last minute."""
    rng = Random(seed)
    taken = {role.person.username for roles in stories.ROLES.values() for role in roles}
    known = (person for person in people.people() if person.username not in taken)
    for _ in range(MEMBERS):
        lead = rng.uniform(0.5, 6)
        traits = replace(
            stories.STEADY,
            ability=rng.uniform(1.2, 3.5),
            pace=min(1.6, max(0.6, rng.lognormvariate(0, 0.22))),
            lead_days=(lead, lead + 2),
            visit_count=rng.choice((3, 4, 5)),
            hour=rng.choice((7.5, 12.5, 17.0, 20.0)),
            weekend=rng.choice((0.1, 0.3)),
            wanders=rng.uniform(0.05, 0.3),
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


def _count_false(overview: ClassOverview, tally: Tally) -> None:
    for learner in overview.learners:
        tally.well_count += 1
        tally.unflagged_count += not learner.findings
        tally.false_when_well.update(finding.reason for finding in learner.findings)
    tally.false_when_well.update(finding.reason for finding in overview.reinforce)


def _count_planted(overview: ClassOverview, tally: Tally) -> None:
    expected = {f"{story.value} Story": reasons for story, reasons in EXPECTED.items()}
    for learner in overview.learners:
        reasons = [finding.reason for finding in learner.findings]
        if learner.name not in expected:
            tally.well_count += 1
            tally.unflagged_count += not reasons
            tally.false_among_stories.update(reasons)
            continue
        tally.story_count += 1
        detected = [reason for reason in reasons[:FIRST] if reason in expected[learner.name]]
        tally.detected_count += bool(detected)
        if detected:
            tally.true.update(detected[:1])
        else:
            tally.missed[min(expected[learner.name])] += 1
            print(f"missed: {learner.name}, found: {reasons}", flush=True)
    first = overview.check_in[: len(expected)]
    tally.first_count += sum(learner.name in expected for learner in first)
    _count_class_finding(overview, tally)


def _count_class_finding(overview: ClassOverview, tally: Tally) -> None:
    tally.story_count += 1
    is_detected = any(finding.unit_key.endswith(f"/{HARD}") for finding in overview.reinforce[:FIRST])
    tally.detected_count += is_detected
    (tally.true if is_detected else tally.missed)["hard_lesson"] += 1


def _lines(tally: Tally) -> Iterator[str]:
    yield ""
    heads = ("true", "missed", "false, all well", "false, with stories")
    yield f"{'reason':18}" + "".join(f"{head:>23}" for head in heads)
    for reason in rules.BY_REASON:
        counts = (tally.true, tally.missed, tally.false_when_well, tally.false_among_stories)
        cells = [each[reason] for each in counts]
        if any(cells):
            yield f"{reason:18}" + "".join(f"{cell:>23}" for cell in cells)
    yield ""
    yield f"stories detected in the first {FIRST}: {tally.detected_count} of {tally.story_count}"
    planted = SEEDS * len(EXPECTED)
    yield f"learners with a story at the top of the check-in list: {tally.first_count} of {planted}"
    yield f"learners without problems and without findings: {tally.unflagged_count} of {tally.well_count}"
    yield f"findings: {_figure(tally):.3f} of judgements right (target {TARGET}, limit 1)"


def _figure(tally: Tally) -> float:
    """Return the lower of two shares: stories detected, and learners without problems who have no finding."""
    return min(tally.detected_count / tally.story_count, tally.unflagged_count / tally.well_count)


if __name__ == "__main__":
    sys.exit(main())

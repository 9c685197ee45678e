"""From a situation to the areas that need reinforcement: every rule asked, the heaviest reason for each unit kept.

Pure functions of plain values. Nothing is said of what is complete, locked or exempt, nor of a course that has not
begun, is over, or is finished. What the setting ``REASONS_OFF`` names makes no finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tracking.conf import TrackingSettings
from tracking.insights.areas import Area, heaviest_of_each_unit, rank
from tracking.insights.rules import classes, knowledge, lessons, presence, quizzes
from tracking.insights.situations import ClassSituation, LearnerSituation
from tracking.models import Reason


def find_for_learner(learner: LearnerSituation, rules: TrackingSettings, *, now: datetime) -> list[Area]:
    """Return the areas ``learner`` should go back to, heaviest first; of two reasons for one unit only the heavier.

    What an instructor assigned stands beside them, also when the learner is through with the course.
    """
    areas = [area for area in _found(learner, rules, now=now) if area.reason not in rules.REASONS_OFF]
    # An absence and a risk are both about the whole: the heavier says enough.
    return [*_assigned(learner, now=now), *heaviest_of_each_unit(areas)]


def find_for_class(situation: ClassSituation, rules: TrackingSettings) -> list[Area]:
    """Return the areas that a whole class should go back to, heaviest first."""
    areas = [area for unit in situation.units for area in classes.units(unit, rules)]
    areas += classes.links(situation, rules)
    return rank(area for area in areas if area.reason not in rules.REASONS_OFF)


def _assigned(learner: LearnerSituation, *, now: datetime) -> Iterator[Area]:
    for review in learner.reviews if learner.is_open(now) else ():
        if not review.is_done:
            evidence = {"action_id": review.action_id, "words": review.words}
            yield Area(unit_key=review.unit_key, reason=Reason.ASSIGNED, weight=1, evidence=evidence)


def _found(learner: LearnerSituation, rules: TrackingSettings, *, now: datetime) -> Iterator[Area]:
    if not learner.is_running(now):
        return
    absence = presence.absence(learner, rules, now=now)
    if absence is not None:
        yield absence
        if absence.reason is Reason.NEVER_STARTED:
            return
    else:
        yield from presence.stalled(learner, rules, now=now)
    yield from quizzes.failures(learner, rules)
    yield from quizzes.missed_questions(learner, rules)
    yield from lessons.passed_over(learner) if learner.shares_engagement else ()
    yield from lessons.long_times(learner, rules)
    yield from knowledge.skills(learner, rules)
    yield from knowledge.fading(learner, rules, now=now)
    yield from knowledge.at_risk(learner.risk)

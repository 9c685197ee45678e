"""From a situation to the areas that need reinforcement: every rule asked, the heaviest reason for each unit kept.

Pure functions of plain values. Nothing is said of what is complete, locked or exempt, nor of a course that has not
begun, is over, or is finished. What the setting ``DISABLED_REASONS`` names makes no finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tracking.conf import TrackingSettings
from tracking.findings.candidates import Candidate, heaviest_per_unit, rank_candidates
from tracking.findings.facts import ClassFacts, LearnerFacts
from tracking.findings.rules import activity, classes, lessons, quizzes, skills
from tracking.models import Reason


def find_for_learner(learner: LearnerFacts, rules: TrackingSettings, *, now: datetime) -> list[Candidate]:
    """Return the areas ``learner`` should go back to, heaviest first; of two reasons for one unit only the heavier.

    What an instructor assigned stands beside them, also when the learner is through with the course.
    """
    areas = [area for area in _found(learner, rules, now=now) if area.reason not in rules.DISABLED_REASONS]
    # An absence and a risk are both about the whole: the heavier says enough.
    return [*_assigned(learner, now=now), *heaviest_per_unit(areas)]


def find_for_class(situation: ClassFacts, rules: TrackingSettings) -> list[Candidate]:
    """Return the areas that a whole class should go back to, heaviest first."""
    areas = [area for unit in situation.units for area in classes.find_hard_and_often_skipped(unit, rules)]
    areas += classes.find_not_covered_links(situation, rules)
    return rank_candidates(area for area in areas if area.reason not in rules.DISABLED_REASONS)


def _assigned(learner: LearnerFacts, *, now: datetime) -> Iterator[Candidate]:
    for review in learner.reviews if learner.is_open(now) else ():
        if not review.is_done:
            evidence = {"action_id": review.action_id, "text": review.text}
            yield Candidate(
                unit_key=review.unit_key, reason=Reason.REVIEW_ASSIGNED, weight=1, evidence=evidence
            )


def _found(learner: LearnerFacts, rules: TrackingSettings, *, now: datetime) -> Iterator[Candidate]:
    if not learner.is_running(now):
        return
    absence = activity.find_absence(learner, rules, now=now)
    if absence is not None:
        yield absence
        if absence.reason is Reason.NEVER_STARTED:
            return
    else:
        yield from activity.find_stalled(learner, rules, now=now)
    yield from quizzes.find_failures(learner, rules)
    yield from quizzes.find_missed_questions(learner, rules)
    yield from lessons.find_skipped(learner) if learner.shares_engagement else ()
    yield from lessons.find_long_times(learner, rules)
    yield from skills.find_unmastered_skills(learner, rules)
    yield from skills.find_reviews_due(learner, rules, now=now)
    yield from skills.find_at_risk(learner.risk)

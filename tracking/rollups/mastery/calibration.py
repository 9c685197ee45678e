"""Calibrate mastery for a course: learn its items and skills from answers, and measure how reliable the estimate is.

Pure functions of plain values. Accuracy is cross-validated: each half of the learners is predicted with what the other
half taught.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from tracking.rollups.mastery import accuracy, model
from tracking.rollups.mastery.model import ItemBank, LearnerAbility

FLAG_AFTER = 5
"""Answers on a skill after which the flags are compared, and before which no learner is flagged."""
FLAG_OVER = 3
"""The number of answers that follow, by which a flag is evaluated."""
FLAG_AT_MOST = 1
"""The flag warns that at most so many of those will be right."""
MIN_OF_EACH = 20
"""Minimum number of learner and skill pairs of each outcome in each half; with fewer, no flag counts as better."""


MIN_Z_SCORE = 1.645
"""Standard errors by which the estimate must be the better flag; by chance it is that much better 1 time in 20."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationAnswer:
    """One answer, in the order in which answers were given. ``skills`` names at least one."""

    learner: Hashable
    item: str
    skills: tuple[str, ...]
    is_right: bool


@dataclass(slots=True)
class FlagComparison:
    """Two predictions for learners on a skill after ``FLAG_AFTER`` answers, and whether they then failed."""

    expected: list[float] = field(default_factory=list)
    observed: list[float] = field(default_factory=list)
    outcomes: list[bool] = field(default_factory=list)

    def areas(self) -> tuple[float | None, float | None]:
        """Return the area under the curve of the estimate, and that of the observed share."""
        return (
            accuracy.roc_auc(self.outcomes, [-each for each in self.expected]),
            accuracy.roc_auc(self.outcomes, [-each for each in self.observed]),
        )

    def is_enough(self) -> bool:
        """Return whether there are enough outcomes of each kind to compare the two."""
        return min(sum(self.outcomes), len(self.outcomes) - sum(self.outcomes)) >= MIN_OF_EACH

    def advantage(self) -> float:
        """Return by how many standard errors the estimate is better than the observed share."""
        return accuracy.auc_z_score(
            self.outcomes, [-each for each in self.expected], [-each for each in self.observed]
        )


@dataclass(slots=True)
class SkillWatch:
    """The answers of one learner on one skill, counted until the flag can be evaluated."""

    answered_count: int = 0
    correct_count: int = 0
    expected: float = 0.0
    observed: float = 0.0
    later_correct_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationFit:
    """A calibration learned from all learners, and its accuracy for learners from whom it was not learned."""

    bank: ItemBank
    auc: float | None
    flags: FlagComparison
    uses_observed_share: bool
    answer_count: int
    learner_count: int


def fit_calibration(answers: Sequence[CalibrationAnswer]) -> CalibrationFit:
    """Return the calibration learned from ``answers``, in their order. Takes time proportional to their number."""
    halves = [[each for each in answers if cross_validation_half(each.learner) == half] for half in (0, 1)]
    outcomes: list[bool] = []
    expected: list[float] = []
    compared: list[FlagComparison] = []
    for half in (0, 1):
        bank = learn_parameters(halves[1 - half])
        flags = FlagComparison()
        expected += predict_answers(bank, halves[half], flags)
        outcomes += [each.is_right for each in halves[half]]
        compared.append(flags)
    return CalibrationFit(
        bank=learn_parameters(answers),
        auc=accuracy.roc_auc(outcomes, expected),
        flags=_merged(compared),
        uses_observed_share=not _is_better(compared),
        answer_count=len(answers),
        learner_count=len({each.learner for each in answers}),
    )


def learn_parameters(answers: Iterable[CalibrationAnswer]) -> ItemBank:
    """Return the parameters of items, skills and weights learned from ``answers``."""
    bank = ItemBank()
    learners: dict[Hashable, LearnerAbility] = {}
    for each in answers:
        learner = learners.get(each.learner)
        if learner is None:
            learner = learners[each.learner] = LearnerAbility()
        model.update_learner_and_bank(bank, learner, each.item, each.skills, is_right=each.is_right)
    return bank


def predict_answers(
    bank: ItemBank, answers: Iterable[CalibrationAnswer], flags: FlagComparison
) -> list[float]:
    """Return how likely each answer was to be right before it was given; add the flags of learners to ``flags``."""
    learners: dict[Hashable, LearnerAbility] = {}
    watch_by_skill: dict[tuple[Hashable, str], SkillWatch] = {}
    expected = []
    for each in answers:
        learner = learners.get(each.learner)
        if learner is None:
            learner = learners[each.learner] = LearnerAbility()
        expected.append(model.update_learner(bank, learner, each.item, each.skills, is_right=each.is_right))
        for skill in each.skills:
            watch = watch_by_skill.get((each.learner, skill))
            if watch is None:
                watch = watch_by_skill[each.learner, skill] = SkillWatch()
            _observe(watch, bank, learner, skill, flags, is_right=each.is_right)
    return expected


def cross_validation_half(learner: Hashable) -> int:
    """Return the half of a learner, 0 or 1: always the same, in any process."""
    # hash() of text differs between processes.
    return zlib.crc32(str(learner).encode()) & 1


def _observe(
    watch: SkillWatch,
    bank: ItemBank,
    learner: LearnerAbility,
    skill: str,
    flags: FlagComparison,
    *,
    is_right: bool,
) -> None:
    watch.answered_count += 1
    if watch.answered_count <= FLAG_AFTER:
        watch.correct_count += is_right
        if watch.answered_count == FLAG_AFTER:
            watch.expected = model.predict_answer(bank, learner, (skill,))
            watch.observed = watch.correct_count / FLAG_AFTER
        return
    if watch.answered_count > FLAG_AFTER + FLAG_OVER:
        return
    watch.later_correct_count += is_right
    if watch.answered_count == FLAG_AFTER + FLAG_OVER:
        flags.expected.append(watch.expected)
        flags.observed.append(watch.observed)
        flags.outcomes.append(watch.later_correct_count <= FLAG_AT_MOST)


def _is_better(halves: Sequence[FlagComparison]) -> bool:
    """Return whether the estimate is the better flag in each half, and significantly in both together."""
    if not all(flags.is_enough() for flags in halves):
        return False
    # A flag that is better by chance in one half seldom is in the other.
    each = [flags.advantage() for flags in halves]
    return min(each) > 0 and sum(each) / math.sqrt(len(each)) >= MIN_Z_SCORE


def _merged(parts: Iterable[FlagComparison]) -> FlagComparison:
    merged = FlagComparison()
    for part in parts:
        merged.expected += part.expected
        merged.observed += part.observed
        merged.outcomes += part.outcomes
    return merged

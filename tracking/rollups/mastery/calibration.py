"""What the answers of a course say of its items and skills, and of how far the measure of mastery can be trusted there.

Pure functions of plain values. Accuracy is measured on learners that were not learned from: half of them on what the
other half taught, each way round.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from tracking.rollups.mastery import accuracy, model
from tracking.rollups.mastery.model import ItemBank, LearnerAbility

FLAG_AFTER = 5
"""Answers in a skill after which the flags are compared, and before which nobody is flagged."""
FLAG_OVER = 3
"""The answers that follow, by which a flag is judged."""
FLAG_AT_MOST = 1
"""Of those, so many right or fewer are what the flag warns of."""
MIN_OF_EACH = 20
"""Learners and skills of either outcome, in either half, without which no flag is called better than the other."""


DOUBTLESS = 1.645
"""Standard errors by which the measure has to be the better flag: 1 in 20 are further off by luck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationAnswer:
    """One answer, in the order in which answers were given. ``skills`` names at least one."""

    learner: Hashable
    item: str
    skills: tuple[str, ...]
    is_right: bool


@dataclass(slots=True)
class FlagComparison:
    """What was expected of learners in a skill after ``FLAG_AFTER`` answers, two ways, and whether they then failed."""

    expected: list[float] = field(default_factory=list)
    observed: list[float] = field(default_factory=list)
    outcomes: list[bool] = field(default_factory=list)

    def areas(self) -> tuple[float | None, float | None]:
        """Return the area under the curve of the measure and of the plain share right."""
        return (
            accuracy.roc_auc(self.outcomes, [-each for each in self.expected]),
            accuracy.roc_auc(self.outcomes, [-each for each in self.observed]),
        )

    def is_enough(self) -> bool:
        """Return whether the two can be told apart."""
        return min(sum(self.outcomes), len(self.outcomes) - sum(self.outcomes)) >= MIN_OF_EACH

    def advantage(self) -> float:
        """Return by how many standard errors the measure is better than the plain share."""
        return accuracy.auc_z_score(
            self.outcomes, [-each for each in self.expected], [-each for each in self.observed]
        )


@dataclass(slots=True)
class SkillWatch:
    """One learner in one skill on the way to a judgement."""

    answered_count: int = 0
    correct_count: int = 0
    expected: float = 0.0
    observed: float = 0.0
    later_correct_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationFit:
    """A calibration: what was learned from all, and how good it was for those it was not learned from."""

    bank: ItemBank
    auc: float | None
    flags: FlagComparison
    uses_observed_share: bool
    answer_count: int
    learner_count: int


def fit_calibration(answers: Sequence[CalibrationAnswer]) -> CalibrationFit:
    """Return what ``answers``, in their order, say. Takes time in proportion to their number."""
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
        flags=_joined(compared),
        uses_observed_share=not _is_better(compared),
        answer_count=len(answers),
        learner_count=len({each.learner for each in answers}),
    )


def learn_parameters(answers: Iterable[CalibrationAnswer]) -> ItemBank:
    """Return what ``answers`` say of items, skills and weights."""
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
    """Return how likely each answer was to be right before it was given; add to ``flags`` what became of learners."""
    learners: dict[Hashable, LearnerAbility] = {}
    watches: dict[tuple[Hashable, str], SkillWatch] = {}
    expected = []
    for each in answers:
        learner = learners.get(each.learner)
        if learner is None:
            learner = learners[each.learner] = LearnerAbility()
        expected.append(model.update_learner(bank, learner, each.item, each.skills, is_right=each.is_right))
        for skill in each.skills:
            watch = watches.get((each.learner, skill))
            if watch is None:
                watch = watches[each.learner, skill] = SkillWatch()
            _watch(watch, bank, learner, skill, flags, is_right=each.is_right)
    return expected


def cross_validation_half(learner: Hashable) -> int:
    """Return in which half a learner is: always the same one, in any process."""
    return zlib.crc32(str(learner).encode()) & 1


def _watch(
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
    """Return whether the measure is the better flag in either half, and in both together beyond doubt."""
    if not all(flags.is_enough() for flags in halves):
        return False
    # What is better by luck in one half is seldom so in the other.
    each = [flags.advantage() for flags in halves]
    return min(each) > 0 and sum(each) / math.sqrt(len(each)) >= DOUBTLESS


def _joined(parts: Iterable[FlagComparison]) -> FlagComparison:
    joined = FlagComparison()
    for part in parts:
        joined.expected += part.expected
        joined.observed += part.observed
        joined.outcomes += part.outcomes
    return joined

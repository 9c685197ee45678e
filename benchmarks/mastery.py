"""How well estimated mastery predicts the next answer: ``make bench-mastery TRAIN=FILE TEST=FILE``.

Or ``python -m benchmarks.mastery --train FILE --test FILE``. A file has the columns ``user_id``, ``item_id``,
``timestamp``, ``correct`` and ``skill_id``, separated by tabs or commas, gzipped or not. With only one file, a fifth of
its learners is kept for the test. All parameters come from the training learners, by the functions that calibrate a
course in the product; about a test learner the model knows only the earlier answers. Peers train and predict in the
same run.
"""

from __future__ import annotations

import argparse
import copy
import csv
import math
import os
import pickle
import resource
import sys
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from benchmarks import answer_logs, knowledge_tracing, ranking
from tracking.rollups.mastery import accuracy, answer_runs, calibration, model
from tracking.rollups.mastery.calibration import CalibrationAnswer, CalibrationFit, FlagComparison
from tracking.rollups.mastery.model import ItemBank, LearnerAbility

T = TypeVar("T")

TARGET = 0.767
"""Area under the curve with frozen parameters on unseen learners of ASSISTments 2009."""
SPEED = 100_000
WEAK = 0.5
"""The default of ``MASTERY_WEAK_SHARE``."""
WHEELS = 10
"""Answers without three right in a row that count as wheel-spinning (Beck and Gong 2013)."""
PEERS = {
    "skill mean": knowledge_tracing.skill_mean,
    "last five": knowledge_tracing.last_five,
    "PFA, logistic regression": knowledge_tracing.performance_factors,
    "BKT, EM": knowledge_tracing.bayesian_tracing,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The predictions of one model for the test answers."""

    name: str
    expected: list[float]
    seconds: float
    """CPU time to train and predict."""


def main() -> int:
    arguments = _parse_arguments()
    if not arguments.train:
        print("Name an answer log: --train FILE [--test FILE], or make bench-mastery TRAIN=FILE TEST=FILE.")
        return 2
    try:
        training, test = _read(arguments.train, arguments.test)
    except (answer_logs.Unreadable, csv.Error) as error:
        print(error)
        return 2
    fit, learned = _timed(lambda: calibration.fit_calibration(training))
    flags = FlagComparison()
    frozen, followed = _timed(lambda: calibration.predict_answers(fit.bank, test, flags))
    online = _online(fit.bank, test)
    runs = [
        Run(name="ours, frozen", expected=frozen, seconds=learned + followed),
        Run(name="ours, online", expected=online, seconds=learned + followed),
        *(_peer(name, training, test) for name in PEERS),
    ]
    outcomes = [each.is_right for each in test]
    print(*_accuracy_lines(runs, outcomes), sep="\n")
    print(*_calibration_lines(frozen, outcomes), sep="\n")
    print(*_flag_lines(fit, flags), sep="\n")
    print(*_wheel_lines(fit.bank, test), sep="\n")
    speed = _speed(training)
    print(*_cost_lines(fit.bank, training, speed), sep="\n")
    area = accuracy.roc_auc(outcomes, frozen)
    print(f"\nmastery: {_figure(area)} AUC, frozen (target {TARGET}, limit none)")
    return 0 if area is not None and area >= TARGET and speed >= SPEED else 1


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measure how well estimated mastery predicts the next answer."
    )
    parser.add_argument("--train", default=os.environ.get("TRAIN", ""), help="an answer log to train on")
    parser.add_argument("--test", default=os.environ.get("TEST", ""), help="an answer log of other learners")
    return parser.parse_args()


def _read(train: str, test: str) -> tuple[Sequence[CalibrationAnswer], Sequence[CalibrationAnswer]]:
    logs = [answer_logs.read(path) for path in (train, test) if path]
    for log in logs:
        print(*log.remarks, sep="\n")
    if test:
        training, test_answers = logs[0].answers, logs[1].answers
    else:
        training, test_answers = answer_logs.split(logs[0].answers)
        print("No test file: of five learners four train and one tests.")
    if not training or not test_answers:
        raise answer_logs.Unreadable("Too few learners to keep some for the test. Name a test file.")
    known = {each.item for each in training}
    shared = {each.learner for each in training} & {each.learner for each in test_answers}
    print(f"{len(training):,} answers train, {len(test_answers):,} test")
    unseen = sum(each.item not in known for each in test_answers) / len(test_answers)
    print(f"{unseen:.1%} of the test answers are to unseen items")
    if shared:
        print(f"{len(shared):,} learners have the same user_id in both files; they count as different people")
    return training, test_answers


def _online(bank: ItemBank, test: Sequence[CalibrationAnswer]) -> list[float]:
    """Return the predictions if items, skills and weights continue to learn from each test answer."""
    bank = copy.deepcopy(bank)
    learners: dict[Hashable, LearnerAbility] = {}
    return [
        model.update_learner_and_bank(
            bank,
            learners.setdefault(each.learner, LearnerAbility()),
            each.item,
            each.skills,
            is_right=each.is_right,
        )
        for each in test
    ]


def _peer(name: str, training: Sequence[CalibrationAnswer], test: Sequence[CalibrationAnswer]) -> Run:
    expected, seconds = _timed(lambda: PEERS[name](training)(test))
    return Run(name=name, expected=expected, seconds=seconds)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    # CPU time, not wall time: other work on the machine does not count.
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def _accuracy_lines(runs: Sequence[Run], outcomes: Sequence[bool]) -> Iterator[str]:
    yield f"\n{'on the test learners':26}{'AUC':>8}{'RMSE':>8}{'log loss':>10}{'CPU s':>8}"
    for run in runs:
        pairs = list(zip(run.expected, outcomes, strict=True))
        rmse = math.sqrt(sum((expected - outcome) ** 2 for expected, outcome in pairs) / len(pairs))
        loss = -sum(math.log(max(p if outcome else 1 - p, 1e-9)) for p, outcome in pairs) / len(pairs)
        area = _figure(accuracy.roc_auc(outcomes, run.expected))
        yield f"{run.name:26}{area:>8}{rmse:8.4f}{loss:10.4f}{run.seconds:8.1f}"


def _calibration_lines(expected: Sequence[float], outcomes: Sequence[bool]) -> Iterator[str]:
    yield f"\n{'ours, frozen: expected':26}{'answers':>8}{'expected':>10}{'right':>8}"
    for tenth in range(10):
        bucket = [(p, y) for p, y in zip(expected, outcomes, strict=True) if min(int(p * 10), 9) == tenth]
        if bucket:
            mean, right = (sum(column) / len(bucket) for column in zip(*bucket, strict=True))
            yield f"{tenth / 10:.1f} to {tenth / 10 + 0.1:.1f}{'':16}{len(bucket):8,}{mean:10.3f}{right:8.3f}"


def _flag_lines(fit: CalibrationFit, flags: FlagComparison) -> Iterator[str]:
    """Yield the accuracy of the flag after five answers: by both measures, and by the one that training selected."""
    ours, plain = flags.areas()
    used = flags.observed if fit.uses_observed_share else flags.expected
    before = [None if area is None else f"{area:.4f}" for area in fit.flags.areas()]
    yield (
        f"\nneeds reinforcement: at most {calibration.FLAG_AT_MOST} of the next {calibration.FLAG_OVER} right, "
        f"after {calibration.FLAG_AFTER} answers in a skill ({sum(flags.outcomes):,} of {len(flags.outcomes):,})"
    )
    yield (
        f"on the training learners, each half by a model of the other: ours {before[0]}, plain {before[1]} "
        f"(n {len(fit.flags.outcomes):,}), so the product uses {'plain percent' if fit.uses_observed_share else 'ours'}"
    )
    yield f"{'flag':34}{'AUC':>8}{'flagged':>9}{'precision':>11}{'recall':>8}"
    count = sum(share < WEAK for share in flags.observed)
    rows = [
        (f"the product's, expected under {WEAK}", used, sum(share < WEAK for share in used)),
        (f"plain percent under {WEAK}", flags.observed, count),
        ("the product's, as many as plain", used, count),
        ("ours, as many as plain", flags.expected, count),
    ]
    for name, shares, flagged in rows:
        chosen = ranking.is_among_highest([-share for share in shares], flagged)
        precision, recall = accuracy.precision_and_recall(flags.outcomes, chosen)
        area = accuracy.roc_auc(flags.outcomes, [-share for share in shares])
        yield f"{name:34}{_figure(area):>8}{flagged:9,}{_figure(precision):>11}{_figure(recall):>8}"
    if ours is not None and plain is not None:
        used_gain = 0.0 if fit.uses_observed_share else ours - plain
        yield f"beyond plain percent: ours {ours - plain:+.4f}, the product's {used_gain:+.4f}"


def _wheel_lines(bank: ItemBank, test: Sequence[CalibrationAnswer]) -> Iterator[str]:
    """Yield how many learners spin their wheels, and how early that can be predicted."""
    runs: dict[tuple[Hashable, str], list[bool]] = {}
    predicted: dict[tuple[Hashable, str], float] = {}
    learners: dict[Hashable, LearnerAbility] = {}
    for each in test:
        learner = learners.setdefault(each.learner, LearnerAbility())
        model.update_learner(bank, learner, each.item, each.skills, is_right=each.is_right)
        for skill in each.skills:
            own = runs.setdefault((each.learner, skill), [])
            own.append(each.is_right)
            if len(own) == calibration.FLAG_AFTER:
                predicted[each.learner, skill] = model.predict_answer(bank, learner, (skill,))
    spinning = {key: _is_spinning(own[:WHEELS]) for key, own in runs.items()}
    decided = [
        key
        for key, own in runs.items()
        if len(own) >= WHEELS and answer_runs.longest(own[: calibration.FLAG_AFTER]) < answer_runs.RUN
    ]
    outcomes = [spinning[key] for key in decided]
    ours = accuracy.roc_auc(outcomes, [-predicted[key] for key in decided])
    plain = accuracy.roc_auc(outcomes, [-sum(runs[key][: calibration.FLAG_AFTER]) for key in decided])
    later = {
        is_flagged: [
            any(own[WHEELS : WHEELS + 5]) and sum(own[WHEELS : WHEELS + 5]) / len(own[WHEELS : WHEELS + 5])
            for key, own in runs.items()
            if len(own) >= WHEELS + 5 and spinning[key] is is_flagged
        ]
        for is_flagged in (True, False)
    }
    yield (
        f"\nwheel-spinning: {WHEELS} answers in a skill without {answer_runs.RUN} right in a row: "
        f"{sum(spinning.values()):,} of {sum(len(own) >= WHEELS for own in runs.values()):,} with so many answers"
    )
    for is_flagged, name in ((True, "spinning"), (False, "others")):
        shares = later[is_flagged]
        mean = _figure(sum(shares) / len(shares) if shares else None)
        yield f"  right in the next five answers, {name}: {mean} (n {len(shares):,})"
    yield (
        f"  predicted after {calibration.FLAG_AFTER} answers, of those with no such run yet (n {len(decided):,}): "
        f"AUC {_figure(ours)} ours, {_figure(plain)} plain percent"
    )


def _is_spinning(outcomes: Sequence[bool]) -> bool:
    return answer_runs.is_wheel_spinning(len(outcomes), answer_runs.longest(outcomes), min_answers=WHEELS)


def _speed(training: Sequence[CalibrationAnswer]) -> float:
    """Return how many answers a CPU second update learner, item, skill and weights: the best of three."""
    return max(
        len(training) / max(_timed(lambda: calibration.learn_parameters(training))[1], 1e-9) for _ in range(3)
    )


def _cost_lines(bank: ItemBank, training: Sequence[CalibrationAnswer], speed: float) -> Iterator[str]:
    _, seconds = _timed(lambda: calibration.predict_answers(bank, training, FlagComparison()))
    learner = LearnerAbility()
    for number in range(50):
        model.update_learner(bank, learner, "item", (f"skill {number % 10}",), is_right=True)
    yield f"\n{'updates a CPU second':34}{speed:12,.0f} learner, item, skill and weights (target {SPEED:,})"
    yield f"{'':34}{len(training) / max(seconds, 1e-9):12,.0f} learner alone, with the flags compared"
    size = len(pickle.dumps((bank.items, bank.skills, bank.weights)))
    counts = f"{len(bank.items):,} items, {len(bank.skills):,} skills"
    yield f"{'memory: a course, stored':34}{size / 1000:12,.1f} kB, {counts}"
    yield f"{'a learner of ten skills':34}{len(pickle.dumps(learner)) / 1000:12,.1f} kB"
    yield f"{'the whole process, peers too':34}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:12,.0f} MB"


def _figure(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.4f}"


if __name__ == "__main__":
    sys.exit(main())

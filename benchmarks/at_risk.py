"""How well the risk score predicts on OULAD: ``make bench-at-risk DATA=DIR TRAIN=BBB/2013B TEST=BBB/2013J``.

Or ``python -m benchmarks.at_risk --data DIR --train BBB/2013B --test BBB/2013J``. If both name the same presentation,
learners are split five ways, and the model for each part is trained on the other four.

The prediction uses only clicks and submissions dated before the day, and assessments due before it. Learners are those
who had registered and not unregistered before the day. A score counts from the day of submission, as if the quiz were
graded at once. Not finishing is ``Withdrawn`` or ``Fail``. The functions are those of the product.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import ranking
from tracking.risk import features, regression
from tracking.risk import score as risk_score
from tracking.risk.features import LearnerToDate, QuizResult, QuizWeight, RiskFeatures
from tracking.rollups.mastery import accuracy

DAYS = (14, 28, 56, 84, 112)
REFERENCE = {28: (0.704, 0.743), 56: (0.752, 0.815), 112: (0.816, 0.867)}
"""AUC of a fixed score and of a logistic regression on BBB 2013B -> 2013J, by day: the targets for both of ours."""
OURS, TRAINED, INACTIVE, ASPECTS = (
    "ours, fixed score",
    "ours, trained",
    "inactive for 7 days",
    "Aspects: no visit in 7 days",
)
PARTS = 5


class Unusable(Exception):
    """Raised if the files lack the requested data. The message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The data of one learner in a presentation."""

    learner: str
    is_lost: bool
    registered: int | None
    unregistered: int | None
    clicks: Mapping[int, int]
    work: Mapping[str, QuizResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """One run of a module."""

    name: str
    quizzes: Mapping[str, QuizWeight]
    people: Sequence[Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """The learners enrolled on a day, with what was known about them then."""

    facts: Sequence[RiskFeatures]
    is_lost: Sequence[bool]
    days_since: Sequence[int]
    """Days since the last click; over 10,000 for learners who never clicked."""


def main() -> int:
    arguments = _parse_arguments()
    if not (arguments.data and arguments.train and arguments.test):
        print("Name the files and presentations: --data DIR --train BBB/2013B --test BBB/2013J.")
        return 2
    try:
        read = {name: _read(Path(arguments.data), name) for name in {arguments.train, arguments.test}}
    except (Unusable, OSError, ValueError, KeyError) as error:
        print(f"{type(error).__name__}: {error}" if not isinstance(error, Unusable) else error)
        return 2
    training, test = read[arguments.train], read[arguments.test]
    print(
        f"trained on {training.name} ({len(training.people):,}), tested on {test.name} ({len(test.people):,} learners)"
    )
    if training is test:
        print(
            "The same presentation: learners are split, and each part is predicted by a model of the others."
        )
    figures = {day: _on(day, training, test) for day in DAYS}
    ours, trained = ([figures[day][name] for day in REFERENCE] for name in (OURS, TRAINED))
    areas = ", ".join(f"{a:.3f}/{b:.3f}" for a, b in zip(ours, trained, strict=True))
    target = ", ".join(f"{a:.3f}/{b:.3f}" for a, b in REFERENCE.values())
    is_met = all(a > fixed for a, (fixed, _) in zip(ours, REFERENCE.values(), strict=True)) and all(
        b > regression for b, (_, regression) in zip(trained, REFERENCE.values(), strict=True)
    )
    print(
        f"\nat-risk: {areas} AUC, fixed/trained on days {', '.join(map(str, REFERENCE))} (target {target}, limit none)"
    )
    return 0 if is_met else 1


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measure how well the risk of not finishing is predicted on OULAD."
    )
    parser.add_argument("--data", default=os.environ.get("DATA", ""), help="the directory of the OULAD files")
    parser.add_argument(
        "--train", default=os.environ.get("TRAIN", ""), help="a presentation, such as BBB/2013B"
    )
    parser.add_argument("--test", default=os.environ.get("TEST", ""), help="another one, or the same")
    return parser.parse_args()


def _read(data: Path, name: str) -> Presentation:
    module, _, presentation = name.partition("/")
    head = {"code_module": module, "code_presentation": presentation}

    def rows(*stems: str, only_this: bool = True) -> Iterator[dict[str, str]]:
        for row in _rows(data, *stems):
            if not only_this or all(row[key] == value for key, value in head.items()):
                yield row

    quizzes = {
        row["id_assessment"]: QuizWeight(due_day=_number(row["date"]), points=float(row["weight"] or 0))
        for row in rows("assessment", "assessments")
        if row["assessment_type"] != "Exam"
    }
    work: defaultdict[str, dict[str, QuizResult]] = defaultdict(dict)
    for row in rows("student_assessment", "studentAssessment", only_this=False):
        if row["id_assessment"] in quizzes:
            score = _number(row["score"])
            day = float(row["date_submitted"])
            share = None if score is None else score / 100
            work[row["id_student"]][row["id_assessment"]] = QuizResult(share=share, day=day)
    clicks: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows("studentVle"):
        clicks[row["id_student"]][int(row["date"])] += int(row["sum_click"])
    dates = {row["id_student"]: row for row in rows("student_registration", "studentRegistration")}
    people = [
        Person(
            learner=row["id_student"],
            is_lost=row["final_result"] in ("Withdrawn", "Fail"),
            registered=_number(dates[row["id_student"]]["date_registration"]),
            unregistered=_number(dates[row["id_student"]]["date_unregistration"]),
            clicks=clicks[row["id_student"]],
            work=work[row["id_student"]],
        )
        for row in rows("student", "studentInfo")
        if row["id_student"] in dates
    ]
    if not people:
        raise Unusable(
            f"{data} has no learners of {name!r}. Name a module and a presentation, such as BBB/2013B."
        )
    return Presentation(name=name, quizzes=quizzes, people=people)


def _rows(data: Path, *stems: str) -> Iterator[dict[str, str]]:
    """Yield the rows of the first file found. ``stems`` may name the file as our copy and as the original does."""
    for stem in stems:
        for path in (data / f"{stem}.csv.gz", data / f"{stem}.csv"):
            if path.exists():
                raw = path.read_bytes()
                text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
                yield from csv.DictReader(text.splitlines())
                return
    raise Unusable(f"{data} has no {stems[0]}.csv or {stems[0]}.csv.gz.")


def _number(text: str) -> int | None:
    return None if text in ("", "?") else int(float(text))


def _class(presentation: Presentation, day: int) -> Class:
    enrolled = [
        each
        for each in presentation.people
        if each.registered is not None
        and each.registered < day
        and (each.unregistered is None or each.unregistered >= day)
    ]
    learners = [_progress(each, day) for each in enrolled]
    return Class(
        facts=features.class_risk_features(learners, presentation.quizzes, day=day, class_minimum=20),
        is_lost=[each.is_lost for each in enrolled],
        days_since=[day - max((d for d in each.clicks if d < day), default=-10_000) for each in enrolled],
    )


def _progress(each: Person, day: int) -> LearnerToDate:
    before = [clicked for clicked in each.clicks if clicked < day]
    return LearnerToDate(
        learner=each.learner,
        active_days=before,
        click_count=sum(each.clicks[clicked] for clicked in before),
        submitted={key: work for key, work in each.work.items() if work.day < day},
        joined_day=each.registered,
    )


def _on(day: int, training: Presentation, test: Presentation) -> dict[str, float]:
    """Print the table of one day and return the areas under the curve."""
    tested = _class(test, day)
    scores = [score.score if (score := risk_score.risk_score(facts)) else 0.0 for facts in tested.facts]
    scored = {
        OURS: scores,
        TRAINED: _trained(training, test, tested, day),
        INACTIVE: [float(days > 7) for days in tested.days_since],
        # Aspects: registered, not passed, no visit for 7 days. No one passes before the end, so only the days matter.
        # Learners who never came have no last visit, so it leaves them out.
        ASPECTS: [float(7 < days < 10_000) for days in tested.days_since],
    }
    flagged = int(sum(scored[INACTIVE]))
    print(
        f"\nday {day}: {len(tested.is_lost):,} learners, {sum(tested.is_lost) / len(tested.is_lost):.1%} did not finish"
    )
    print(f"{'':30}{'AUC':>7}{'flagged':>9}{'precision':>11}{'recall':>8}")
    areas: dict[str, float] = {}
    for name, values in scored.items():
        areas[name] = accuracy.roc_auc(tested.is_lost, values) or 0.5
        count = flagged if name != ASPECTS else int(sum(values))
        _print_flags(name, tested, values, count, area=areas[name])
    _print_flags("ours, as many as Aspects", tested, scores, int(sum(scored[ASPECTS])))
    _print_flags("trained, as many as Aspects", tested, scored[TRAINED], int(sum(scored[ASPECTS])))
    at_least = sum(score >= 0.6 for score in scores)
    _print_flags("ours, score from 0.6", tested, scores, at_least)
    return areas


def _trained(training: Presentation, test: Presentation, tested: Class, day: int) -> list[float]:
    if training is not test:
        train_class = _class(training, day)
        weights = regression.fit_regression(train_class.facts, train_class.is_lost)
        return [regression.predict_risk(weights, facts) for facts in tested.facts]
    parts = [zlib.crc32(str(facts.learner).encode()) % PARTS for facts in tested.facts]
    risks = [0.0] * len(parts)
    for part in range(PARTS):
        others = [place for place, own in enumerate(parts) if own != part]
        weights = regression.fit_regression(
            [tested.facts[p] for p in others], [tested.is_lost[p] for p in others]
        )
        for place, own in enumerate(parts):
            if own == part:
                risks[place] = regression.predict_risk(weights, tested.facts[place])
    return risks


def _print_flags(
    name: str, tested: Class, values: Sequence[float], count: int, *, area: float | None = None
) -> None:
    chosen = ranking.is_among_highest(values, count)
    precision, recall = accuracy.precision_and_recall(tested.is_lost, chosen)
    shown = "" if area is None else f"{area:.3f}"
    print(f"{name:30}{shown:>7}{count:9,}{precision or 0:11.3f}{recall or 0:8.3f}")


if __name__ == "__main__":
    sys.exit(main())

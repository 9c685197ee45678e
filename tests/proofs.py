"""Long proofs: ``make test`` runs a sample of each, drawn by the seed of the run; ``make proof-NAME`` runs all of one.

A test that is such a sample is marked ``proof(name="...")``.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from random import Random

import pytest

Sample = Callable[[Iterable[str], int], list[str]]
IS_WHOLE = bool(os.environ.get("TRACKING_WHOLE_PROOFS"))


def examples(few: int, many: int) -> int:
    """Return how many examples to generate: ``few`` in the suite, ``many`` in the proof."""
    return many if IS_WHOLE else few


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each figure that proofs recorded with ``record_property``, added up."""
    figures: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, value in report.user_properties:
                figures[name] += value if isinstance(value, int) else 0
    for name, value in sorted(figures.items()):
        terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> Sample:
    """Draw a few of several in their order; another test and another seed draw others, a whole proof draws all."""
    chance = Random(f"{request.config.getoption('randomly_seed', 0)} {request.node.name}")

    def draw(several: Iterable[str], count: int) -> list[str]:
        given = list(several)
        drawn = given if IS_WHOLE else chance.sample(given, count)
        return [each for each in given if each in drawn]

    return draw

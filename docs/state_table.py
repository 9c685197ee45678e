"""Write the table in states.md from the code: every combination of facts, without those that make no difference.

Run ``python -m docs.state_table`` after a change to the states.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from tracking.conf import TrackingSettings  # noqa: E402  Needs django.setup().
from tracking.events import UnitKind  # noqa: E402
from tracking.rollups.learner import states  # noqa: E402
from tracking.rollups.learner.states import AttemptFacts  # noqa: E402

PAGE = Path(__file__).with_name("states.md")
BEGIN, END = "<!-- table: made by docs/state_table.py -->", "<!-- end of table -->"
EXPECTED_SECONDS = 100
ANY = "·"


def facts() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Return each fact by its name, in the order of the columns: its values, and the fields that each value sets."""
    attempted: dict[str, Any] = {"started_count": 1, "submitted_count": 1}
    return {
        "excused": {"yes": {"is_excused": True}, "no": {}},
        "available": {"no": {"is_available": False}, "yes": {}},
        "completed on the platform": {"yes": {"is_host_completed": True}, "no": {}},
        "attempts": {
            "passed": {"attempts": AttemptFacts(**attempted, is_graded=True, is_passed=True)},
            "graded, no pass mark": {"attempts": AttemptFacts(**attempted, is_graded=True)},
            "not passed": {"attempts": AttemptFacts(**attempted, is_graded=True, is_passed=False)},
            "awaiting grading": {"attempts": AttemptFacts(**attempted)},
            "started": {"attempts": AttemptFacts(started_count=1)},
            "none": {},
        },
        "kind": {"quiz": {"kind": UnitKind.QUIZ}, "lesson, other": {"kind": UnitKind.LESSON}},
        "reading": {
            "not opened": {},
            "opened, time not measured": {"is_opened": True, "has_time": False},
            "under 5 s": _read(4_999, to_the_end=False),
            "under 5 s, to the end": _read(4_999, to_the_end=True),
            "5 s or more": _read(5_000, to_the_end=False),
            "to the end, in under a fifth of the expected time": _read(19_999, to_the_end=True),
            "to the end, in a fifth of it or more": _read(20_000, to_the_end=True),
        },
        "expected time": {"known": {"expected_seconds": EXPECTED_SECONDS}, "unknown": {}},
        "required": {"yes": {}, "no": {"is_required": False}},
        "shares activity": {"yes": {}, "no": {"is_shared": False}},
        "later unit worked on": {"yes": {"is_later_engaged": True}, "no": {}},
    }


def _read(spent_ms: int, *, to_the_end: bool) -> Mapping[str, Any]:
    return {"is_opened": True, "spent_ms": spent_ms, "scroll_percent": 80 if to_the_end else 79}


def table() -> str:
    """Return the table as Markdown. The first line that matches a unit gives its state."""
    columns = facts()
    found = {
        names: _state(columns, names) for names in itertools.product(*(values for values in columns.values()))
    }
    lines = list(_lines(columns, found, ()))
    used = [place for place in range(len(columns)) if any(line[0][place] != ANY for line in lines)]
    heads = [list(columns)[place] for place in used]
    rows = [[*heads, "**state**"], ["---"] * (len(used) + 1)]
    rows += [[*(names[place] for place in used), f"**{state}**"] for names, state in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def page(text: str) -> str:
    """Return ``text`` with the table in its place."""
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


def _state(columns: Mapping[str, Mapping[str, Mapping[str, Any]]], names: Sequence[str]) -> str:
    values_set: dict[str, Any] = {}
    for values, name in zip(columns.values(), names, strict=True):
        values_set |= values[name]
    return str(states.unit_state(states.UnitFacts(**values_set), TrackingSettings()).label)


def _lines(
    columns: Mapping[str, Mapping[str, Mapping[str, Any]]],
    found: Mapping[tuple[str, ...], str],
    known: tuple[str, ...],
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the lines for the ``known`` values: values with the same result share one, ``ANY`` decides nothing."""
    outcomes = set(found.values())
    left = list(columns)[len(known) :]
    if len(outcomes) == 1:
        yield (*known, *(ANY for _ in left)), outcomes.pop()
        return
    place = len(known)
    branches: list[tuple[list[str], dict[tuple[str, ...], str]]] = []
    for name in columns[left[0]]:
        below = {names[place + 1 :]: state for names, state in found.items() if names[place] == name}
        same = next((branch for branch in branches if _tails(branch[1], place) == below), None)
        if same is not None:
            same[0].append(name)
        else:
            branches.append(
                ([name], {names: state for names, state in found.items() if names[place] == name})
            )
    for names, branch in branches:
        label = ANY if len(branches) == 1 else " / ".join(names)
        yield from _lines(columns, branch, (*known, label))


def _tails(branch: Mapping[tuple[str, ...], str], place: int) -> dict[tuple[str, ...], str]:
    return {names[place + 1 :]: state for names, state in branch.items()}


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))

"""Read answer logs of any origin: plain or gzipped, tabs or commas, sorted or not, with or without skills."""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tracking.rollups.mastery.calibration import CalibrationAnswer

NEEDED = ("user_id", "item_id", "correct")
NAMES = (*NEEDED, "timestamp", "skill_id")
MISSING = frozenset({"", "na", "nan", "none", "null", "-1", "n/a"})
RIGHT = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
SEPARATORS = re.compile(r"\s*(?:~~|[;|,])\s*")
NUMBERS = re.compile(r"\d+(?:_\d+)+")
"""Several skill numbers in one cell. An underscore between letters is part of a name."""


class Unreadable(Exception):
    """Raised if a file is not an answer log. The message gives the reason and the expected format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The answers of one file in order of time, and remarks about the file."""

    answers: Sequence[CalibrationAnswer]
    remarks: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    answer: CalibrationAnswer
    timestamp: float
    has_skill: bool


def read(path: str) -> Log:
    """Return the answers in the file at ``path``. Raises ``Unreadable`` if it has none."""
    text = _text(path)
    head, _, _ = text.partition("\n")
    delimiter = max("\t,;", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = {name.strip().lower(): place for place, name in enumerate(next(reader, []))}
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise Unreadable(
            f"{path}: no column {', '.join(map(repr, missing))} among {', '.join(map(repr, columns)) or 'none'}. "
            f"The first line must name {', '.join(NEEDED)}, and may name timestamp and skill_id."
        )
    problems: Counter[str] = Counter()
    rows = _merged(list(_rows(reader, columns, problems)))
    if not rows:
        raise Unreadable(f"{path}: not one usable row. {_problem_text(problems)}")
    moments = {row.timestamp for row in rows}
    ordered = sorted(rows, key=lambda row: row.timestamp) if len(moments) > 1 else rows
    return Log(
        answers=[row.answer for row in ordered],
        remarks=list(_remarks(path, rows, problems, is_timed=len(moments) > 1)),
    )


def split(
    answers: Sequence[CalibrationAnswer], *, parts: int = 5
) -> tuple[list[CalibrationAnswer], list[CalibrationAnswer]]:
    """Return the answers of four fifths of the learners and those of the rest. The split is the same each time."""
    test = {each.learner for each in answers if zlib.crc32(str(each.learner).encode()) % parts == 0}
    return [a for a in answers if a.learner not in test], [a for a in answers if a.learner in test]


def _text(path: str) -> str:
    try:
        raw = Path(path).read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{path}: {error}.") from error
    return raw.decode("utf-8-sig", errors="replace")


def _rows(reader: Iterator[list[str]], columns: Mapping[str, int], problems: Counter[str]) -> Iterator[_Row]:
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        row = _row({name: _cell(cells, columns.get(name)) for name in NAMES}, problems)
        if row is not None:
            yield row


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _row(cells: Mapping[str, str], problems: Counter[str]) -> _Row | None:
    is_right = _is_right(cells["correct"])
    reason = ""
    if not cells["user_id"]:
        reason = "no user_id"
    elif not cells["item_id"]:
        reason = "no item_id"
    elif is_right is None:
        reason = "correct is neither 0 nor 1"
    if reason or is_right is None:
        problems[reason] += 1
        return None
    skills = _skills(cells["skill_id"])
    return _Row(
        # An item without a skill counts as its own skill, as a quiz does in the product.
        answer=CalibrationAnswer(
            learner=cells["user_id"],
            item=cells["item_id"],
            skills=skills or (f"item {cells['item_id']}",),
            is_right=is_right,
        ),
        timestamp=_moment(cells["timestamp"], problems),
        has_skill=bool(skills),
    )


def _is_right(text: str) -> bool | None:
    known = RIGHT.get(text.lower())
    if known is not None:
        return known
    try:
        share = float(text)
    except ValueError:
        return None
    return share >= 0.5 if 0 <= share <= 1 else None


def _skills(text: str) -> tuple[str, ...]:
    if text.lower() in MISSING:
        return ()
    parts = text.split("_") if NUMBERS.fullmatch(text) else SEPARATORS.split(text)
    return tuple(dict.fromkeys(part for part in parts if part.lower() not in MISSING))


def _moment(text: str, problems: Counter[str]) -> float:
    if not text:
        return 0.0
    try:
        moment = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text).timestamp()
        except (ValueError, OverflowError, OSError):
            moment = math.nan
    if not math.isfinite(moment):
        problems["invalid timestamp, read as 0"] += 1
        return 0.0
    return moment


def _merged(rows: Iterable[_Row]) -> list[_Row]:
    """Return ``rows`` with adjacent rows merged that repeat one answer for each of its skills."""
    merged: list[_Row] = []
    for row in rows:
        last = merged[-1] if merged else None
        if last is not None and _is_same_answer(last, row):
            skills = tuple(dict.fromkeys(last.answer.skills + row.answer.skills))
            merged[-1] = replace(last, answer=replace(last.answer, skills=skills))
        else:
            merged.append(row)
    return merged


def _is_same_answer(last: _Row, row: _Row) -> bool:
    one, other = last.answer, row.answer
    return (
        (one.learner, one.item, one.is_right, last.timestamp)
        == (other.learner, other.item, other.is_right, row.timestamp)
        and last.has_skill
        and row.has_skill
        and not set(other.skills) <= set(one.skills)
    )


def _remarks(path: str, rows: Sequence[_Row], problems: Counter[str], *, is_timed: bool) -> Iterator[str]:
    answers = [row.answer for row in rows]
    counts = {
        "answers": len(rows),
        "learners": len({each.learner for each in answers}),
        "items": len({each.item for each in answers}),
        "skills": len({skill for each in answers for skill in each.skills}),
    }
    yield f"{path}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items())
    yield f"  {sum(each.is_right for each in answers) / len(rows):.1%} right; " + (
        "ordered by timestamp" if is_timed else "in the order of the file: all timestamps are alike"
    )
    without = sum(not row.has_skill for row in rows)
    if without:
        yield f"  {without:,} answers name no skill: each such item counts as a skill of its own"
    several = sum(len(each.skills) > 1 for each in answers)
    if several:
        yield f"  {several:,} answers have several skills"
    if problems:
        yield f"  {_problem_text(problems)}"
    if len({each.is_right for each in answers}) == 1:
        yield "  all outcomes are alike: no area under a curve exists"


def _problem_text(problems: Counter[str]) -> str:
    return (
        "Left out or corrected: "
        + "; ".join(f"{count:,} x {reason}" for reason, count in problems.items())
        + "."
    )

"""Turn the cells of our columns into an entry: parse numbers, validate payloads, give each attempt a key."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from tracking import events
from tracking.capture import envelope
from tracking.capture.importing import event_ids
from tracking.capture.importing.rows import ATTEMPT, AttemptPart, LogEntry, LogRow
from tracking.definitions import ranges
from tracking.events import EventSender
from tracking.exceptions import RowRejected
from tracking.lms.values import AnswerRecord
from tracking.models.keys import KEY_LENGTH

YES = frozenset({"true", "1", "yes"})
NO = frozenset({"false", "0", "no"})

AnswerKey = Annotated[str, Meta(min_length=1, max_length=KEY_LENGTH)]


class AnswerCell(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer in the JSON list of the column ``answers``."""

    question: AnswerKey
    correct: bool | None = None
    points: float | None = None
    max_points: float | None = None
    chosen: tuple[AnswerKey, ...] = ()
    lessons: tuple[AnswerKey, ...] = ()
    skills: tuple[AnswerKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOrigin:
    """What all rows of a log share: the name under which its attempts are stored, and its first lines."""

    source: str
    first_lines: bytes


_answers = msgspec.json.Decoder(tuple[AnswerCell, ...])


def parse_entry(
    row: LogRow, cells: Mapping[str, str], *, at: datetime, started_at: datetime | None, origin: LogOrigin
) -> LogEntry:
    """Return the entry that ``cells`` describe; their keys are the names of our columns.

    Raises ``RowRejected`` if the cells are not valid.
    """
    kind = cells["kind"]
    if kind == ATTEMPT:
        own_id, payload = _id(row, cells, origin), {}
        attempt = _attempt(cells, own_id, started_at=started_at or at, source=origin.source)
    else:
        own_id, payload, attempt = _id(row, cells, origin), _payload(kind, cells), None
    return LogEntry(
        id=own_id,
        line=row.line,
        text=row.text,
        learner=cells["learner"],
        course_key=cells["course"],
        unit_key=cells["unit"],
        kind=kind,
        at=at,
        payload=payload,
        attempt=attempt,
    )


def parse_number(text: str) -> float | None:
    """Return the number in ``text``, or ``None`` if it is empty. Raises ``RowRejected`` if it is not a number."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and abs(value) <= ranges.MAX_SCORE):
        raise RowRejected("bad_row", f"{text!r} is not a number up to {ranges.MAX_SCORE:g}.")
    return value


def _id(row: LogRow, cells: Mapping[str, str], origin: LogOrigin) -> UUID:
    if name := cells.get("id"):
        return event_ids.id_from_name(origin.source, cells["kind"], name)
    return event_ids.id_from_position(origin.first_lines, row, kind=cells["kind"])


def _payload(kind: str, cells: Mapping[str, str]) -> dict[str, Any]:
    known = events.find_kind(kind)
    if known is None:
        raise RowRejected("unknown_kind", f"{kind!r} is not an event kind.")
    if EventSender.IMPORT not in known.senders:
        raise RowRejected("bad_payload", f"{kind!r} needs a page view, and a row of a log names none.")
    text = cells.get("payload") or "{}"
    if count := cells.get("count"):
        text = _with_count(text, count)
    payload = envelope.parse_payload(known, text.encode())
    # PostgreSQL cannot store NUL in text.
    if payload is None or "\\u0000" in text:
        raise RowRejected("bad_payload", f"{text!r} does not match the payload of {kind!r}.")
    payload_values: dict[str, Any] = msgspec.to_builtins(payload)
    return payload_values


def _with_count(text: str, count: str) -> str:
    if not count.isdecimal():
        raise RowRejected("bad_payload", f"{count!r} is not a whole number.")
    return f'{{"count":{int(count)}}}' if text == "{}" else f'{{"count":{int(count)},{text.lstrip()[1:]}'


def _attempt(cells: Mapping[str, str], own_id: UUID, *, started_at: datetime, source: str) -> AttemptPart:
    key = cells.get("attempt") or str(own_id)
    if len(key) > KEY_LENGTH:
        raise RowRejected("bad_row", f"The attempt's key is longer than {KEY_LENGTH} characters.")
    max_score = parse_number(cells.get("max_score", ""))
    if max_score is not None and max_score <= 0:
        raise RowRejected("bad_row", f"The maximum score {max_score:g} is not above 0.")
    return AttemptPart(
        source=source,
        key=key,
        started_at=started_at,
        score=parse_number(cells.get("score", "")),
        max_score=max_score,
        is_passed=_yes_or_no(cells.get("passed", "")),
        answers=_answers_in(cells.get("answers", "")),
    )


def _yes_or_no(text: str) -> bool | None:
    if not text:
        return None
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise RowRejected("bad_row", f"{text!r} is neither yes nor no.")


def _answers_in(text: str) -> tuple[AnswerRecord, ...] | None:
    if not text:
        return None
    try:
        cells = _answers.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RowRejected("bad_row", f"The answers cannot be read: {error}.") from error
    if "\\u0000" in text:
        raise RowRejected("bad_row", "The answers contain a NUL character.")
    if len({cell.question for cell in cells}) < len(cells):
        raise RowRejected("bad_row", "Two answers belong to the same question.")
    return tuple(
        AnswerRecord(
            question_key=cell.question,
            is_correct=cell.correct,
            points=cell.points,
            max_points=cell.max_points,
            chosen=cell.chosen,
            lesson_keys=cell.lessons,
            skills=cell.skills,
        )
        for cell in cells
    )

"""Statements of xAPI 1.0, one JSON object a line, laid out as cells that a map can name.

Statements of a video session are held until the end of the log and folded into its sittings; all others stand alone.
That a video was completed stands alone too, and what it says of the minutes counts in its sitting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from tracking import events
from tracking.capture.importing import event_ids, row_mapping
from tracking.capture.importing.column_maps import ColumnMap, ColumnMapping, MapDocument
from tracking.capture.importing.row_mapping import RowMapper
from tracking.capture.importing.rows import ATTEMPT, Item, LogEntry, LogRow, RejectedRow
from tracking.capture.importing.sources import LogSource
from tracking.xapi.importing import video_sessions
from tracking.xapi.importing.video_sessions import VideoMoment

VIDEO = "https://w3id.org/xapi/video/extensions/"

NAMES = (
    *("id", "actor", "verb", "verb.id", "kind", "object.id", "parent", "timestamp"),
    *("attempt", "score", "max_score", "passed"),
)
"""The parts of a statement that a map can name."""

COLUMNS: Mapping[str, str | ColumnMapping] = {
    "learner": "{actor}",
    "course": "{parent}",
    "unit": "{object.id}",
    "kind": "{kind}",
    "at": "{timestamp}",
    "id": "{id}",
    "attempt": "{attempt}",
    "score": "{score}",
    "max_score": "{max_score}",
    "passed": "{passed}",
}
"""How statements are read where a map says nothing else."""

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("experienced", "viewed", "launched", "accessed", "initialized"), events.UNIT_ACCESSED),
    **dict.fromkeys(("played", "paused", "seeked"), events.UNIT_ACCESSED),
    **dict.fromkeys(("passed", "failed", "scored", "answered"), ATTEMPT),
    "completed": events.UNIT_COMPLETED,
}
"""What the last part of a verb's address stands for."""

STANDING_ALONE = frozenset({ATTEMPT, events.UNIT_COMPLETED})
"""The kinds that are events of their own within a video session as well."""

PASSED = {"passed": "true", "failed": "false"}

_Json = Any
"""A statement is JSON of anybody's making: every step into it is checked."""


@dataclass(slots=True)
class _Session:
    """The statements of one video session; ``entry`` is the first of them."""

    entry: LogEntry
    moments: list[VideoMoment] = field(default_factory=list)


def read_statements(source: LogSource, given: ColumnMap) -> Iterator[Item]:
    """Yield what the statements of ``source`` stand for."""
    row_map = row_mapping.compile_map(
        replace(given, document=_with_defaults(given.document)), columns=NAMES, first_lines=b""
    )
    sessions: dict[tuple[str, ...], _Session] = {}
    for line, raw in source.lines():
        if not raw.strip():
            continue
        statement = _statement(line, raw)
        if isinstance(statement, RejectedRow):
            yield statement
            continue
        item = row_map.item(statement_row(line, raw, statement))
        name = video_session_id(statement)
        if name and isinstance(item, LogEntry) and item.kind != ATTEMPT:
            key: tuple[str, ...] = (item.learner, item.course_key, item.unit_key, name)
            sessions.setdefault(key, _Session(item)).moments.append(video_moment(item, statement))
        if not name or not isinstance(item, LogEntry) or item.kind in STANDING_ALONE:
            yield item
    for key, session in sessions.items():
        yield from _sittings(key, session)


def default_column_map() -> RowMapper:
    """Return how statements are read where no map says anything else."""
    return row_mapping.compile_map(
        ColumnMap(document=_with_defaults(ColumnMap().document)), columns=NAMES, first_lines=b""
    )


def _with_defaults(document: MapDocument) -> MapDocument:
    return msgspec.structs.replace(document, columns={**COLUMNS, **document.columns})


def _statement(line: int, raw: bytes) -> dict[str, _Json] | RejectedRow:
    text = raw.decode("utf-8", "replace").rstrip("\r\n")
    try:
        statement = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return RejectedRow(line=line, text=text, code="bad_row", detail=f"The row is not JSON: {error}.")
    if not isinstance(statement, dict) or b"\\u0000" in raw:
        return RejectedRow(line=line, text=text, code="bad_row", detail="The row is not a statement.")
    return statement


def statement_row(line: int, raw: bytes, statement: dict[str, _Json]) -> LogRow:
    """Return a statement as cells that a map can name."""
    verb = _text(_at(statement, "verb", "id"))
    name = verb.rstrip("/").rpartition("/")[2]
    activity, parent = activity_and_parent(statement)
    is_in_session = bool(_extension(statement.get("context"), "session-id"))
    score = _at(statement, "result", "score")
    scaled = _text(_at(score, "scaled"))
    # Players have verbs of their own for what they do; in a session each shows at least that it was open.
    kind = KINDS.get(name, events.UNIT_ACCESSED if is_in_session else verb)
    cells = {
        "id": _text(statement.get("id")),
        "actor": _actor(statement.get("actor")),
        "verb": name,
        "verb.id": verb,
        "kind": ATTEMPT if kind == events.UNIT_COMPLETED and score else kind,
        "object.id": activity,
        "parent": parent,
        "timestamp": _text(statement.get("timestamp")),
        "attempt": _text(_at(statement, "context", "registration")) or _text(statement.get("id")),
        "score": scaled or _text(_at(score, "raw")),
        "max_score": "1" if scaled else _text(_at(score, "max")),
        "passed": _text(_at(statement, "result", "success")) or PASSED.get(name, ""),
    }
    return LogRow(line=line, text=raw.decode("utf-8").rstrip("\r\n"), cells=cells)


def activity_and_parent(statement: dict[str, _Json]) -> tuple[str, str]:
    """Return the activity that a statement is about, and the one above it; empty where it names none."""
    above = _activity(statement, "parent") or _activity(statement, "grouping")
    return _text(_at(statement, "object", "id")), above


def video_session_id(statement: dict[str, _Json]) -> str:
    """Return the session of the video profile that a statement belongs to; empty where to none."""
    return _text(_extension(statement.get("context"), "session-id"))


def video_moment(entry: LogEntry, statement: dict[str, _Json]) -> VideoMoment:
    """Return what one statement of a video session says about it."""
    result = statement.get("result")
    verb = _text(_at(statement, "verb", "id")).rpartition("/")[2]
    place = _seconds(_extension(result, "time"))
    return VideoMoment(
        at=entry.at,
        line=None if entry.kind in STANDING_ALONE else entry.line,
        stopped=_seconds(_extension(result, "time-from")) if verb == "seeked" else place,
        resumed=_seconds(_extension(result, "time-to"))
        if verb == "seeked"
        else place
        if verb in ("played", "interacted")
        else None,
        played_ms=video_sessions.played_ms(_text(_extension(result, "played-segments"))),
        speed=_speed(_text(_extension(statement.get("context"), "speed"))),
    )


def _sittings(key: tuple[str, ...], session: _Session) -> Iterator[LogEntry]:
    first = session.entry
    for sitting in video_sessions.fold_video_session(session.moments):
        view_id = event_ids.id_from_name("view", *key, sitting.began_at.isoformat())
        # The count is part of the id: where the log has grown, the longer sitting adds to the view that is there.
        own_id = event_ids.id_from_name("sitting", str(view_id), str(sitting.statement_count))
        line = min(sitting.lines, default=first.line)
        yield replace(
            first,
            id=own_id,
            kind=events.PAGE_PROGRESS,
            at=sitting.ended_at,
            line=line,
            text=first.text if line == first.line else "",
            view_id=view_id,
            payload=msgspec.to_builtins(sitting.progress),
            row_count=len(sitting.lines),
            other_lines=sitting.lines[1:],
        )


def _actor(actor: _Json) -> str:
    if name := _text(_at(actor, "account", "name")):
        return name
    return _text(_at(actor, "mbox")).removeprefix("mailto:") or _text(_at(actor, "openid"))


def _activity(statement: dict[str, _Json], relation: str) -> str:
    found = _at(statement, "context", "contextActivities", relation)
    return _text(_at(found[0] if isinstance(found, list) and found else found, "id"))


def _extension(part: _Json, name: str) -> _Json:
    return _at(part, "extensions", f"{VIDEO}{name}")


def _at(value: _Json, *names: str) -> _Json:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: _Json) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""


def _seconds(value: _Json) -> float | None:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e6 else None


def _speed(text: str) -> float | None:
    try:
        speed = float(text.rstrip("x"))
    except ValueError:
        return None
    return speed if 0.1 <= speed <= 16 else None

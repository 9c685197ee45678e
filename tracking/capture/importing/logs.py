"""Importing one log from its first row to its last, or from where it was interrupted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from tracking.capture.importing import csv_rows, maps, rejects, runs, sources, xapi_rows
from tracking.capture.importing.maps import Map
from tracking.capture.importing.rejects import Keep
from tracking.capture.importing.roster import Roster
from tracking.capture.importing.rows import Item, Refused
from tracking.capture.importing.runs import Plan, Tally
from tracking.capture.importing.sources import Source
from tracking.models import ImportRun

READERS: Mapping[str, Callable[[Source, Map], Iterator[Item]]] = {
    "csv": csv_rows.read,
    "xapi": xapi_rows.read,
}
"""How each format is read."""

EXAMPLES = 5
"""Refused rows that are kept for showing where no rejects file is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to import and how. ``lookups`` names the files of the map's lookups; beside the log unless given."""

    file: str
    format: str
    map_file: str = ""
    lookups: Mapping[str, str] = field(default_factory=dict)
    learner_field: str = "username"
    rejects_file: str = ""
    batch_size: int = 5000
    is_dry: bool = False
    """Read and judge every row, and store nothing."""
    is_again: bool = False
    """Begin at the first row even where this log was imported before; no event is stored twice."""
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import has come. ``share`` is from 0 to 1, ``None`` where the size of the log is not known."""

    tally: Tally
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an import did: its account over all runs, how many rows an earlier run had read, and some refused rows."""

    tally: Tally
    resumed_count: int
    was_finished: bool
    examples: tuple[Refused, ...] = ()


def import_log(request: Request, report: Callable[[Progress], None]) -> Outcome:
    """Import a log and return the account; ``report`` hears of every batch.

    A log that was interrupted goes on after its last stored row; one that was finished is left as it is. Raises
    ``ImportFailed`` where it cannot be imported as a whole: what was stored until then stays.
    """
    folder = Path() if request.file == sources.STDIN else Path(request.file).parent
    given = (
        maps.read(request.map_file, folder=folder, overrides=request.lookups) if request.map_file else Map()
    )
    with sources.opened(request.file) as source:
        run = _run(request, source, given)
        if run.finished_at is not None:
            return Outcome(tally=Tally.of(run), resumed_count=run.read_count, was_finished=True)
        return _carry_out(request, source, given, run, report)


def _carry_out(
    request: Request, source: Source, given: Map, run: ImportRun, report: Callable[[Progress], None]
) -> Outcome:
    resumed_count = run.read_count
    examples: list[Refused] = []

    def after_batch(tally: Tally) -> None:
        report(Progress(tally=tally, share=source.read_bytes / source.size if source.size else None))

    with _kept(request, examples, is_resumed=resumed_count > 0) as keep:
        plan = Plan(
            roster=Roster(request.learner_field),
            batch_size=request.batch_size,
            is_dry=request.is_dry,
            keep=keep,
            after_batch=after_batch,
            now=request.now,
        )
        tally = runs.carry_out(run, READERS[request.format](source, given), plan)
    return Outcome(tally=tally, resumed_count=resumed_count, was_finished=False, examples=tuple(examples))


def _run(request: Request, source: Source, given: Map) -> ImportRun:
    if request.is_dry:
        return ImportRun(file_name=source.name)
    # What standard input will hold is not known, so each time is a run of its own; ids keep it from storing twice.
    content = source.fingerprint if source.size is not None else uuid4().hex
    parts = (content, given.fingerprint, request.format, request.learner_field)
    fingerprint = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return runs.begin(fingerprint, file_name=source.name, is_restarted=request.is_again)


@contextmanager
def _kept(request: Request, examples: list[Refused], *, is_resumed: bool) -> Iterator[Keep]:
    if request.rejects_file:
        with rejects.kept_in(request.rejects_file, is_resumed=is_resumed) as keep:
            yield keep
    else:
        yield lambda refused: examples.extend(refused[: EXAMPLES - len(examples)])

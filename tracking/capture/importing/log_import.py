"""Importing one log from its first row to its last, or from where it was interrupted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from tracking.capture.importing import column_maps, csv_reader, import_runs, rejects_file, sources
from tracking.capture.importing.column_maps import ColumnMap
from tracking.capture.importing.import_runs import ImportPlan, RowCounts
from tracking.capture.importing.name_lookup import NameLookup
from tracking.capture.importing.rejects_file import RejectsWriter
from tracking.capture.importing.rows import Item, RejectedRow
from tracking.capture.importing.sources import LogSource
from tracking.models import ImportRun

LogReader = Callable[[LogSource, ColumnMap], Iterator[Item]]

READERS: dict[str, LogReader] = {"csv": csv_reader.read_csv}
"""How each format is read."""

EXAMPLES = 5
"""Refused rows that are kept for showing where no rejects file is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to import and how. ``lookups`` names the files of the map's lookups (default: next to the log)."""

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
class ImportProgress:
    """How far an import has come. ``share`` is from 0 to 1, ``None`` where the size of the log is not known."""

    tally: RowCounts
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did: its account over all runs, how many rows an earlier run had read, and some refused rows."""

    tally: RowCounts
    resumed_count: int
    was_finished: bool
    examples: tuple[RejectedRow, ...] = ()


def register_reader(name: str, read: LogReader) -> None:
    """Let logs of the format ``name`` be imported. Call it in ``AppConfig.ready()``."""
    READERS[name] = read


def import_log(request: ImportRequest, report: Callable[[ImportProgress], None]) -> ImportResult:
    """Import a log and return the account; ``report`` hears of every batch.

    A log that was interrupted goes on after its last stored row; one that was finished is left as it is. Raises
    ``ImportFailed`` where it cannot be imported as a whole: what was stored until then stays.
    """
    folder = Path() if request.file == sources.STDIN else Path(request.file).parent
    given = (
        column_maps.read_column_map(request.map_file, folder=folder, overrides=request.lookups)
        if request.map_file
        else ColumnMap()
    )
    with sources.open_source(request.file) as source:
        run = _run(request, source, given)
        if run.finished_at is not None:
            return ImportResult(tally=RowCounts.of(run), resumed_count=run.read_count, was_finished=True)
        return _carry_out(request, source, given, run, report)


def _carry_out(
    request: ImportRequest,
    source: LogSource,
    given: ColumnMap,
    run: ImportRun,
    report: Callable[[ImportProgress], None],
) -> ImportResult:
    resumed_count = run.read_count
    examples: list[RejectedRow] = []

    def after_batch(tally: RowCounts) -> None:
        report(ImportProgress(tally=tally, share=source.read_bytes / source.size if source.size else None))

    with _kept(request, examples, is_resumed=resumed_count > 0) as keep:
        plan = ImportPlan(
            roster=NameLookup(request.learner_field),
            batch_size=request.batch_size,
            is_dry=request.is_dry,
            keep=keep,
            after_batch=after_batch,
            now=request.now,
        )
        tally = import_runs.run_import(run, READERS[request.format](source, given), plan)
    return ImportResult(
        tally=tally, resumed_count=resumed_count, was_finished=False, examples=tuple(examples)
    )


def _run(request: ImportRequest, source: LogSource, given: ColumnMap) -> ImportRun:
    if request.is_dry:
        return ImportRun(file_name=source.name)
    # What standard input will hold is not known, so each time is a run of its own; ids keep it from storing twice.
    content = source.fingerprint if source.size is not None else uuid4().hex
    parts = (content, given.fingerprint, request.format, request.learner_field)
    fingerprint = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return import_runs.start_import(fingerprint, file_name=source.name, is_restarted=request.is_again)


@contextmanager
def _kept(
    request: ImportRequest, examples: list[RejectedRow], *, is_resumed: bool
) -> Iterator[RejectsWriter]:
    if request.rejects_file:
        with rejects_file.write_rejects(request.rejects_file, is_resumed=is_resumed) as keep:
            yield keep
    else:
        yield lambda refused: examples.extend(refused[: EXAMPLES - len(examples)])

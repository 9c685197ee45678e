"""One import: batches of rows, each stored in one transaction with the progress of the import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tracking.capture import attempts, event_store, ingest
from tracking.capture.importing import timestamps
from tracking.capture.importing.name_lookup import NameLookup
from tracking.capture.importing.rejects_file import RejectsWriter
from tracking.capture.importing.row_mapping import LEFT_OUT
from tracking.capture.importing.rows import ATTEMPT, FilteredRow, Item, LogEntry, RejectedRow
from tracking.capture.rejections import RejectReason
from tracking.events import EventSource, LearnerId
from tracking.exceptions import ImportFailed
from tracking.lms.values import AttemptRecord, UnitRef
from tracking.models import ImportRun


@dataclass(slots=True, kw_only=True)
class RowCounts:
    """How many of the rows read so far were accepted, were duplicates, or were rejected, by reason."""

    read_count: int = 0
    accepted_count: int = 0
    duplicate_count: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, run: ImportRun) -> RowCounts:
        """Return the counts of ``run`` as last stored."""
        return cls(
            read_count=run.read_count,
            accepted_count=run.accepted_count,
            duplicate_count=run.duplicate_count,
            rejected=Counter(run.rejected_counts),
        )

    @property
    def left_out_count(self) -> int:
        """Rows that the map filters out."""
        return self.rejected[LEFT_OUT]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """How to import: who the learners are, how many rows go into one transaction, and whether anything is stored.

    ``after_batch`` is called with the progress after each transaction.
    """

    roster: NameLookup
    batch_size: int
    is_dry: bool
    keep: RejectsWriter
    after_batch: Callable[[RowCounts], None]
    now: datetime


def start_import(fingerprint: str, *, file_name: str, is_restarted: bool) -> ImportRun:
    """Return the run of this log: a new one, or the interrupted one, which ``is_restarted`` resets to the start."""
    run, _ = ImportRun.objects.get_or_create(
        fingerprint=fingerprint, defaults={"file_name": file_name[-300:]}
    )
    if is_restarted:
        run.read_count = run.accepted_count = run.duplicate_count = 0
        run.rejected_counts, run.started_at, run.finished_at = {}, timezone.now(), None
        run.save()
    return run


def run_import(run: ImportRun, items: Iterable[Item], plan: ImportPlan) -> RowCounts:
    """Store ``items`` and return the counts, which continue those of ``run``.

    Raises ``ImportFailed`` if another process imports the same log.
    """
    counts = RowCounts.of(run)
    for batch in _batches(_after(items, run.read_count), plan.batch_size):
        before = counts.read_count
        with transaction.atomic():
            _ingest(batch, plan, counts)
            if not plan.is_dry:
                _advance(run, counts, before=before)
        plan.after_batch(counts)
    if not plan.is_dry:
        run.finished_at = timezone.now()
        run.save(update_fields=["finished_at"])
    return counts


def _after(items: Iterable[Item], done_count: int) -> Iterator[Item]:
    # A resumed import reads the log from the start, and skips what is stored already.
    skipped = 0
    for item in items:
        if skipped < done_count:
            skipped += item.row_count
        else:
            yield item


def _batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


def _ingest(batch: Sequence[Item], plan: ImportPlan, counts: RowCounts) -> None:
    entries = [item for item in batch if isinstance(item, LogEntry)]
    plan.roster.learn(entries)
    rejected = [item for item in batch if isinstance(item, RejectedRow)]
    known: list[tuple[LogEntry, LearnerId]] = []
    for entry in entries:
        found = _validate(entry, plan)
        if isinstance(found, RejectedRow):
            rejected += [found] if found.row_count else []
        else:
            known.append((entry, found))
    accepted = sum(entry.row_count for entry, _ in known) if plan.is_dry else _store(known, now=plan.now)
    # Write rejects before the commit: after a crash a row may be listed twice, but none is missing.
    plan.keep(rejected)
    _count(counts, batch, known, rejected, accepted_count=accepted)
    if not plan.is_dry:
        ingest.count_rejections(RejectReason(row.code) for row in rejected for _ in range(row.row_count))


def _validate(entry: LogEntry, plan: ImportPlan) -> LearnerId | RejectedRow:
    found = plan.roster.find(entry)
    if isinstance(found, RejectReason):
        return _reject(entry, found, f"{found.label}: {_named(entry, found)}")
    if timestamps.is_in_future(entry.at, now=plan.now):
        return _reject(entry, RejectReason.BAD_ROW, f"{entry.at.isoformat()} is in the future.")
    return found


def _named(entry: LogEntry, reason: RejectReason) -> str:
    return (
        f"{entry.course_key!r}/{entry.unit_key!r}"
        if reason is RejectReason.UNKNOWN_UNIT
        else repr(entry.learner)
    )


def _reject(entry: LogEntry, reason: RejectReason, detail: str) -> RejectedRow:
    return RejectedRow(
        line=entry.line,
        text=entry.text,
        code=reason.value,
        detail=detail,
        row_count=entry.row_count,
        other_lines=entry.other_lines,
    )


def _store(known: Sequence[tuple[LogEntry, LearnerId]], *, now: datetime) -> int:
    """Store events and attempts; return how many rows of the log were new."""
    rows_of = {entry.id: entry.row_count for entry, _ in known if entry.kind != ATTEMPT}
    fresh = event_store.store_events(
        [_event(entry, learner_id, now) for entry, learner_id in known if entry.kind != ATTEMPT]
    )
    new_attempts = attempts.store_attempts([_attempt(*each) for each in known if each[0].kind == ATTEMPT])
    return sum(rows_of[event.id] for event in fresh) + new_attempts


def _event(entry: LogEntry, learner_id: LearnerId, now: datetime) -> event_store.NewEvent:
    return event_store.NewEvent(
        id=entry.id,
        learner_id=learner_id,
        course_key=entry.course_key,
        unit_key=entry.unit_key,
        kind=entry.kind,
        source=EventSource.IMPORTED,
        happened_at=entry.at,
        received_at=now,
        view_id=entry.view_id,
        payload=entry.payload,
    )


def _attempt(entry: LogEntry, learner_id: LearnerId) -> AttemptRecord:
    part = entry.attempt
    assert part is not None, "An entry of the kind 'attempt' needs its attempt."  # noqa: S101
    return AttemptRecord(
        source_label=part.source,
        source_key=part.key,
        learner_id=learner_id,
        unit=UnitRef(course_key=entry.course_key, unit_key=entry.unit_key),
        started_at=min(part.started_at, entry.at),
        submitted_at=entry.at,
        score=part.score,
        max_score=part.max_score,
        is_passed=part.is_passed,
        answers=part.answers,
    )


def _count(
    counts: RowCounts,
    batch: Sequence[Item],
    known: Sequence[tuple[LogEntry, LearnerId]],
    rejected: Sequence[RejectedRow],
    *,
    accepted_count: int,
) -> None:
    counts.read_count += sum(item.row_count for item in batch)
    counts.accepted_count += accepted_count
    counts.duplicate_count += sum(entry.row_count for entry, _ in known) - accepted_count
    for row in rejected:
        counts.rejected[row.code] += row.row_count
    if left_out := sum(item.row_count for item in batch if isinstance(item, FilteredRow)):
        counts.rejected[LEFT_OUT] += left_out


def _advance(run: ImportRun, counts: RowCounts, *, before: int) -> None:
    fields = {
        "read_count": counts.read_count,
        "accepted_count": counts.accepted_count,
        "duplicate_count": counts.duplicate_count,
        "rejected_counts": dict(counts.rejected),
    }
    # The condition fails if a second process imports the same log. This batch is then rolled back and the import stops.
    if not ImportRun.objects.filter(pk=run.pk, read_count=before).update(**fields):
        raise ImportFailed(f"{run.file_name} is being imported by another process. Wait for it to finish.")

"""Reads the rows that the host stored before ``tracking`` was installed, in batches and in the order of their keys."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeAlias
from uuid import UUID

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from tracking import lms
from tracking.capture import attempts, host_records
from tracking.events import UNIT_COMPLETED, LearnerId
from tracking.exceptions import ImportFailed
from tracking.lms import AccessFields, AttemptFields, CompletionFields, paths, prefetching, row_maps
from tracking.lms.declarations import Entry
from tracking.lms.values import AccessRecord, AttemptRecord, CompletionRecord
from tracking.models import ImportRun

Declared: TypeAlias = AttemptFields | CompletionFields | AccessFields
Record: TypeAlias = AttemptRecord | CompletionRecord | AccessRecord
logger = logging.getLogger("tracking.capture")

COMPLETIONS_AT_ONCE = 1000
"""Rows of completions that are read in one query."""

ReportProgress = Callable[[int, int], object]
"""Receives how many rows were read, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedModel:
    """One model of the host that the adapter maps."""

    map_name: str
    """The adapter's attribute that maps it. One model may be in several maps."""
    label: str
    model: type[Model]
    entry: Declared


@dataclass(slots=True, kw_only=True)
class BackfillCounts:
    """The outcome of a backfill from one model, in rows and records."""

    label: str
    resumed_count: int = 0
    read_count: int = 0
    new_count: int = 0
    already_stored_count: int = 0
    withdrawn_count: int = 0
    """What is stored and no row says any more."""
    filtered_count: Counter[str] = field(default_factory=Counter)


def mapped_models() -> list[MappedModel]:
    """Return the models that the adapter maps, attempts first."""
    adapter = lms.get_adapter()
    maps: list[tuple[str, Iterable[tuple[type[Model], str, Declared]]]] = [
        ("attempts", adapter.attempt_entries.items()),
        ("completions", adapter.completion_entries.items()),
        ("history", adapter.access_entries.items()),
    ]
    return [
        MappedModel(map_name=map_name, label=label, model=model, entry=entry)
        for map_name, entries in maps
        for model, label, entry in entries
    ]


def backfill_model(
    source: MappedModel, *, since: datetime | None, batch_size: int, report_progress: ReportProgress
) -> BackfillCounts:
    """Store the records in the rows of ``source`` from ``since`` on. Resumes an interrupted run.

    Safe to run twice, because a record that is already stored is counted and not stored again. Raises ``ImportFailed``
    if another process reads the same rows.
    """
    run = _begin(source, since)
    rows = _rows(source, since)
    total = rows.count()
    counts = BackfillCounts(
        label=source.label,
        resumed_count=run.read_count,
        read_count=run.read_count,
        new_count=run.accepted_count,
        already_stored_count=run.duplicate_count,
        filtered_count=Counter(run.rejected_counts),
    )
    for batch in _batches(rows, run.byte_position, batch_size):
        previous_count = counts.read_count
        with transaction.atomic():
            _ingest(source, batch, since, counts)
            _advance(run, counts, position=str(batch[-1].pk), previous_count=previous_count)
        report_progress(counts.read_count, total)
    if since is None:
        counts.withdrawn_count += _withdraw_deleted_rows(source, batch_size)
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])
    return counts


def withdraw_completions() -> int:
    """Delete the completions that no row of the completion map says any more; return how many."""
    said: set[UUID] = set()
    for source in mapped_models():
        if not isinstance(source.entry, CompletionFields):
            continue
        for batch in _batches(_rows(source, None), "", COMPLETIONS_AT_ONCE):
            said |= {
                host_records.host_event_id(UNIT_COMPLETED, source.label, str(row.pk), record.learner_id)
                for row in batch
                for record in lms.get_adapter().completion_records(row)
            }
    return host_records.withdraw_completions_except(said)


def _withdraw_deleted_rows(source: MappedModel, batch_size: int) -> int:
    """Delete attempts whose rows the host has deleted, if the map says to forget such attempts."""
    if not isinstance(source.entry, AttemptFields) or source.entry.on_delete != "forget":
        return 0
    count = 0
    for source_keys in attempts.source_keys_in_batches(source.label, batch_size):
        existing = source.model._base_manager.filter(pk__in=source_keys).values_list("pk", flat=True)
        gone = set(source_keys) - {str(pk) for pk in existing}
        count += attempts.keep_owners(source_label=source.label, owners=dict.fromkeys(gone, frozenset()))
    return count


def _begin(source: MappedModel, since: datetime | None) -> ImportRun:
    name = f"backfill of {source.map_name}[{source.label}]" + (f" since {since:%Y-%m-%d}" if since else "")
    fingerprint = sha256(name.encode()).hexdigest()
    run, _ = ImportRun.objects.get_or_create(fingerprint=fingerprint, defaults={"file_name": name})
    if run.finished_at is not None:
        run.read_count = run.accepted_count = run.duplicate_count = 0
        run.rejected_counts, run.byte_position, run.started_at, run.finished_at = {}, "", timezone.now(), None
        run.save()
    return run


def _rows(source: MappedModel, since: datetime | None) -> QuerySet[Any]:
    rows = prefetching.prefetch_attempts(
        source.model._base_manager.all(), source.entry, lms.get_adapter().courses
    )
    return rows.filter(_since(source, since)) if since is not None else rows


def _since(source: MappedModel, since: datetime) -> Q:
    """Return the part of ``since`` that the database can check; the records are checked again when they are read."""
    entry = source.entry
    names = _moment_entries(entry)
    condition = Q()
    for name in names:
        if name is None:
            continue
        if (
            not isinstance(name, str)
            or len(paths.split_path(name)) > 1
            or paths.find_field(source.model, name) is None
        ):
            # The database cannot filter by a callable or a longer path, so read every row and check its records.
            return Q()
        condition |= Q(**{f"{name}__gte": since})
    return condition


def _moment_entries(entry: Declared) -> list[Entry]:
    if isinstance(entry, CompletionFields):
        return [entry.completed_at]
    return [entry.accessed_at] if isinstance(entry, AccessFields) else [entry.submitted_at, entry.started_at]


def _batches(rows: QuerySet[Any], position: str, size: int) -> Iterator[list[Any]]:
    """Yield rows in the order of their keys.

    Each batch is a query of its own, because the commit after a batch would close a cursor.
    """
    last = rows.model._meta.pk.to_python(position) if position else None
    while batch := list((rows.filter(pk__gt=last) if last is not None else rows).order_by("pk")[:size]):
        yield batch
        last = batch[-1].pk


def _ingest(
    source: MappedModel, batch: Sequence[Any], since: datetime | None, counts: BackfillCounts
) -> None:
    records: list[Any] = []
    sources_of: dict[int, str] = {}
    owners: dict[str, set[LearnerId]] = {}
    for row in batch:
        try:
            found = _records(source, row)
        except (ArithmeticError, ValueError) as error:
            # One value that is no number must not stop all other rows.
            logger.warning("Row %s of %s cannot be read. %s", row.pk, source.label, error)
            counts.filtered_count["unreadable"] += 1
            continue
        if isinstance(source.entry, AttemptFields):
            owners[str(row.pk)] = lms.get_adapter().attempt_owners(row, found)
        if not found:
            counts.filtered_count[_filter_reason(source, row)] += 1
        recent = [each for each in found if since is None or _moment(each) >= since]
        if found and not recent:
            counts.filtered_count["before"] += 1
        for each in recent:
            sources_of[id(each)] = str(row.pk)
        records += recent
    new_count = _store(source, [(each, sources_of[id(each)]) for each in records])
    counts.withdrawn_count += attempts.keep_owners(source_label=source.label, owners=owners)
    counts.read_count += len(batch)
    counts.new_count += new_count
    counts.already_stored_count += len(records) - new_count


def _store(source: MappedModel, found: Sequence[tuple[Any, str]]) -> int:
    """Store the records. Return how many were new."""
    if isinstance(source.entry, AttemptFields):
        return attempts.store_attempts([record for record, _ in found])
    if isinstance(source.entry, CompletionFields):
        return host_records.store_completions(source.label, found)
    return host_records.store_accesses(source.label, found)


def _records(source: MappedModel, row: Model) -> Sequence[Record]:
    adapter = lms.get_adapter()
    if isinstance(source.entry, AttemptFields):
        return adapter.attempt_records(row)
    if isinstance(source.entry, CompletionFields):
        return adapter.completion_records(row)
    return adapter.access_records(row)


def _filter_reason(source: MappedModel, row: Model) -> str:
    if isinstance(source.entry, CompletionFields):
        return "not_completed"
    return "left_out" if row_maps.learner_ids(row, source.entry.learner) else "no_learner"


def _moment(record: Record) -> datetime:
    if isinstance(record, CompletionRecord):
        return record.completed_at
    if isinstance(record, AccessRecord):
        return record.accessed_at
    return record.submitted_at or record.started_at


def _advance(run: ImportRun, counts: BackfillCounts, *, position: str, previous_count: int) -> None:
    figures = {
        "byte_position": position,
        "read_count": counts.read_count,
        "accepted_count": counts.new_count,
        "duplicate_count": counts.already_stored_count,
        "rejected_counts": dict(counts.filtered_count),
    }
    # If a second process reads the same rows, read_count has changed: this batch is rolled back and the run stops.
    if not ImportRun.objects.filter(pk=run.pk, read_count=previous_count).update(**figures):
        raise ImportFailed(f"{counts.label} is being read by another process. Wait for it to finish.")

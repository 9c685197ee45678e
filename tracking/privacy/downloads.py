"""Download of a learner's own data: JSON and CSV in one zip, made by a background job.

The file is stored in a table in parts, so that it needs neither memory for all of it nor a shared disk. It is deleted
when it expires.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BinaryField, F, Q
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise

from tracking import conf, lms
from tracking.events import LearnerId
from tracking.exports.streaming import StreamingAnswer
from tracking.models import Download, DownloadPart
from tracking.privacy import inventory, purpose_texts
from tracking.privacy.inventory import INVENTORY, PersonalDataTable

PART_BYTES = 256 * 1024
CHUNK = 1000
"""Rows in memory at once."""
ABANDONED_AFTER = timedelta(hours=1)
"""After this long without progress, a file counts as abandoned and is started again."""
REUSED_FOR = timedelta(hours=1)
"""A learner who requests a download again within this time gets the same file."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters that a spreadsheet may read as the start of a formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadFile:
    """An additional JSON file in the download: the data of the tables in the format of another system."""

    path: str
    description: str | Promise
    records: Callable[[LearnerId], Iterable[Any]]


_files: dict[str, DownloadFile] = {}


def register_file(file: DownloadFile) -> None:
    """Add a file to every download. Call it in ``AppConfig.ready()``; a second call replaces the first."""
    _files[file.path] = file


def request_download(learner_id: LearnerId, *, now: datetime) -> Download:
    """Return the learner's pending download, or one requested within the last hour, else a new one."""
    recent = Download.objects.filter(
        Q(finished_at__isnull=True) | Q(requested_at__gt=now - REUSED_FOR), learner=learner_id
    )
    found = recent.order_by("-requested_at").first()
    return found or Download.objects.create(learner_id=learner_id, requested_at=now)


def find_download(learner_id: LearnerId, *, now: datetime) -> Download | None:
    """Return the learner's newest download that has not expired, finished or not."""
    mine = Download.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), learner=learner_id)
    return mine.order_by("-requested_at").first()


def find_finished_download(learner_id: LearnerId, download_id: UUID, *, now: datetime) -> Download | None:
    """Return a finished download by its key, only for its own learner and only until it expires."""
    mine = Download.objects.filter(learner=learner_id, finished_at__isnull=False, expires_at__gt=now)
    return mine.filter(pk=download_id).first()


def download_response(download: Download) -> StreamingHttpResponse:
    """Return the HTTP response that streams a finished download."""
    answer = StreamingAnswer(iter_file_parts(download), content_type="application/zip")
    answer["Content-Length"] = str(download.byte_count)
    answer["Content-Disposition"] = f'attachment; filename="my-learning-{download.finished_at:%Y-%m-%d}.zip"'
    return answer


def is_due(*, now: datetime) -> bool:
    """Return whether a file waits to be made or deleted."""
    return Download.objects.filter(Q(finished_at__isnull=True) | Q(expires_at__lte=now)).exists()


def prepare_downloads(*, now: datetime) -> int:
    """Delete expired files, make every file that waits, and return how many were made.

    Safe to run twice and in parallel: one worker claims each file. The file of a killed worker is started again after
    an hour.
    """
    Download.objects.filter(expires_at__lte=now).delete()
    waiting = Download.objects.filter(
        Q(started_at__isnull=True) | Q(started_at__lt=now - ABANDONED_AFTER), finished_at__isnull=True
    )
    made = 0
    for download in waiting.order_by("requested_at"):
        # The conditional update is the claim: of several workers, only one changes the row.
        is_mine = waiting.filter(pk=download.pk).update(started_at=now, written_row_count=0)
        if is_mine:
            _make(download, now=now)
            made += 1
    return made


def iter_file_parts(download: Download) -> Iterator[bytes]:
    """Yield the bytes of a finished file, one part at a time."""
    parts = DownloadPart.objects.filter(download=download).order_by("position")
    for position in parts.values_list("position", flat=True):
        yield bytes(parts.get(position=position).content)


def escape_csv_formula(value: object) -> object:
    """Return ``value`` for a CSV cell, escaped so that no spreadsheet reads text as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _make(download: Download, *, now: datetime) -> None:
    learner_id = download.learner_id
    Download.objects.filter(pk=download.pk).update(
        row_count=sum(inventory.personal_rows(each, learner_id).count() for each in INVENTORY)
    )
    DownloadPart.objects.filter(download=download).delete()
    out = _Parts(download)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", _readme(now))
        for table in INVENTORY:
            _write_json(
                file, f"json/{table.name}.json", _with_progress(_records(table, learner_id), download)
            )
            _write_csv(file, table, _records(table, learner_id))
        for extra in _files.values():
            _write_json(file, extra.path, extra.records(learner_id))
    out.finish()
    Download.objects.filter(pk=download.pk).update(
        finished_at=now,
        expires_at=now + timedelta(hours=conf.get_settings().DOWNLOAD_HOURS),
        byte_count=out.byte_count,
        written_row_count=F("row_count"),
    )


def _records(table: PersonalDataTable, learner_id: LearnerId) -> Iterator[dict[str, Any]]:
    """Yield each row as names and values, oldest first. Other people in it appear by their display name."""
    fields = [
        field
        for field in table.model._meta.concrete_fields
        if field.name != table.learner and field.name not in table.hidden_fields
    ]
    found = inventory.with_related_users(table, inventory.personal_rows(table, learner_id).reverse())
    name_of = lms.get_adapter().display_name
    for row in found.iterator(CHUNK):
        record = {field.attname: getattr(row, field.attname) for field in fields}
        for field in fields:
            if isinstance(field, BinaryField):
                record[field.attname] = b64encode(bytes(record[field.attname])).decode()
        for other in table.related_user_fields:
            person = getattr(row, other)
            record.pop(f"{other}_id")
            record[other] = None if person is None else name_of(person)
        yield record


def _with_progress(records: Iterable[dict[str, Any]], download: Download) -> Iterator[dict[str, Any]]:
    """Yield ``records`` and store the progress, which the learner can check."""
    count = 0
    for record in records:
        count += 1
        if count % CHUNK == 0:
            Download.objects.filter(pk=download.pk).update(
                written_row_count=F("written_row_count") + CHUNK, started_at=timezone.now()
            )
        yield record
    Download.objects.filter(pk=download.pk).update(written_row_count=F("written_row_count") + count % CHUNK)


def _write_json(file: zipfile.ZipFile, name: str, values: Iterable[Any]) -> None:
    with file.open(name, "w", force_zip64=True) as entry:
        start = b"[\n"
        for value in values:
            line = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
            entry.write(start + line.encode())
            start = b",\n"
        entry.write(b"\n]\n" if start == b",\n" else b"[]\n")


def _write_csv(file: zipfile.ZipFile, table: PersonalDataTable, records: Iterator[dict[str, Any]]) -> None:
    with (
        file.open(f"csv/{table.name}.csv", "w", force_zip64=True) as entry,
        io.TextIOWrapper(entry, "utf-8", newline="") as text,
    ):
        writer = csv.writer(text)
        first = next(records, None)
        if first is None:
            return
        writer.writerow(first)
        writer.writerow(map(_cell, first.values()))
        writer.writerows(map(_cell, record.values()) for record in records)


def _cell(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return escape_csv_formula(value.isoformat() if isinstance(value, datetime) else value)


def _readme(now: datetime) -> str:
    """Return the text that describes the files, in the language of the site: a job knows no reader's language."""
    with translation.override(translation.get_language()):
        lines = [
            purpose_texts.README % {"moment": f"{now:%Y-%m-%d %H:%M} UTC"},
            "",
            *(f"{each.path}: {each.description}" for each in _files.values()),
            *(f"{each.name}: {each.title}. {each.description}" for each in INVENTORY),
        ]
    return "\n".join(map(str, lines)) + "\n"


class _Parts(io.RawIOBase):
    """A write-only file that is stored part by part. It cannot seek, which ``zipfile`` accepts."""

    def __init__(self, download: Download) -> None:
        self.byte_count = 0
        self._download = download
        self._position = 0
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._waiting += data
        self.byte_count += len(data)
        while len(self._waiting) >= PART_BYTES:
            self._store(PART_BYTES)
        return len(data)

    def finish(self) -> None:
        """Store what is left."""
        if self._waiting:
            self._store(len(self._waiting))

    def _store(self, size: int) -> None:
        DownloadPart.objects.create(
            download=self._download, position=self._position, content=bytes(self._waiting[:size])
        )
        self._position += 1
        del self._waiting[:size]

"""The map from the columns of a foreign log to ours, written in TOML. ``docs/import.md`` is its reference."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from tracking.capture.importing import templates
from tracking.exceptions import ImportFailed

COLUMNS = (
    *("learner", "course", "unit", "kind", "at", "id"),
    *("count", "payload", "attempt", "started", "score", "max_score", "passed", "answers"),
)
REQUIRED = ("learner", "course", "unit", "kind", "at")


class ColumnMapping(Struct, frozen=True, forbid_unknown_fields=True, rename={"form": "as"}):
    """How one of our columns is made. A plain string in the map is short for a mapping with that ``value``."""

    value: str
    table: dict[str, str] | None = None
    """Translates the value; a value that is not in it makes the row a bad row."""
    form: str = "iso"
    """For ``at`` and ``started``: ``iso``, ``epoch_s``, ``epoch_ms`` or ``day``."""
    day_zero: str = ""
    """For ``day``: a template of the ISO date from which days count."""
    scale: float | None = None
    """Multiplies a number."""
    at_least: str | None = None
    """Turns a number into yes or no: whether it reaches this one."""


class RowFilter(Struct, frozen=True, forbid_unknown_fields=True):
    """Which rows to import: those whose ``value`` is in a list, or is a number within limits.

    Other rows are left out.
    """

    value: str
    one_of: list[str] | None = None
    at_least: str | None = None
    at_most: str | None = None


class LookupTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A second CSV file.

    The row to use is the one whose ``column`` has the value that ``key`` makes of the log's row.
    """

    file: str
    column: str
    key: str
    missing: Annotated[str, Meta(pattern="^(reject|leave_out)$")] = "reject"


class MapDocument(Struct, frozen=True, forbid_unknown_fields=True):
    """A map as written in the TOML file."""

    columns: dict[str, str | ColumnMapping] = {}
    only: list[RowFilter] = []
    lookups: dict[str, LookupTable] = {}
    source: Annotated[str, Meta(min_length=1, max_length=80)] = "import"
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """A map with its lookup tables, by name and then by key."""

    document: MapDocument = field(default_factory=MapDocument)
    tables: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Identify this way of reading a log: another map or another lookup gives another fingerprint."""
        return hashlib.sha256(msgspec.json.encode([self.document, self.tables], order="sorted")).hexdigest()


def read_column_map(path: str, *, folder: Path, overrides: Mapping[str, str]) -> ColumnMap:
    """Return the map in the file ``path``. Its lookups are files in ``folder``, or those that ``overrides`` names.

    Raises ``ImportFailed`` if the map or a lookup cannot be used.
    """
    try:
        document_data = tomllib.loads(Path(path).read_text("utf-8"))
        _check(document_data, MapDocument.__struct_fields__, what=f"part of the map {path}")
        document = msgspec.convert(document_data, type=MapDocument)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ImportFailed(f"The map {path} cannot be used: {error}.") from error
    _check(document.columns, COLUMNS, what=f"column in {path}")
    _check(overrides, document.lookups, what=f"lookup in {path}")
    tables = {
        name: _read_table(Path(overrides[name]) if name in overrides else folder / table.file, table)
        for name, table in document.lookups.items()
    }
    return ColumnMap(document=document, tables=tables)


def _check(names: Collection[str], known: Collection[str], *, what: str) -> None:
    for name in names:
        if name not in known:
            raise ImportFailed(f"{name!r} is not a {what}. {templates.suggest_name(name, known)}")


def _read_table(path: Path, table: LookupTable) -> dict[str, dict[str, str]]:
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8-sig")
        rows: list[dict[Any, Any]] = list(csv.DictReader(io.StringIO(text, newline="")))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ImportFailed(f"The lookup {path} cannot be read: {error}.") from error
    if rows and table.column not in rows[0]:
        hint = templates.suggest_name(table.column, list(filter(None, rows[0])))
        raise ImportFailed(f"The lookup {path} has no column {table.column!r}. {hint}")
    return {row[table.column]: {name: cell or "" for name, cell in row.items() if name} for row in rows}

"""Read rows by a map: make each of our columns from the log's, and leave out rows that it filters out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracking.capture.importing import column_maps, row_parsing, templates, timestamps
from tracking.capture.importing.column_maps import ColumnMap, ColumnMapping, MapDocument, RowFilter
from tracking.capture.importing.row_parsing import LogOrigin
from tracking.capture.importing.rows import FilteredRow, Item, LogEntry, LogRow, RejectedRow
from tracking.capture.importing.templates import TableLookup, Template
from tracking.exceptions import ImportFailed, RowRejected

LEFT_OUT = "left_out"

ReadMoment = Callable[[Mapping[str, str]], datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMapper:
    """A map compiled for the columns of one log."""

    cells: Mapping[str, Template]
    at: ReadMoment
    started: ReadMoment
    only: tuple[Callable[[Mapping[str, str]], bool], ...]
    origin: LogOrigin

    def item(self, row: LogRow) -> Item:
        """Return the item of ``row``: an entry, or why there is none."""
        try:
            if not all(matches(row.cells) for matches in self.only):
                return FilteredRow()
            return self.entry(row)
        except RowRejected as rejected:
            if rejected.code == LEFT_OUT:
                return FilteredRow()
            return RejectedRow(line=row.line, text=row.text, code=rejected.code, detail=rejected.detail)

    def entry(self, row: LogRow) -> LogEntry:
        """Return the entry of ``row``. Raises ``RowRejected`` if the row is not valid."""
        cells = {name: read(row.cells) for name, read in self.cells.items()}
        at = self.at(row.cells)
        if at is None:
            raise RowRejected("bad_row", "The row has no time.")
        return row_parsing.parse_entry(
            row, cells, at=at, started_at=self.started(row.cells), origin=self.origin
        )


def compile_map(given: ColumnMap, *, columns: Collection[str], first_lines: bytes) -> RowMapper:
    """Return ``given`` compiled for a log with these ``columns``.

    A column of ours that the map does not name is the log's column of the same name. Raises ``ImportFailed`` if the map
    names a missing column, or if a required column of ours has no source.
    """
    document = given.document
    lookups = _lookups(given, columns)
    rules = {name: _rule(rule) for name, rule in document.columns.items()}
    for name in column_maps.COLUMNS:
        if name not in rules and name in columns:
            rules[name] = ColumnMapping(value=f"{{{name}}}")
    if missing := [name for name in column_maps.REQUIRED if name not in rules]:
        raise ImportFailed(
            f"The log has no source for {', '.join(missing)}. Rename its columns, or give a map with --map."
        )

    def compiled(text: str) -> Template:
        return templates.compile_template(text, columns=columns, lookups=lookups)

    zone = _zone(document)
    return RowMapper(
        cells={name: _cell(rule, compiled) for name, rule in rules.items() if name not in ("at", "started")},
        at=_moment(rules["at"], compiled, zone),
        started=_moment(rules["started"], compiled, zone) if "started" in rules else lambda _cells: None,
        only=tuple(_filter(only, compiled) for only in document.only),
        origin=LogOrigin(source=document.source, first_lines=first_lines),
    )


def _lookups(given: ColumnMap, columns: Collection[str]) -> list[TableLookup]:
    """Return the lookups in the order of the map; the key of each may use the lookups before it."""
    lookups: list[TableLookup] = []
    for name, table in given.document.lookups.items():
        lookups.append(
            TableLookup(
                name,
                templates.compile_template(table.key, columns=columns, lookups=lookups),
                given.tables[name],
                misses_leave_out=table.missing == "leave_out",
            )
        )
    return lookups


def _rule(rule: str | ColumnMapping) -> ColumnMapping:
    made = ColumnMapping(value=rule) if isinstance(rule, str) else rule
    if made.form not in timestamps.FORMS:
        hint = templates.suggest_name(made.form, timestamps.FORMS)
        raise ImportFailed(f"as = {made.form!r} is not a known format. {hint}")
    return made


def _cell(rule: ColumnMapping, compiled: Callable[[str], Template]) -> Template:
    fill = compiled(rule.value)
    if rule.table is not None:
        return _translated(fill, rule.table)
    if rule.at_least is not None:
        return _reaching(fill, compiled(rule.at_least))
    if rule.scale is not None:
        return _scaled(fill, rule.scale)
    return fill


def _translated(fill: Template, table: Mapping[str, str]) -> Template:
    def read(cells: Mapping[str, str]) -> str:
        text = fill(cells)
        if text not in table:
            raise RowRejected("bad_row", f"{text!r} is not in the map's table.")
        return table[text]

    return read


def _reaching(fill: Template, limit: Template) -> Template:
    def read(cells: Mapping[str, str]) -> str:
        value, minimum = row_parsing.parse_number(fill(cells)), row_parsing.parse_number(limit(cells))
        return "" if value is None or minimum is None else str(value >= minimum)

    return read


def _scaled(fill: Template, scale: float) -> Template:
    def read(cells: Mapping[str, str]) -> str:
        value = row_parsing.parse_number(fill(cells))
        return "" if value is None else repr(value * scale)

    return read


def _moment(rule: ColumnMapping, compiled: Callable[[str], Template], zone: tzinfo) -> ReadMoment:
    fill, day_zero = compiled(rule.value), compiled(rule.day_zero)

    def read(cells: Mapping[str, str]) -> datetime | None:
        text = fill(cells)
        return (
            timestamps.parse_timestamp(text, form=rule.form, zone=zone, day_zero=day_zero(cells))
            if text
            else None
        )

    return read


def _filter(only: RowFilter, compiled: Callable[[str], Template]) -> Callable[[Mapping[str, str]], bool]:
    fill = compiled(only.value)
    minimum = compiled(only.at_least or "")
    maximum = compiled(only.at_most or "")
    allowed = None if only.one_of is None else frozenset(only.one_of)
    is_bounded = only.at_least is not None or only.at_most is not None

    def matches(cells: Mapping[str, str]) -> bool:
        text = fill(cells)
        if allowed is not None and text not in allowed:
            return False
        return not is_bounded or _is_within(text, minimum(cells), maximum(cells))

    return matches


def _is_within(text: str, minimum: str, maximum: str) -> bool:
    value, low, high = (
        row_parsing.parse_number(text),
        row_parsing.parse_number(minimum),
        row_parsing.parse_number(maximum),
    )
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def _zone(document: MapDocument) -> tzinfo:
    try:
        return ZoneInfo(document.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ImportFailed(f"{document.zone!r} is not a time zone. Write it like Europe/London.") from error

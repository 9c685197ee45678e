"""Text made of columns, such as ``"{code_module:lower}-{term:lower}"``: compiled once, filled for each row."""

from __future__ import annotations

import difflib
import string
from collections.abc import Callable, Collection, Iterable, Mapping

from tracking.exceptions import ImportFailed, RowRejected

Cells = Mapping[str, str]
Template = Callable[[Cells], str]
"""Returns the text for one row. Raises ``RowRejected`` if a lookup finds nothing."""

CASES: Mapping[str, Callable[[str], str]] = {"": str, "lower": str.lower, "upper": str.upper}


class TableLookup:
    """A second table: returns the cells of the row that belongs to a row of the log."""

    def __init__(
        self, name: str, key: Template, rows: Mapping[str, Cells], *, misses_leave_out: bool
    ) -> None:
        self.name = name
        self.key = key
        self.rows = rows
        self.misses_leave_out = misses_leave_out
        self._last: tuple[Cells | None, Cells | None] = (None, None)

    @property
    def columns(self) -> list[str]:
        """The names of its columns, from its first row."""
        return list(next(iter(self.rows.values()), ()))

    def find(self, cells: Cells) -> Cells | None:
        """Return the cells that belong to the row ``cells``, or ``None``."""
        # Several columns look up the same row, one after the other, so remember the last one.
        last_cells, found = self._last
        if last_cells is not cells:
            found = self.rows.get(self.key(cells))
            self._last = (cells, found)
        return found


def suggest_name(name: str, known: Collection[str]) -> str:
    """Return a sentence that suggests the ``known`` name most similar to ``name``, or lists all of them."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Choose from: {', '.join(known) or 'none'}."


def compile_template(text: str, *, columns: Collection[str], lookups: Iterable[TableLookup] = ()) -> Template:
    """Return the template written as ``text``.

    ``{name}`` is a column, ``{table.name}`` a column of a lookup; ``:lower`` and ``:upper`` change its case. A column
    that a row lacks is empty. Raises ``ImportFailed`` for an unknown name.
    """
    tables = {lookup.name: lookup for lookup in lookups}
    parts: list[Template] = []
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ImportFailed(f"{text!r} is not a template: {error}. To write a brace, double it.") from error
    for literal, name, case, _conversion in parsed:
        if literal or name is None:
            parts.append(_constant(literal))
        if name is not None:
            parts.append(_placeholder(name, case or "", columns, tables))
    if len(parts) < 2:
        return parts[0] if parts else _constant("")
    return lambda cells: "".join([part(cells) for part in parts])


def _placeholder(
    name: str, case: str, columns: Collection[str], tables: Mapping[str, TableLookup]
) -> Template:
    if case not in CASES:
        raise ImportFailed(f"{case!r} in {{{name}:{case}}} is not known. Write :lower, :upper or nothing.")
    table, _, column = name.partition(".")
    if table in tables:
        return _cased(_of_lookup(tables[table], column), CASES[case])
    if name not in columns:
        known = [*columns, *(f"{each}.{cell}" for each, lookup in tables.items() for cell in lookup.columns)]
        raise ImportFailed(f"There is no column {name!r}. {suggest_name(name, known)}")
    return _cased(lambda cells: cells.get(name, "").strip(), CASES[case])


def _constant(text: str) -> Template:
    return lambda _cells: text


def _cased(get: Template, case: Callable[[str], str]) -> Template:
    return get if case is str else lambda cells: case(get(cells))


def _of_lookup(lookup: TableLookup, column: str) -> Template:
    if column not in lookup.columns:
        hint = suggest_name(column, lookup.columns)
        raise ImportFailed(f"The lookup {lookup.name!r} has no column {column!r}, or no rows. {hint}")

    def get(cells: Cells) -> str:
        found = lookup.find(cells)
        if found is None:
            raise RowRejected(
                "left_out" if lookup.misses_leave_out else "bad_row",
                f"{lookup.key(cells)!r} is not in the lookup {lookup.name!r}.",
            )
        return found[column]

    return get

"""Write the contact sheet: every page in every mode on one HTML page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

Faults = Mapping[tuple[str, str], Sequence[str]]
"""Faults by page and mode."""

STYLE = """
body { margin: 1rem; font: 14px system-ui, sans-serif; color: #222; background: #ddd; }
table { border-spacing: 8px; }
th { text-align: start; vertical-align: top; position: sticky; background: #ddd; }
thead th { top: 0; z-index: 1; }
tbody th { left: 0; }
td { vertical-align: top; background: #fff; }
td.faulty { outline: 4px solid #c00; }
img { display: block; width: 220px; max-height: 420px; object-fit: cover; object-position: top; }
li { color: #c00; max-width: 210px; overflow-wrap: anywhere; }
"""


def file_name(page: str, mode: str) -> str:
    """Return the file name of the picture of ``page`` in ``mode``."""
    return f"{page}-{mode}.png".replace(",", "").replace(" %", "-percent").replace(" ", "-")


def write_sheet(folder: Path, *, pages: Sequence[str], modes: Sequence[str], faults: Faults) -> Path:
    """Write the sheet into the folder of the pictures, and return its path. A missing picture leaves an empty cell."""
    head = "".join(f'<th scope="col">{escape(mode)}</th>' for mode in modes)
    rows = (
        f'<tr><th scope="row">{escape(page)}</th>'
        + "".join(_cell(folder, page, mode, faults.get((page, mode), ())) for mode in modes)
        + "</tr>"
        for page in pages
    )
    path = folder / "index.html"
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page in every mode</title>'
        f"<style>{STYLE}</style><table><thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></html>\n"
    )
    return path


def _cell(folder: Path, page: str, mode: str, faults: Sequence[str]) -> str:
    name = file_name(page, mode)
    picture = (
        f'<a href="{name}"><img src="{name}" alt="" loading="lazy"></a>' if (folder / name).exists() else ""
    )
    messages = f"<ul>{''.join(f'<li>{escape(fault)}</li>' for fault in faults)}</ul>" if faults else ""
    kind = ' class="faulty"' if faults else ""
    return f"<td{kind}>{messages}{picture}</td>"

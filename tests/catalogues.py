"""The catalogues of the app and of the platform beside it: ``make messages`` brings them into step with the sources.

Strings are found as Django finds them, and ``.mo`` files are written here, so that nobody needs gettext installed. A
string that is new stands in each ``.po`` without a translation, and fails a test until it has one.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PLURALS = {
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
}
"""By language: how many forms a plural has, and which number takes which."""

STRING = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
CALL = re.compile(
    rf"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*{STRING}(?:,\s*{STRING})?(?:,\s*{STRING})?"
)
NAMES = {
    "_": "",
    "gettext": "",
    "gettext_lazy": "",
    "gettext_noop": "",
    "ngettext": "n",
    "ngettext_lazy": "n",
    "pgettext": "p",
    "pgettext_lazy": "p",
    "npgettext": "pn",
    "npgettext_lazy": "pn",
}
"""Functions that mark a string: ``p`` with a context before it, ``n`` with a plural after it."""


class Message(NamedTuple):
    """One string as it is written in English."""

    context: str
    singular: str
    plural: str


Catalogue = Mapping[Message, tuple[str, ...]]
"""Each string with its translations: one, or as many as the language has plural forms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What is translated together: the folders of the sources, the first of which holds the catalogues."""

    name: str
    folders: tuple[Path, ...]

    def sources(self) -> list[Message]:
        """Return every string that is marked for translation, in the order of files."""
        found: dict[Message, None] = {}
        for folder in self.folders:
            for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html")]):
                if "migrations" in path.parts:
                    continue
                text = path.read_text()
                found.update(dict.fromkeys(_in_template(text) if path.suffix == ".html" else _in_code(text)))
        return list(found)

    def path_of(self, language: str, suffix: str) -> Path:
        """Return where the catalogue of a language is: ``po`` to edit, ``mo`` to use."""
        return self.folders[0] / "locale" / language / "LC_MESSAGES" / f"django.{suffix}"


HOMES = (
    Home(name="tracking", folders=(ROOT / "tracking",)),
    Home(name="courses", folders=(ROOT / "courses", ROOT / "templates")),
)


def forms(language: str) -> int:
    """Return how many plural forms a language has."""
    return int(PLURALS[language].removeprefix("nplurals=").partition(";")[0])


def read(home: Home, language: str) -> Catalogue:
    """Return the catalogue of a language as its ``.po`` has it; empty where there is none."""
    path = home.path_of(language, "po")
    found: dict[Message, tuple[str, ...]] = {}
    for block in path.read_text().split("\n\n")[1:] if path.exists() else ():
        parts: dict[str, str] = {}
        for line in block.splitlines():
            if line.startswith("msg"):
                name = line.partition(" ")[0]
                parts[name] = ""
            parts[name] += ast.literal_eval(line.removeprefix(f"{name} "))
        translated = tuple(text for name, text in parts.items() if name.startswith("msgstr"))
        message = Message(parts.get("msgctxt", ""), parts["msgid"], parts.get("msgid_plural", ""))
        found[message] = translated
    return found


def write(home: Home, language: str, catalogue: Catalogue) -> None:
    """Write a catalogue as ``.po`` and ``.mo``."""
    head = f"Content-Type: text/plain; charset=UTF-8\nPlural-Forms: {PLURALS[language]}\n"
    blocks = [f'msgid ""\nmsgstr {_quoted(head)}']
    for message, translated in catalogue.items():
        lines = [f"msgctxt {_quoted(message.context)}"] if message.context else []
        lines.append(f"msgid {_quoted(message.singular)}")
        if message.plural:
            lines.append(f"msgid_plural {_quoted(message.plural)}")
            lines += [f"msgstr[{index}] {_quoted(text)}" for index, text in enumerate(translated)]
        else:
            lines.append(f"msgstr {_quoted(translated[0])}")
        blocks.append("\n".join(lines))
    path = home.path_of(language, "po")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(blocks) + "\n")
    home.path_of(language, "mo").write_bytes(compiled(head, catalogue))


def compiled(head: str, catalogue: Catalogue) -> bytes:
    """Return a catalogue in the format that gettext reads; what is not translated is left out."""
    pairs = {"": head}
    for message, translated in catalogue.items():
        key = f"{message.context}\x04{message.singular}" if message.context else message.singular
        if all(translated):
            pairs[f"{key}\x00{message.plural}" if message.plural else key] = "\x00".join(translated)
    rows = [(key.encode(), pairs[key].encode()) for key in sorted(pairs, key=str.encode)]
    table, texts, at = [], b"", 28 + 16 * len(rows)
    for column in (0, 1):
        for row in rows:
            table += [len(row[column]), at + len(texts)]
            texts += row[column] + b"\x00"
    numbers = [0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, at, *table]
    return struct.pack(f"<{len(numbers)}I", *numbers) + texts


def main() -> None:
    """Bring every catalogue into step, and name what waits for a translation."""
    for home in HOMES:
        wanted = home.sources()
        for language in PLURALS:
            known = read(home, language)
            empty = {message: ("",) * (forms(language) if message.plural else 1) for message in wanted}
            write(home, language, {message: known.get(message, empty[message]) for message in wanted})
            waiting = [message.singular for message in wanted if not all(known.get(message, ("",)))]
            head = f"{home.name}, {language}: {len(wanted)} strings, {len(waiting)} without a translation"
            sys.stdout.write("\n  ".join([head, *map(repr, waiting)]) + "\n")


def _in_code(text: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text)):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if name in NAMES and isinstance(node, ast.Call):
            given = [each.value for each in node.args if isinstance(each, ast.Constant)]
            strings = [each for each in given if isinstance(each, str)]
            if strings:
                yield _message(NAMES[name], strings)


def _in_template(text: str) -> Iterator[Message]:
    for found in CALL.finditer(templatize(text)):
        yield _message(NAMES[found[1]], [ast.literal_eval(each) for each in found.groups()[1:] if each])


def _message(shape: str, strings: list[str]) -> Message:
    context = strings.pop(0) if "p" in shape else ""
    plural = strings[1] if "n" in shape else ""
    return Message(context, strings[0], plural)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    main()

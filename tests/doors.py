"""What each door says of a generated class: the reports behind the pages, HTML, CSV files, the API and SQL views."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client

from tests.generated_class import COURSE, GeneratedClass
from tests.security import pages
from tracking.definitions import shares
from tracking.exports import sql_views
from tracking.reports.course.overview import ClassOverview
from tracking.reports.learner import progress as learner_progress
from tracking.reports.lesson import overview as lesson_overview


@dataclass
class Doors:
    """A class, and what each door says of it."""

    members: GeneratedClass
    overview: ClassOverview
    instructor: Client
    now: datetime

    def api(self, name: str, **values: Any) -> Any:
        """Return what the API answers the instructor."""
        found = self.instructor.get(pages.address(f"api:{name}", {"course_key": COURSE, **values}))
        assert found.status_code == 200, found.content
        return found.json()

    def table(self, page: str, table: str, **values: Any) -> list[dict[str, str]]:
        """Return the rows of a CSV file that a page offers."""
        address = pages.address(page, {"course_key": COURSE, **values})
        found: Any = self.instructor.get(address, {"table": table})
        assert found.streaming, f"{table!r} is no file of {page}."
        text = b"".join(found.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def html(self, page: str, **values: Any) -> str:
        """Return a page as it is written."""
        return self.instructor.get(pages.address(page, {"course_key": COURSE, **values})).content.decode()


def sql(view: str, *key: str) -> dict[Any, dict[str, Any]]:
    """Return the rows of a view by the columns ``key``."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {sql_views.PREFIX}{view} WHERE course_key = %s", [COURSE])
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return by(rows, *key)


def by(rows: Iterable[Any], *key: str) -> dict[Any, Any]:
    """Return rows by one column or attribute, or by several."""
    return {
        tuple(str(member(row, name)) for name in key) if key[1:] else str(member(row, key[0])): row
        for row in rows
    }


def member(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, Mapping) else getattr(row, name)


def told(row: Any, names: Sequence[str], columns: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the figures ``names`` in a row of any door, which may call some of them otherwise."""
    return {name: plain(member(row, (columns or {}).get(name, name))) for name in names}


def plain(value: Any) -> Any:
    """Return a figure as every door can say it: CSV rounds to four decimals and leaves empty what is unknown."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return round(float(value), 4) if re.fullmatch(r"-?[\d.]+(e-?\d+)?", value) else value
    if isinstance(value, Decimal | float):
        return round(float(value), 4)
    return value.isoformat() if isinstance(value, date) else value


def cells(page: str, link: str) -> list[str]:
    """Return the words of each cell in the row of a table that begins with the words of ``link``."""
    for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL):
        head = re.search(r"<th.*?</th>", row, re.DOTALL)
        if head and words(head.group()).startswith(link):
            return [words(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
    raise AssertionError(f"No row of {link!r}.")


def words(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def says(cell: str, share: float | None) -> bool:
    """Return whether a cell of a page says ``share``, or no number where there is none."""
    return (
        not re.search(r"\d", cell) if share is None else cell.startswith(f"{shares.whole_percent(share)} %")
    )


def everyone(doors: Doors) -> tuple[Any, ...]:
    return (*doors.members.sharing, *doors.members.silent)


def some(doors: Doors) -> tuple[Any, ...]:
    """Return a few learners of every sort: the seventh is excused from a module."""
    return (*doors.members.sharing[:7], *doors.members.silent[:1])


def mine_of(doors: Doors, learner_id: Any) -> learner_progress.LearnerProgress:
    found = learner_progress.find_learner_progress(learner_id, COURSE, now=doors.now)
    assert found is not None
    return found


def lesson(doors: Doors, key: str) -> lesson_overview.LessonOverview:
    found = lesson_overview.find_lesson_overview(COURSE, key, now=doors.now)
    assert found is not None
    return found

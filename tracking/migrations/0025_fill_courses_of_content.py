"""Say of statements and documents that are there in which course they were told, and what statements serve.

By the names of our own units, by the events and attempts that statements became, and by keys of an outline that one
course alone has. What none of these leads to keeps no course.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid5

from django.db import migrations

BATCH = 1000
KEY_LENGTH = 200
SOURCE = "import"
EVENT_IDS = UUID("5b0c1c0e-6c55-5f0b-9b62-3f0d4c1f7d11")
OF_RECORD = frozenset({"passed", "failed", "scored", "answered", "completed"})
ACCESSED = frozenset(
    {"experienced", "viewed", "launched", "accessed", "initialized", "played", "paused", "seeked"}
)


def fill(apps: Any, schema_editor: Any) -> None:
    """Fill what is empty, some rows at a time; a second run finds what the first has left."""
    statements = apps.get_model("tracking", "XapiStatement")
    for rows in _batches(statements.objects.filter(course_key="")):
        of_events = _courses_of_events(apps, rows)
        for row in rows:
            row.purpose = "record" if _verb(row) in OF_RECORD else "engagement"
            row.course_key = of_events.get(row.pk) or _course(apps, row.activity, _parent(row.statement))
        statements.objects.bulk_update(rows, ["course_key", "purpose"])
    documents = apps.get_model("tracking", "XapiDocument")
    for rows in _batches(documents.objects.filter(course_key="", learner__isnull=False).exclude(activity="")):
        for row in rows:
            row.course_key = _course(apps, row.activity, "")
        documents.objects.bulk_update(rows, ["course_key"])


def _batches(rows: Any) -> Iterator[list[Any]]:
    last = None
    while batch := list(islice((rows if last is None else rows.filter(pk__gt=last)).order_by("pk"), BATCH)):
        yield batch
        last = batch[-1].pk


def _courses_of_events(apps: Any, rows: list[Any]) -> dict[UUID, str]:
    """Return the courses of the events and attempts that statements became, by the statement."""
    ids = {_event_id(row): row.pk for row in rows}
    keys = {_attempt_key(row): row.pk for row in rows}
    found = apps.get_model("tracking", "Event").objects.filter(pk__in=ids).values_list("pk", "course_key")
    attempts = apps.get_model("tracking", "Attempt").objects.filter(source_label="xapi", source_key__in=keys)
    told = attempts.values_list("source_key", "course_key")
    return {keys[key]: course for key, course in told} | {ids[pk]: course for pk, course in found}


def _event_id(row: Any) -> UUID:
    """Return the id that the intake gives the event of a statement."""
    kind = (
        "unit.completed"
        if _verb(row) == "completed"
        else "unit.accessed"
        if _verb(row) in ACCESSED
        else row.verb
    )
    return uuid5(EVENT_IDS, "\x1f".join((SOURCE, kind, str(row.pk))))


def _attempt_key(row: Any) -> str:
    name = row.registration or row.pk
    return f"{name}:{sha256(row.activity.encode()).hexdigest()[:16]}"


def _verb(row: Any) -> str:
    return str(row.verb.rstrip("/").rpartition("/")[2])


def _parent(statement: Any) -> str:
    above = (statement.get("context") or {}).get("contextActivities") or {}
    found = above.get("parent") or above.get("grouping") or {}
    first = found[0] if isinstance(found, list) else found
    return str(first.get("id", "")) if isinstance(first, dict) else ""


def _course(apps: Any, activity: str, parent: str) -> str:
    own = _named(activity) or _named(parent) or parent
    if own:
        return own if len(own) <= KEY_LENGTH else ""
    units = apps.get_model("tracking", "OutlineUnit").objects.filter(unit_key=activity[:KEY_LENGTH])
    courses = list(units.values_list("course_key", flat=True)[:2]) if activity else []
    return str(courses[0]) if len(courses) == 1 else ""


def _named(name: str) -> str:
    _, _, rest = name.partition("/xapi/courses/")
    return unquote(rest.split("/")[0])


class Migration(migrations.Migration):
    dependencies = [("tracking", "0024_courses_of_content")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]

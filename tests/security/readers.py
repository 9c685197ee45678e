"""Everything that reads what is stored: jobs, pages of every role, API, exports, the record store, erasure."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from tests.security import pages
from tracking import jobs
from tracking.exports import export_tables, sql_views
from tracking.models import PendingChange
from tracking.privacy import downloads, erasure
from tracking.rollups.engine import rebuild
from tracking.rollups.engine.rebuild import RebuildScope

NOT_READ = frozenset({"download_file", "respond_to_finding", "attempt"})
"""Addresses about one row that may not exist."""


def failures(
    learner: Any, people: dict[str, Any], store: Any, *, now: datetime, course_key: str = "c"
) -> list[str]:
    """Let every reader read, the eraser last; return what went wrong, by reader."""
    found: list[str] = []
    for name, read in _readers(learner, people, store, now=now, course_key=course_key):
        try:
            # A database error ends the whole transaction; without a savepoint it would hide which reader it was.
            with transaction.atomic():
                wrong = read()
        except Exception as error:  # noqa: BLE001  Whatever it is, it is what we look for.
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            found.append(f"{name}: {str(wrong)[:300]}")
    return found


def _readers(
    learner: Any, people: dict[str, Any], store: Any, *, now: datetime, course_key: str
) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "refresh", lambda: not jobs.refresh_outlines(now=now) < 0 and None
    yield "roll-up", lambda: _roll_up(now)
    yield "rebuild", lambda: sum(rebuild.mark_for_rebuild(RebuildScope())) < 0 or _roll_up(now)
    yield "SQL views", _read_views
    for role, user in people.items():
        browser = Client()
        if user is not None:
            browser.force_login(user)
        for name in [*pages.names(), *pages.api_names()]:
            yield f"{name} as {role}", partial(_open, browser, name, learner, course_key)
    for table in export_tables.TABLES:
        yield f"export of {table}", partial(_run, "tracking_export", table, "--output", "-")
    yield "record store", lambda: _read_store(store)
    yield "statements", lambda: _run("tracking_xapi", "--output", "-")
    yield "purge", lambda: jobs.purge_expired(now=now) and None
    yield "download", lambda: _download(learner, now)
    yield (
        "erasure",
        lambda: erasure.erase_learner_data(erasure.ErasureScope(learner_id=learner.pk), by="test") and None,
    )


def _roll_up(now: datetime) -> str:
    jobs.roll_up(now=now)
    waiting = list(PendingChange.objects.values_list("stage", "error"))
    return f"changes were not rolled up: {waiting}" if waiting else ""


def _read_views() -> None:
    sql_views.create_views()
    with connection.cursor() as cursor:
        for name in sql_views.view_names():
            cursor.execute(f"SELECT * FROM {name}")
            cursor.fetchall()


def _open(browser: Client, name: str, learner: Any, course_key: str) -> str:
    if name.rsplit(":", maxsplit=1)[-1] in NOT_READ:
        return ""
    values = {
        "course_key": course_key, "unit_key": "a", "module_key": "m", "learner_id": learner.pk, "name": "events",
        "attempt_id": 0, "finding_id": 0, "question_key": "1", "download_id": UUID(int=0), "skill_key": "s",
        "assignment_id": 0, "note_id": 0, "action_id": 0, "delivery_id": 0, "pk": 0,
        "table": "events", "badge_id": 0, "nudge_id": 0,
    }  # fmt: skip
    answer: Any = browser.get(pages.address(name, values))
    if answer.streaming:
        b"".join(answer.streaming_content)
    return f"{answer.status_code}" if answer.status_code >= 500 else ""


def _run(*command: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        given = [str(Path(folder) / "out") if each == "-" else each for each in command]
        call_command(*given, stdout=io.StringIO(), stderr=io.StringIO())


def _read_store(system: Any) -> str:
    answers = [
        system.get("statements"),
        system.get("statements", since="1970-01-01T00:00:00Z", ascending="true"),
        system.get("statements", until="2099-12-31T23:59:59Z"),
    ]
    return ", ".join(str(each.status_code) for each in answers if each.status_code >= 500)


def _download(learner: Any, now: datetime) -> None:
    made = downloads.request_download(learner.pk, now=now)
    jobs.prepare_downloads(now=now)
    made.refresh_from_db()
    b"".join(downloads.iter_file_parts(made))

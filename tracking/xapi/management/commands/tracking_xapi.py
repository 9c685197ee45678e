"""``manage.py tracking_xapi``: all that is recorded as xAPI statements or Caliper events, to a file or to the store."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracking import conf as core_conf
from tracking.events import LearnerId
from tracking.exceptions import TrackingError
from tracking.exports import deliveries
from tracking.management.argument_types import datetime_argument
from tracking.management.progress import ProgressLine
from tracking.models import Attempt, Event
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource
from tracking.xapi import caliper, export, lrs_delivery, record_stream
from tracking.xapi.catalogue import Catalogue
from tracking.xapi.record_stream import RecordQuery

BATCH = 200

Rows = Iterator[tuple[str, list[dict[str, Any]]]]


class Command(BaseCommand):
    help = (
        "Write xAPI statements or Caliper envelopes to a file, one per line, or send statements to LRS_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        target = parser.add_mutually_exclusive_group()
        target.add_argument(
            "--output", default="-", metavar="FILE", help="Output file (default: -, standard output)."
        )
        target.add_argument(
            "--send", action="store_true", help="Send to the learning record store at LRS_URL, in batches."
        )
        target.add_argument("--retry-dead-letters", action="store_true", help="Retry dead letters.")
        parser.add_argument("--format", choices=["xapi", "caliper"], default="xapi")
        parser.add_argument("--course", default="", metavar="KEY")
        learner = parser.add_mutually_exclusive_group()
        learner.add_argument("--learner", default="", metavar="USERNAME")
        learner.add_argument("--learner-pk", default=None, metavar="PK")
        parser.add_argument("--since", default=None, type=datetime_argument, metavar="DATE")
        parser.add_argument(
            "--until", default=None, type=datetime_argument, metavar="DATE", help="Only before this date."
        )
        parser.add_argument(
            "--after", default="", metavar="PLACE", help="Resume after the last position that was printed."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry_dead_letters"]:
            self.stdout.write(f"{deliveries.retry_dead()} deliveries will be retried.")
            return
        if not core_conf.get_settings().SITE_URL:
            self.stderr.write("SITE_URL is not set: statements name this site as tracking.invalid.")
        wanted = RecordQuery(
            course_key=options["course"],
            learner_id=_learner_id(options),
            since=options["since"],
            until=options["until"],
        )
        try:
            rows = _statements(wanted, after=options["after"])
            if options["format"] == "caliper":
                rows = _events(wanted, after=options["after"])
            place, count = self._send(rows) if options["send"] else self._write(rows, options)
        except TrackingError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"{count:,} exported; last position: {place or 'none'}.")

    def _write(self, rows: Rows, options: dict[str, Any]) -> tuple[str, int]:
        place, count, line = options["after"], 0, ProgressLine(sys.stderr)
        with ExitStack() as stack:
            write: Callable[[str], object] = self.stdout.write
            if options["output"] != "-":
                # A resumed export must append, or it would overwrite what it wrote before.
                mode = "a" if place else "w"
                write = stack.enter_context(Path(options["output"]).open(mode, encoding="utf-8")).write
            for here, exported in rows:
                for each in exported:
                    write(msgspec.json.encode(each).decode() + "\n")
                place, count = here, count + len(exported)
                line.show(count, None)
        line.clear()
        return place, count

    def _send(self, rows: Rows) -> tuple[str, int]:
        if not lrs_delivery.is_lrs_configured():
            raise TrackingError("LRS_URL is not set: there is no store to send to.")
        place, count, line = "", 0, ProgressLine(sys.stderr)
        batch: list[dict[str, Any]] = []
        for here, exported in rows:
            batch += exported
            if len(batch) >= BATCH:
                count += _sent(batch, place)
                batch = []
                line.show(count, None)
            if not batch:
                place = here
        count += _sent(batch, place) if batch else 0
        line.clear()
        return here if count else "", count


def _learner_id(options: dict[str, Any]) -> LearnerId:
    users = get_user_model()
    if name := options["learner"]:
        user = users._base_manager.filter(**{users.USERNAME_FIELD: name}).first()
        if user is None:
            raise CommandError(f"{name!r} is not a username of this site. Give --learner-pk with the key.")
        return user.pk
    try:
        return users._meta.pk.to_python(options["learner_pk"])
    except ValidationError as error:
        raise CommandError(f"{options['learner_pk']!r} is not a primary key of a user.") from error


def _sent(batch: list[dict[str, Any]], place: str) -> int:
    answer = lrs_delivery.post_statements(batch)
    if not answer.is_ok:
        go_on = f" Resume with --after {place}." if place else ""
        raise TrackingError(f"The store answered {answer.status}: {answer.text[:300]}{go_on}")
    return len(batch)


def _read(wanted: RecordQuery, *, after: str) -> Iterator[tuple[str, Event | Attempt]]:
    """Yield the rows, and log for each learner that their data were exported."""
    noted: set[LearnerId] = set()
    for place, row in record_stream.iter_records(wanted, after=after):
        if row.learner_id not in noted:
            noted.add(row.learner_id)
            access_log.log_access(
                None,
                row.learner_id,
                AccessedResource.STATEMENTS,
                course_key=wanted.course_key,
                door=AccessChannel.COMMAND,
            )
        yield place, row


def _statements(wanted: RecordQuery, *, after: str) -> Rows:
    catalogue = Catalogue()
    for place, row in _read(wanted, after=after):
        if isinstance(row, Event):
            statement = export.statement_of_event(row, catalogue)
            yield place, [] if statement is None else [statement]
        else:
            yield place, export.statements_of_attempt(row, row.answers.all(), catalogue)


def _events(wanted: RecordQuery, *, after: str) -> Rows:
    catalogue, now = Catalogue(), timezone.now()
    for place, row in _read(wanted, after=after):
        exported = (
            caliper.caliper_event_of_event(row, catalogue)
            if isinstance(row, Event)
            else caliper.caliper_events_of_attempt(row, catalogue)
        )
        yield place, [caliper.caliper_envelope(exported, sent_at=now)] if exported else []

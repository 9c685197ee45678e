"""What purging a month of raw events costs, and what monthly tables cost the rest: ``make bench-retention``.

``EVENTS`` is the number of events (default: 1,000,000), spread over six months and 500 learners. Ours drops the oldest
month after all checks for rows that must stay; the peer deletes as many rows of a plain table and vacuums it; the limit
is a bare ``DROP TABLE``. Also prints, for both kinds of table, events stored a second and the time in which a rollup
reads learners' days.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.contrib.auth import get_user_model

from benchmarks import database, harness
from benchmarks.harness import Benchmark, Contestant, Outcome
from tracking.capture import event_store, uuid7
from tracking.events import EventSource
from tracking.models import CourseOutline, Event, LearnerCourse, OutlineUnit, PendingChange
from tracking.privacy import partition_conversion, partition_drop, partitions
from tracking.privacy.partitions import Month, execute_sql
from tracking.rollups.learner import days, learner_days

EVENTS = int(os.environ.get("EVENTS", "1000000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
LEARNERS, MONTHS = 500, 6
OLD = Month(datetime(2026, 1, 1, tzinfo=UTC).date())
NOW = datetime(2026, 8, 2, tzinfo=UTC)
"""The time at which the oldest month becomes due."""
PEER = "DELETE and VACUUM, one table"
TARGET = 0.5
BATCHES, BATCH = 200, 100

# Two thirds of what a browser reports is counters. The id contains the time of its month, as a browser's ids do.
FILL_SQL = """
INSERT INTO {table}
    (id, learner_id, course_key, unit_key, kind, source, happened_at, received_at, view_id, visit_id, sequence,
    is_detail, payload)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    u.id, 'c', 'u' || n %% 50, 'page.progress', 'browser', at, at, gen_random_uuid(), gen_random_uuid(), 0, false,
    '{{"elapsed": 90000, "active": 60000, "visible": 80000, "media": 0, "scroll": 90, "spans": [[0, 60000]]}}'::jsonb
FROM (
    SELECT n, (n %% %(learners)s) AS place,
        %(start)s::timestamptz + random() * (%(end)s::timestamptz - %(start)s::timestamptz) AS at
    FROM generate_series(1, %(count)s) AS n
) AS moments
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM auth_user) AS u USING (place)
"""
PLAIN = "plain_event"

T = TypeVar("T")


def main() -> int:
    _create_rows()
    benchmark = Benchmark(
        name="retention",
        unit="s",
        contestants=[
            Contestant(name="ours, a month dropped", prepare=_refill, run=_drop),
            Contestant(name=PEER, prepare=_refill_plain, run=_delete),
            Contestant(name="bare DROP TABLE", prepare=_copy, run=_bare_drop),
        ],
        peer=PEER,
        limit="bare DROP TABLE",
        target=TARGET,
        rounds=ROUNDS,
        more_is_better=False,
    )
    result = harness.measure(benchmark, log=lambda line: print(line, flush=True))
    _compare()
    print(*harness.lines(result), sep="\n")
    return 0 if result.is_met else 1


def _create_rows() -> None:
    CourseOutline.objects.create(course_key="c", title="C", time_zone="UTC")
    OutlineUnit.objects.bulk_create(
        OutlineUnit(course_key="c", unit_key=f"u{n}", kind="lesson", title="U", position=n) for n in range(50)
    )
    users = get_user_model().objects.bulk_create(
        get_user_model()(username=f"learner-{n}") for n in range(LEARNERS)
    )
    LearnerCourse.objects.bulk_create(LearnerCourse(course_key="c", learner_id=user.pk) for user in users)
    execute_sql(f'CREATE TABLE {PLAIN} (LIKE "{partitions.TABLE}" INCLUDING ALL)')
    execute_sql(
        f"ALTER TABLE {PLAIN} ADD FOREIGN KEY (learner_id) REFERENCES auth_user (id) DEFERRABLE INITIALLY DEFERRED"
    )
    partition_conversion.convert_table()
    month = OLD
    for number in range(MONTHS + 2):
        partitions.retry_on_lock_timeout(lambda month=month: partitions.attach_month(month))  # type: ignore[misc]  # bound here
        if 0 < number < MONTHS:
            _fill(partitions.TABLE, month)
            _fill(PLAIN, month)
        month = month.next


def _fill(table: str, month: Month) -> None:
    sizes = {"start": month.start, "end": month.next.start, "count": EVENTS // MONTHS, "learners": LEARNERS}
    database.execute(FILL_SQL.format(table=table), sizes)


def _refill() -> None:
    if OLD not in {each.month for each in partitions.find_partitions()}:
        partitions.retry_on_lock_timeout(lambda: partitions.attach_month(OLD))
    _fill(partitions.TABLE, OLD)
    database.execute("ANALYZE")


def _refill_plain() -> None:
    _fill(PLAIN, OLD)
    execute_sql(f"VACUUM ANALYZE {PLAIN}")


def _copy() -> None:
    execute_sql(f'CREATE TABLE one_month (LIKE "{partitions.TABLE}" INCLUDING ALL)')
    _fill("one_month", OLD)


def _drop() -> Outcome:
    dropped, seconds = _timed(lambda: partition_drop.drop_expired_months(now=NOW))
    count = dropped.event_counts.total()
    return Outcome(rows=count, errors=abs(EVENTS // MONTHS - count), figure=seconds)


def _delete() -> Outcome:
    def delete() -> int:
        count = execute_sql(f"DELETE FROM {PLAIN} WHERE happened_at < %s", [OLD.next.start])  # noqa: S608  A constant name.
        execute_sql(f"VACUUM {PLAIN}")
        return count

    count, seconds = _timed(delete)
    return Outcome(rows=count, errors=abs(EVENTS // MONTHS - count), figure=seconds)


def _bare_drop() -> Outcome:
    _, seconds = _timed(lambda: execute_sql("DROP TABLE one_month"))
    return Outcome(rows=EVENTS // MONTHS, figure=seconds)


def _compare() -> None:
    """Print the times of ingesting and rolling up with monthly tables, and with one table of the same rows."""
    print(f"\n{'':28}{'events stored a second':>26}{'ms to read 100 learner-days':>30}")
    in_months = (_stored(), _read_ms())
    # Rename the plain table, because the code knows only one name.
    execute_sql(f'ALTER TABLE "{partitions.TABLE}" RENAME TO in_months')
    execute_sql(f'ALTER TABLE {PLAIN} RENAME TO "{partitions.TABLE}"')
    database.execute("ANALYZE")
    plain = (_stored(), _read_ms())
    for name, (stored, read) in (("a table a month", in_months), ("one table", plain)):
        print(f"{name:28}{stored:26,.0f}{read:30,.1f}")
    print(f"{'of one table':28}{in_months[0] / plain[0]:26.2f}{in_months[1] / plain[1]:30.2f}")
    execute_sql(f'ALTER TABLE "{partitions.TABLE}" RENAME TO {PLAIN}')
    execute_sql(f'ALTER TABLE in_months RENAME TO "{partitions.TABLE}"')


def _stored() -> float:
    """Return how many events a second are stored, in batches of one learner each."""
    keys = list(get_user_model().objects.order_by("pk").values_list("pk", flat=True)[:LEARNERS])
    batches = [
        [
            event_store.NewEvent(
                id=uuid7.make_uuid7(NOW), learner_id=keys[number % LEARNERS], course_key="c", unit_key="u1",
                kind="page.opened", source=EventSource.BROWSER, happened_at=NOW, received_at=NOW,
            )
            for _ in range(BATCH)
        ]
        for number in range(BATCHES)
    ]  # fmt: skip
    _, seconds = _timed(lambda: [event_store.write_events(batch) for batch in batches])
    Event.objects.filter(happened_at=NOW).delete()
    PendingChange.objects.all().delete()
    return BATCHES * BATCH / seconds


def _read_ms() -> float:
    """Return the milliseconds to read the spans of 100 learners on a day, as a rollup does."""
    keys = list(get_user_model().objects.order_by("pk").values_list("pk", flat=True)[:100])
    day, zone = (OLD.next.start + timedelta(days=9)).date(), days.course_time_zone("UTC")

    def read() -> None:
        for key in keys:
            learner_days.active_spans_of_day(key, "c", day, zone=zone)

    read()
    return 1000 * _timed(read)[1]


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())

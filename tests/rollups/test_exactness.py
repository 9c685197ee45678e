"""Whatever happens on the way, the rows are those that one rebuild gives: on every level, row for row."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection

from tests.rollups.all_rows import ROLLUPS, rows
from tests.rollups.generated_events import (
    UNITS,
    any_changes,
    corrected,
    earlier_later,
    exactly,
    later_later,
    learned_later,
    make_world,
)
from tracking.capture import changes
from tracking.models import LearnerCourseDay, PageView, PendingChange
from tracking.privacy import retention
from tracking.reports.course import overview as course_overview
from tracking.reports.learner import progress
from tracking.rollups.engine import pipeline, rebuild
from tracking.rollups.engine.rebuild import RebuildScope

__all__ = ["make_world"]
# A cursor on the server that a worker was about to open when it died is closed by nobody.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

KEPT = tuple(model for model in ROLLUPS if model is not PageView)
"""What is kept when raw events and views go."""
COUNTED = tuple(model for model in KEPT if model is not LearnerCourseDay)
"""And does not say of itself whether it can be made again."""
ON_BOTH_PAGES = (
    "shares_engagement", "required_count", "completed_count", "skipped_count", "active_seconds", "estimated_seconds",
    "last_at",
)  # fmt: skip


@pytest.mark.proof(name="changes")
@exactly
@corrected
@learned_later
@earlier_later
@later_later
@any_changes
def test_any_sequence_of_changes_and_crashes_ends_in_what_one_rebuild_gives(make_world, happening):
    world = make_world()
    for change in happening:
        world.do(change)
    world.settle()
    incremental = rows()
    for model in ROLLUPS:
        model.objects.all().delete()
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=world.now)
    assert rows() == incremental


@pytest.mark.proof(name="changes")
@exactly
@learned_later
@any_changes
def test_what_is_purged_in_between_stays_counted_and_a_rebuild_changes_nothing(
    make_world, happening, settings
):
    settings.TRACKING = {**settings.TRACKING, "RAW_EVENT_DAYS": 1}
    world = make_world()
    for place, change in enumerate(happening):
        world.do(change)
        if place % 3 == 2:
            pipeline.process_changes(now=world.now)
            before = rows(*COUNTED)
            retention.purge_raw_events(now=world.now)
            assert rows(*COUNTED) == before
    world.settle()
    before = rows(*KEPT)
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=world.now)
    assert rows(*KEPT) == before


@pytest.mark.proof(name="changes")
@exactly
@any_changes
def test_the_row_of_a_learner_on_the_class_page_says_what_the_learners_own_page_says(make_world, happening):
    world = make_world()
    for change in happening:
        world.do(change)
    changes.mark_outline_changed("c")
    pipeline.process_changes(now=world.now)
    overview = course_overview.find_class_overview("c", now=world.now)
    assert overview is not None
    for row in overview.learners:
        page = progress.find_learner_progress(row.learner_id, "c", now=world.now)
        assert page is not None
        assert [getattr(row, name) for name in ON_BOTH_PAGES] == [
            getattr(page, name) for name in ON_BOTH_PAGES
        ]
        assert row.attempt_count == sum(
            unit.attempt_count for module in page.modules for unit in module.units
        )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_workers_side_by_side_end_in_what_one_rebuild_gives(make_world, seed, settings):
    """Three workers with small batches, a fourth that rebuilds, and readers who go on reading all the while."""
    settings.TRACKING = {**settings.TRACKING, "ROLLUP_BATCH": 3}
    world = make_world()
    chance = random.Random(seed)
    with _working(world, (int, int, int, lambda: sum(rebuild.mark_for_rebuild(RebuildScope())))):
        for _ in range(40):
            who, unit = chance.randrange(2), chance.choice(UNITS)
            minute, length, view = chance.randrange(-3000, 0), chance.randrange(1, 90), chance.randrange(4)
            world.read(who, unit, minute, length, 90, view)
    pipeline.process_changes(now=world.now)
    assert not PendingChange.objects.filter(failed_count__gt=0).exists()
    incremental = rows()
    for model in ROLLUPS:
        model.objects.all().delete()
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=world.now)
    assert rows() == incremental


@contextmanager
def _working(world, before_each):
    """Let a worker for each of ``before_each`` do that and roll up, again and again."""
    is_over = threading.Event()

    def work_on(before):
        try:
            while not is_over.is_set():
                before()
                pipeline.process_changes(now=world.now)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(before_each)) as pool:
        workers = [pool.submit(work_on, before) for before in before_each]
        try:
            yield
        finally:
            is_over.set()
    for worker in workers:
        worker.result()

"""Which marks a worker claims, where more wait than it takes at once."""

from datetime import date

import pytest
from django.db import transaction

from tracking.models import PendingChange, RollupStage
from tracking.rollups.engine import change_queue, outline_refresh, pipeline
from tracking.rollups.learner import rollup


@pytest.fixture
def class_of_three(school, make_learner):
    """Three learners of one course, whose marks alternate as those of a log sorted by day do."""
    school.course("c", lessons=["a"])
    of_course = [make_learner(name) for name in ("ada", "bo", "cy")]
    for learner in of_course:
        school.enrol(learner, "c")
    PendingChange.objects.all().delete()
    PendingChange.objects.bulk_create(
        PendingChange(stage=RollupStage.LEARNER, course_key="c", learner=learner, day=date(2026, 3, day))
        for day in (1, 2, 3)
        for learner in of_course
    )
    return of_course


def claimed(now, *, limit, subject=RollupStage.LEARNER):
    with transaction.atomic():
        return [
            (mark.learner_id, mark.day) for mark in change_queue.claim_changes(subject, limit=limit, now=now)
        ]


def test_all_marks_of_some_learners_are_claimed_where_more_wait(class_of_three, now):
    ada, bo, _ = class_of_three
    assert claimed(now, limit=7) == [
        (learner.pk, date(2026, 3, day)) for day in (1, 2, 3) for learner in (ada, bo)
    ]


def test_a_learner_with_more_marks_than_fit_has_the_oldest_claimed(class_of_three, now):
    ada = class_of_three[0]
    assert claimed(now, limit=2) == [(ada.pk, date(2026, 3, 1)), (ada.pk, date(2026, 3, 2))]


def test_every_mark_is_claimed_where_all_fit(class_of_three, now):
    assert len(claimed(now, limit=9)) == 9


def test_marks_of_a_whole_class_are_claimed_in_their_order(class_of_three, now):
    for learner in (None, *class_of_three):
        PendingChange.objects.create(stage=RollupStage.FINDINGS, course_key="c", learner=learner)
    assert claimed(now, limit=2, subject=RollupStage.FINDINGS) == [(None, None), (class_of_three[0].pk, None)]


def test_a_backlog_sets_the_rows_of_each_learner_once(class_of_three, now, settings, monkeypatch):
    """An import of half a million rows set each learner's rows thirty times, and took a quarter of an hour for it."""
    settings.TRACKING = {**settings.TRACKING, "ROLLUP_BATCH": 4}
    fold, folded = rollup.roll_up_learners, []

    def noting(course_key, learner_ids, **options):
        folded.extend(learner_ids)
        fold(course_key, learner_ids, **options)

    monkeypatch.setattr(rollup, "roll_up_learners", noting)
    # Reading the outline for the first time marks everybody: that is not what this is about.
    monkeypatch.setattr(outline_refresh, "refresh_outline", lambda *_args, **_options: False)
    pipeline.process_changes(now=now)
    assert sorted(folded) == sorted(learner.pk for learner in class_of_three)

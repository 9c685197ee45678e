"""What rows of the host say is stored once, withdrawn if it is gone, and left out if no reader could handle it."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from courses.tracking_adapter import Adapter
from tests import web_course
from tests.school import node
from tests.web_course import NOON
from tracking import jobs
from tracking.capture import host_records
from tracking.lms import AttemptFields
from tracking.lms.values import AccessRecord, CompletionRecord, UnitRef
from tracking.models import Event, LearnerCourseDay, LearnerUnit, QuarantinedRecord, RejectionCount

LABEL = "school.Tick"
UNIT = UnitRef(course_key="c", unit_key="u")


@pytest.fixture
def ticked(school, learner, now):
    """A completion of a learner by two rows of the host, rolled up."""
    school.course("c", nodes=(node("u"),))
    school.enrol(learner, "c")
    record = CompletionRecord(learner_id=learner.pk, unit=UNIT, completed_at=now)
    jobs.refresh_outlines(now=now)
    host_records.store_completions(LABEL, [(record, "1"), (record, "2")])
    jobs.roll_up(now=now)
    return record


def is_completed(now):
    jobs.roll_up(now=now)
    return LearnerUnit.objects.filter(unit_key="u", state="completed").exists()


def test_a_unit_stays_completed_until_no_row_says_so_any_more(ticked, now):
    said = []
    for key in ("1", "2"):
        host_records.withdraw_completions(LABEL, key, [ticked])
        said.append(is_completed(now))
    assert said == [True, False]


def test_a_completion_is_withdrawn_after_its_raw_event_was_purged(ticked, now):
    Event.objects.all().delete()
    LearnerCourseDay.objects.update(is_final=True)
    host_records.withdraw_completions(LABEL, "1", [ticked])
    assert not is_completed(now)


def test_a_completion_that_waits_in_quarantine_is_withdrawn_too(ticked, now):
    unknown = CompletionRecord(
        learner_id=ticked.learner_id, unit=UnitRef(course_key="c", unit_key="new"), completed_at=now
    )
    host_records.store_completions(LABEL, [(unknown, "3")])
    assert QuarantinedRecord.objects.count() == 1
    host_records.withdraw_completions(LABEL, "3", [unknown])
    assert not QuarantinedRecord.objects.exists()


def test_what_a_hook_recorded_is_not_withdrawn_by_a_backfill(ticked, learner, now):
    [one, two] = Event.objects.values_list("pk", flat=True)
    other = Event.objects.get(pk=one)
    other.pk = "00000000-0000-7000-8000-000000000001"
    other.save()
    assert host_records.withdraw_completions_except({one}) == 1
    assert not Event.objects.filter(pk=two).exists()
    assert Event.objects.count() == 2


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_a_date_that_no_reader_could_handle_costs_its_row_alone(ticked, now, at):
    good = AccessRecord(learner_id=ticked.learner_id, unit=UNIT, accessed_at=now - timedelta(days=1), count=1)
    bad = AccessRecord(learner_id=ticked.learner_id, unit=UNIT, accessed_at=at, count=1)
    assert host_records.store_accesses(LABEL, [(bad, "4"), (good, "5")]) == 1
    assert RejectionCount.objects.get().reason == "bad_row"


def test_more_accesses_in_one_row_than_a_counter_holds_are_left_out(ticked, now):
    many = AccessRecord(learner_id=ticked.learner_id, unit=UNIT, accessed_at=now, count=10**7)
    assert host_records.store_accesses(LABEL, [(many, "6")]) == 0


class OddScores(Adapter):
    """An adapter whose score is read by a callable, which returns what the test wants."""

    attempts = {
        "courses.Attempt": AttemptFields(
            learner="learner",
            unit="quiz",
            submitted_at="submitted_at",
            score=lambda attempt: SCORES[attempt.number],
        )
    }


SCORES: dict[int, object] = {1: "ten", 2: 10**400, 3: 7}


@pytest.mark.django_db
def test_rows_whose_score_is_no_number_do_not_stop_a_backfill(learner, settings):
    web_course.make()
    result = {"submitted_at": NOON, "score": 1, "max_score": 1, "passed": True}
    for number in SCORES:
        web_course.begin_attempt(learner, number=number, **result)
    settings.TRACKING = {"ADAPTER": f"{__name__}.OddScores"}
    out = io.StringIO()
    call_command("tracking_backfill", "--model", "courses.Attempt", stdout=out, stderr=out)
    assert "1 already recorded" in out.getvalue()
    assert "2 unreadable" in out.getvalue()

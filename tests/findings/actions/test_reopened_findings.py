"""A cause that comes back after its finding was cleared."""

from tests.findings.actions.acting import DAY, absent, bring_up_to_date, shown
from tracking import jobs
from tracking.findings import actions
from tracking.models import Action, ActionKind, Audience, ClearReason, DismissReason, Finding


def test_a_cause_that_comes_back_within_a_week_is_the_same_finding_with_all_that_was_done(
    course, learner, teacher, send, now
):
    finding_before = absent(now)
    actions.dismiss(finding_before, teacher, reason=DismissReason.HANDLED, now=now)
    Finding.objects.update(cleared_at=now, clear_reason=ClearReason.IMPROVED)
    later = now + 3 * DAY
    jobs.mark_running_courses_changed(now=later)
    bring_up_to_date(later)
    again = Finding.objects.get()
    assert (again.pk, again.cleared_at, again.clear_reason) == (finding_before.pk, None, "")
    assert shown(later) == [Audience.LEARNER]
    assert Action.objects.filter(kind=ActionKind.REOPENED, finding=again).exists()


def test_a_cause_that_comes_back_later_is_a_new_finding(course, learner, now):
    absent(now)
    Finding.objects.update(cleared_at=now, clear_reason=ClearReason.IMPROVED)
    later = now + 8 * DAY
    jobs.mark_running_courses_changed(now=later)
    bring_up_to_date(later)
    assert Finding.objects.count() == 2

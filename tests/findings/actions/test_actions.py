"""What people do about findings and learners: recorded, in force for their own side, and undoable."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.findings.actions.acting import DAY, SIDES, at, bring_up_to_date, shown
from tests.messages import progress
from tracking.exceptions import ActionNotAllowed
from tracking.findings import actions, triage
from tracking.findings.actions import Actor
from tracking.models import (
    Action,
    ActionKind,
    Audience,
    ClearReason,
    DismissReason,
    Finding,
    LearnerCourse,
    LearnerUnit,
    UnitState,
    UnitStats,
)
from tracking.reports.learner import progress as learner_progress


def test_a_finding_that_was_put_off_comes_back_when_its_time_is_over(finding, herself, now):
    actions.snooze(finding, herself, until=now + DAY, now=now)
    assert shown(now + DAY - timedelta(seconds=1)) == [Audience.INSTRUCTOR]
    assert shown(now + DAY) == list(SIDES)


def test_a_finding_that_was_dismissed_is_gone_for_that_side_alone(finding, teacher, now):
    actions.dismiss(finding, teacher, reason=DismissReason.HANDLED, text="We talked.", now=now)
    assert shown(now + 100 * DAY) == [Audience.LEARNER]
    action = Action.objects.get()
    assert (action.kind, action.actor_id, action.happened_at, action.dismiss_reason, action.text) == (
        ActionKind.DISMISSED,
        teacher.user_id,
        now,
        DismissReason.HANDLED,
        "We talked.",
    )


@pytest.mark.parametrize(
    ("measure", "is_back"), [(4, False), (5.9, False), (6, True), (None, False), (0, False)]
)
def test_what_was_set_aside_comes_back_when_it_is_half_as_bad_again(finding, teacher, now, measure, is_back):
    actions.dismiss(finding, teacher, reason=DismissReason.HANDLED, now=now)
    finding.severity = measure
    finding.save()
    triage.resurface(finding, now=now + DAY)
    assert (Audience.INSTRUCTOR in shown(now + DAY)) is is_back
    assert Action.objects.filter(kind=ActionKind.RESURFACED, actor=None).exists() is is_back


def test_what_came_back_can_be_dismissed_again_and_stays_away_from_there(finding, teacher, now):
    actions.dismiss(finding, teacher, reason=DismissReason.HANDLED, now=now)
    finding.severity = 6
    finding.save()
    triage.resurface(finding, now=now)
    actions.dismiss(finding, teacher, reason=DismissReason.INACCURATE, now=now)
    finding.severity = 8
    finding.save()
    triage.resurface(finding, now=now)
    assert shown(now) == [Audience.LEARNER]


@pytest.mark.parametrize("act", ["snooze", "dismiss"])
def test_an_action_that_is_undone_leaves_all_as_it_was_but_for_the_record(finding, teacher, now, act):
    given = {"until": now + DAY} if act == "snooze" else {"reason": DismissReason.OTHER}
    action = getattr(actions, act)(finding, teacher, now=now, **given)
    undone = actions.undo(action, teacher, text="Too early.", now=now)
    assert shown(now) == list(SIDES)
    assert list(actions.action_history(course_key=finding.course_key, learner_id=finding.learner_id)) == [
        undone,
        action,
    ]
    assert not Action.objects.in_effect().exists()


def test_an_earlier_action_holds_again_when_the_later_is_undone(finding, teacher, now):
    actions.snooze(finding, teacher, until=now + DAY, now=now)
    later = actions.snooze(finding, teacher, until=now + 9 * DAY, now=now)
    actions.undo(later, teacher, now=now)
    assert shown(now + 2 * DAY) == list(SIDES)
    assert shown(now) == [Audience.LEARNER]


def test_nothing_is_undone_twice(finding, teacher, now):
    action = actions.dismiss(finding, teacher, reason=DismissReason.OTHER, now=now)
    undone = actions.undo(action, teacher, now=now)
    for again in (action, undone):
        with pytest.raises(ActionNotAllowed):
            actions.undo(again, teacher, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.create(kind=ActionKind.UNDONE, course_key="c", undoes=action)


def test_what_the_rules_did_is_nobodys_to_undo(finding, teacher, now):
    triage.note_reopened(finding, now=now)
    with pytest.raises(ActionNotAllowed, match="cannot be undone"):
        actions.undo(Action.objects.get(), teacher, now=now)


def test_seen_is_recorded_once_a_side(finding, teacher, herself, now):
    assert actions.mark_seen([finding.pk], teacher, now=now) == 1
    assert actions.mark_seen([finding.pk], teacher, now=now + DAY) == 0
    assert actions.mark_seen([finding.pk], herself, now=now + DAY) == 1
    triages = finding.triages.order_by("audience").values_list("audience", "seen_at")
    assert list(triages) == [(Audience.INSTRUCTOR, now), (Audience.LEARNER, now + DAY)]


def test_the_last_word_on_whether_it_is_useful_counts(finding, herself, now):
    actions.rate(finding, herself, is_useful=True, now=now)
    last = actions.rate(finding, herself, is_useful=False, now=now + DAY)
    assert finding.triages.get().is_useful is False
    actions.undo(last, herself, now=now + DAY)
    assert finding.triages.get().is_useful is True


def test_a_finding_that_is_cleared_can_be_rated_and_no_more_set_aside(finding, teacher, now):
    Finding.objects.update(cleared_at=now)
    actions.rate(finding, teacher, is_useful=True, now=now)
    with pytest.raises(ActionNotAllowed, match="cleared"):
        actions.dismiss(finding, teacher, reason=DismissReason.OTHER, now=now)


@pytest.mark.parametrize("until", [0, -1])
def test_nothing_is_put_off_to_the_past(finding, teacher, now, until):
    with pytest.raises(ActionNotAllowed, match="past"):
        actions.snooze(finding, teacher, until=now + until * DAY, now=now)
    assert not Action.objects.exists()


def test_an_excused_unit_is_out_of_every_denominator_until_that_is_undone(course, learner, teacher, now):
    action = actions.excuse(at(learner), teacher, text="Knows it.", now=now)
    bring_up_to_date(now)
    assert LearnerUnit.objects.get(unit_key="a").state == UnitState.EXCUSED
    assert LearnerCourse.objects.get().required_count == 2
    assert UnitStats.objects.get(unit_key="a").learner_count == 0
    found = learner_progress.find_learner_progress(learner.pk, "c", now=now)
    assert found is not None
    assert (found.required_count, found.modules[0].required_count) == (2, 2)
    assert found.modules[0].units[0].state == UnitState.EXCUSED

    actions.undo(action, teacher, now=now)
    bring_up_to_date(now)
    assert not LearnerUnit.objects.filter(state=UnitState.EXCUSED).exists()
    assert LearnerCourse.objects.get().required_count == 3
    assert UnitStats.objects.get(unit_key="a").learner_count == 1


def test_an_excused_module_excuses_all_below_it(course, learner, teacher, now):
    actions.excuse(at(learner, "m"), teacher, now=now)
    bring_up_to_date(now)
    assert set(LearnerUnit.objects.values_list("unit_key", "state")) == {
        (key, UnitState.EXCUSED) for key in "abq"
    }


def test_the_host_may_exempt_too(course, learner, now):
    course.enrolled["c"].clear()
    course.enrol(learner, "c", enrolled_at=now - 30 * DAY, excused_unit_keys=("b",))
    bring_up_to_date(now)
    assert list(LearnerUnit.objects.values_list("unit_key", "state")) == [("b", UnitState.EXCUSED)]


def test_a_finding_about_what_is_excused_is_cleared_by_that(course, learner, teacher, send_online, now):
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    bring_up_to_date(now)
    assert Finding.objects.open().get().reason == "skipped"
    actions.excuse(at(learner), teacher, now=now)
    bring_up_to_date(now)
    assert Finding.objects.get(unit_key="a").clear_reason == ClearReason.EXCUSED


def test_a_note_is_kept_until_it_is_taken_back(course, learner, teacher, now):
    note = actions.add_note(at(learner, ""), teacher, text="Prefers mornings.", now=now)
    in_effect = Action.objects.filter(kind=ActionKind.NOTED, undone_by=None)
    assert list(in_effect) == [note]
    actions.undo(note, teacher, now=now)
    assert list(in_effect.all()) == []


@pytest.mark.parametrize(
    ("act", "unit_key", "words"),
    [
        ("excuse", "elsewhere", ""),
        ("assign_review", "elsewhere", ""),
        ("add_note", "", "  "),
        ("add_note", "", "x" * 1001),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_no_trace(course, learner, now, act, unit_key, words):
    teacher = Actor(user_id=learner.pk, audience=Audience.INSTRUCTOR)
    with pytest.raises(ActionNotAllowed):
        getattr(actions, act)(at(learner, unit_key), teacher, text=words, now=now)
    assert not Action.objects.exists()


def test_nothing_is_done_about_one_who_is_not_enrolled(course, make_learner, teacher, now):
    with pytest.raises(ActionNotAllowed, match="not enrolled"):
        actions.excuse(at(make_learner("li")), teacher, now=now)


def test_what_a_user_did_outlives_them_and_what_was_done_about_them_does_not(
    course, learner, teacher, finding, now, django_user_model
):
    actions.dismiss(finding, teacher, reason=DismissReason.OTHER, now=now)
    django_user_model.objects.get(pk=teacher.user_id).delete()
    assert Action.objects.get().actor is None
    learner.delete()
    assert not Action.objects.exists()

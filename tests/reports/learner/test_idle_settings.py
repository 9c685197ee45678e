"""A statement about an older period goes by the rule of that period."""

from datetime import timedelta

import pytest

from tests.messages import batch, progress
from tracking import jobs
from tracking.models import IdleSetting
from tracking.reports.learner import idle_settings, time_statement
from tracking.reports.learner.idle_settings import IdlePeriod

MINUTE = 60_000


@pytest.fixture
def idle_is(settings):
    def set_to(seconds):
        settings.TRACKING = {**settings.TRACKING, "IDLE_SECONDS": seconds}

    return set_to


def test_without_a_note_the_rule_in_force_holds(db, idle_is):
    idle_is(75)
    assert idle_settings.find_idle_settings() == [IdlePeriod(since=None, idle_seconds=75)]


def test_a_rule_is_noted_once(db, now):
    for minutes in range(3):
        idle_settings.note_idle_setting(now=now + timedelta(minutes=minutes))
    assert list(IdleSetting.objects.values_list("since", "idle_seconds")) == [(now, 60)]


def test_a_change_is_dated_and_what_was_first_has_always_held(db, now, idle_is):
    idle_settings.note_idle_setting(now=now)
    idle_is(90)
    later = now + timedelta(days=10)
    idle_settings.note_idle_setting(now=later)
    assert idle_settings.find_idle_settings() == [
        IdlePeriod(since=None, idle_seconds=60),
        IdlePeriod(since=later, idle_seconds=90),
    ]


def test_two_that_find_the_same_change_at_once_note_one_rule(db, now):
    IdleSetting.objects.create(since=now, idle_seconds=60)
    IdleSetting.objects.create(since=now + timedelta(milliseconds=1), idle_seconds=60)
    assert idle_settings.find_idle_settings() == [IdlePeriod(since=None, idle_seconds=60)]


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [(-9, -1, [60]), (-9, 0, [60]), (-1, 1, [60, 90]), (0, 5, [90]), (9, 12, [90, 30])],
)
def test_a_period_has_the_rules_that_held_in_it(now, start, end, seconds):
    rules = [
        IdlePeriod(since=None, idle_seconds=60),
        IdlePeriod(since=now, idle_seconds=90),
        IdlePeriod(since=now + timedelta(days=10), idle_seconds=30),
    ]
    found = idle_settings.idle_settings_within(rules, now + timedelta(days=start), now + timedelta(days=end))
    assert [rule.idle_seconds for rule in found] == seconds


def test_each_view_of_a_statement_has_the_rule_it_was_measured_by(school, learner, send, now, idle_is):
    school.course("c", lessons=["a"])
    school.enrol(learner, "c")
    jobs.refresh_outlines(now=now)
    for seconds, moment in ((60, now), (90, now + timedelta(days=1))):
        idle_is(seconds)
        send(learner, batch(progress(moment, "a", [[0, MINUTE]]), sent_at=moment), received_at=moment)
        jobs.roll_up(now=moment - timedelta(minutes=5))
    idle_is(10)

    statement = time_statement.find_time_statement(learner.pk, first=now.date(), last=moment.date())
    earlier = time_statement.find_time_statement(learner.pk, first=now.date(), last=now.date())

    assert [view.idle_seconds for view in statement.views] == [60, 90]
    assert [rule.idle_seconds for rule in statement.rules] == [60, 90]
    assert [rule.idle_seconds for rule in earlier.rules] == [60]

"""A rule that cries wolf can be seen, and switched off."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import FindingFactory
from tracking.findings import actions, rule_feedback, rules
from tracking.findings.actions import Actor
from tracking.management.doctor import noisy_rules
from tracking.models import Audience, DismissReason, Finding


@pytest.fixture
def teacher(make_learner):
    return Actor(user_id=make_learner("ines").pk, audience=Audience.INSTRUCTOR)


@pytest.fixture
def findings(learner, now):
    return [
        FindingFactory.create(learner=learner, reason="long_time", unit_key=str(number), opened_at=now)
        for number in range(12)
    ]


def record(now, reason="long_time"):
    return next(each for each in rule_feedback.find_rule_feedback(now=now) if each.reason == reason)


def test_what_people_did_is_counted_by_the_reason(findings, teacher, now):
    actions.dismiss(findings[0], teacher, reason=DismissReason.INACCURATE, now=now)
    actions.dismiss(findings[1], teacher, reason=DismissReason.HANDLED, now=now)
    actions.rate(findings[1], teacher, is_useful=True, now=now)
    actions.rate(findings[2], teacher, is_useful=False, now=now)
    actions.rate(findings[2], teacher, is_useful=False, now=now)
    taken_back = actions.rate(findings[3], teacher, is_useful=False, now=now)
    actions.undo(taken_back, teacher, now=now)
    Finding.objects.filter(pk=findings[5].pk).update(cleared_at=now)
    found = record(now)
    assert (found.opened_count, found.open_count, found.dismissed_count) == (12, 11, 2)
    assert (found.useful_count, found.not_useful_count) == (1, 1)
    assert (found.verdict_count, found.no_good_count) == (3, 2)


@pytest.mark.parametrize(
    ("good", "bad", "is_noisy"), [(5, 5, True), (6, 5, False), (4, 5, False), (0, 12, True)]
)
def test_a_rule_is_noisy_where_half_of_enough_findings_were_no_good(
    findings, teacher, now, good, bad, is_noisy
):
    for number, finding in enumerate(findings[: good + bad]):
        actions.rate(finding, teacher, is_useful=number < good, now=now)
    assert record(now).is_noisy is is_noisy
    line = noisy_rules.check_noisy_rules(now)
    assert (f"long_time ({bad} of {good + bad})" in line.fact) is is_noisy
    assert str(line.health) == ("warning" if is_noisy else "ok")


def test_what_was_done_more_than_90_days_ago_counts_no_more(findings, teacher, now):
    actions.dismiss(findings[0], teacher, reason=DismissReason.INACCURATE, now=now)
    found = record(now + timedelta(days=91))
    assert (found.opened_count, found.open_count, found.dismissed_count) == (0, 12, 0)


def test_a_noisy_rule_that_is_switched_off_is_told_and_alarms_nobody(findings, teacher, settings, now):
    for finding in findings:
        actions.rate(finding, teacher, is_useful=False, now=now)
    settings.TRACKING = {"DISABLED_REASONS": ["long_time"]}
    line = noisy_rules.check_noisy_rules(now)
    assert "switched off: long_time" in line.fact
    assert str(line.health) == "ok"
    assert record(now).is_on is False


def test_an_operator_sees_every_rule_on_one_page(findings, admin_client, client):
    page = admin_client.get(reverse("admin:tracking_finding_reasons"))
    assert page.status_code == 200
    for reason in set(rules.BY_REASON) - {"review_assigned"}:
        assert f"<code>{reason}</code>" in page.text
    assert "INACTIVE_DAYS = 7" in page.text
    changelist = admin_client.get(reverse("admin:tracking_finding_changelist"))
    assert reverse("admin:tracking_finding_reasons") in changelist.text
    client.logout()
    assert client.get(reverse("admin:tracking_finding_reasons")).status_code == 302


def test_a_member_of_staff_who_may_not_see_findings_does_not(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("staff", is_staff=True))
    assert client.get(reverse("admin:tracking_finding_reasons")).status_code == 403

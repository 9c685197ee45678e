"""Webhooks: signed, in the order of each learner, retried, and sent again on request."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.exports import target as targets
from tests.messages import progress
from tracking import jobs
from tracking.capture import attempts
from tracking.exceptions import TrackingError
from tracking.exports import deliveries, delivery_queue, outbound_http, webhooks
from tracking.lms import AttemptRecord, UnitRef
from tracking.models import Delivery, Webhook
from tracking.models.deliveries import WEBHOOK_TOPICS

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()
EXAMPLE = re.search(r"<!-- verifier -->\n```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def target(school, settings):
    settings.TRACKING = {**settings.TRACKING, "ALLOW_PRIVATE_TARGETS": True, "DELIVERY_MAX_TRIES": 3}
    school.course("c", lessons=["a", "b"], quizzes=["q"])
    with targets.opened() as opened:
        yield opened


@pytest.fixture
def hook(target, db):
    return Webhook.objects.create(
        url=f"{target.url}/hook",
        secret=webhooks.new_secret(),
        topics=[topic.value for topic in WEBHOOK_TOPICS],
    )


@pytest.fixture
def grade(now):
    def store(learner, key="1", score=1.0):
        attempts.store_attempt(
            AttemptRecord(
                source_label="q.S", source_key=key, learner_id=learner.pk, started_at=now, submitted_at=now,
                unit=UnitRef(course_key="c", unit_key="q"), score=score, max_score=2.0, is_passed=score > 1,
            )
        )  # fmt: skip

    return store


def told(target):
    return [json.loads(sent.body) for sent in target.sent]


@pytest.mark.usefixtures("hook")
def test_a_finding_a_completion_and_a_grade_are_told(target, school, learner, send_online, grade, now):
    school.change("c", starts_at=now - timedelta(days=30))
    school.enrol(learner, "c")
    send_online(learner, progress(now, "b", [[0, 100_000]]))
    grade(learner)
    jobs.roll_up(now=now)
    deliveries.send_due_deliveries(clock=targets.still(now))
    by_type = {each["type"]: each["data"] for each in told(target)}
    assert set(by_type) == {"attempt.graded", "unit.completed", "finding.opened"}
    assert by_type["unit.completed"]["unit_key"] == "b"
    assert (by_type["attempt.graded"]["share"], by_type["attempt.graded"]["learner_id"]) == (
        0.5,
        str(learner.pk),
    )


def test_the_verifier_that_the_page_shows_tells_genuine_from_forged(
    target, hook, learner, grade, now, time_machine
):
    assert EXAMPLE is not None
    names: dict = {}
    exec(EXAMPLE[1], names)
    is_genuine = names["is_genuine"]
    grade(learner)
    deliveries.send_due_deliveries(clock=targets.still(now))
    [sent] = target.sent
    time_machine.move_to(now)
    assert is_genuine(hook.secret, sent.headers, sent.body)
    assert not is_genuine(hook.secret, sent.headers, sent.body + b" ")
    assert not is_genuine(webhooks.new_secret(), sent.headers, sent.body)
    time_machine.move_to(now + timedelta(minutes=6))
    assert not is_genuine(hook.secret, sent.headers, sent.body)


def test_what_is_sent_late_in_a_run_is_signed_when_it_is_sent(target, hook, learner, grade, now):
    """After five minutes of one run every receiver took the signature for too old, and what it refused was given up."""
    for key in "12":
        grade(learner, key)
    deliveries.send_due_deliveries(clock=targets.ticking(now, timedelta(seconds=20)))
    moments = [int(sent.headers["webhook-timestamp"]) - int(now.timestamp()) for sent in target.sent]
    assert moments[1] - moments[0] >= 20


def test_a_long_run_leaves_what_it_has_claimed_to_the_next(target, hook, learner, grade, now):
    for key in "123":
        grade(learner, key)
    delivered = deliveries.send_due_deliveries(clock=targets.ticking(now, timedelta(minutes=1)))
    assert delivered + Delivery.objects.due(now).count() == 3
    assert delivered < 3


def test_a_claim_is_made_for_ten_minutes_from_when_it_is_made(target, hook, learner, grade, now, monkeypatch):
    grade(learner)
    leases = []

    def answered(*_):
        leases.append(Delivery.objects.get().retry_at)
        return outbound_http.HttpAnswer(status=200, text="")

    monkeypatch.setattr(outbound_http, "post_json", answered)
    deliveries.send_due_deliveries(clock=targets.ticking(now, timedelta(minutes=1)))
    assert now + delivery_queue.LEASE < leases[0] < now + delivery_queue.LEASE + deliveries.MAX_RUN


def test_a_grade_is_told_once_and_again_where_it_is_corrected(target, hook, learner, grade, now):
    for score in (1.0, 1.0, 2.0):
        grade(learner, score=score)
    deliveries.send_due_deliveries(clock=targets.still(now))
    assert [each["data"]["score"] for each in told(target)] == [1.0, 2.0]


def test_a_grade_that_is_corrected_back_is_told(target, hook, learner, grade, now):
    """A grade that was changed by mistake and put right stayed wrong wherever it was told."""
    for score in (1.0, 2.0, 1.0, 1.0):
        grade(learner, score=score)
        deliveries.send_due_deliveries(clock=targets.still(now))
    assert [each["data"]["score"] for each in told(target)] == [1.0, 2.0, 1.0]


@pytest.mark.usefixtures("hook")
def test_a_finding_that_comes_and_goes_is_told_each_time(target, school, learner, now):
    """Whoever follows findings by a webhook had one for gone that was open again, and heard of no second end."""
    school.change("c", starts_at=now - timedelta(days=30))
    for day in range(4):
        at = now + timedelta(days=day)
        school.enrolled["c"].clear()
        if day % 2 == 0:
            school.enrol(learner, "c", enrolled_at=now - timedelta(days=30))
        jobs.refresh_outlines(now=at)
        jobs.roll_up(now=at)
        deliveries.send_due_deliveries(clock=targets.still(at))
    assert [each["type"] for each in told(target)] == ["finding.opened", "finding.cleared"] * 2


def test_what_fails_holds_up_its_learner_and_nobody_else(target, hook, learner, make_learner, grade, now):
    other = make_learner("other")
    grade(learner, "1")
    grade(learner, "2")
    grade(other, "3")
    target.statuses = [500]
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 1
    assert [each["data"]["learner_id"] for each in told(target)] == [str(learner.pk), str(other.pk)]
    assert deliveries.send_due_deliveries(clock=targets.still(now + timedelta(seconds=10))) == 2
    ids = [sent.headers["webhook-id"] for sent in target.sent]
    assert ids[0] == ids[2] != ids[3]  # The first again, under the same id, and only then the second.


def test_a_refusal_for_good_is_not_tried_again_and_holds_up_nothing(target, hook, learner, grade, now):
    grade(learner, "1")
    grade(learner, "2")
    target.statuses = [410]
    assert deliveries.send_due_deliveries(clock=targets.still(now)) == 1
    assert deliveries.send_due_deliveries(clock=targets.still(now + timedelta(days=1))) == 0
    assert len(target.sent) == 2
    assert Delivery.objects.dead().count() == 1


def test_what_was_told_can_be_told_again(target, hook, learner, grade, now):
    grade(learner)
    deliveries.send_due_deliveries(clock=targets.still(now))
    assert deliveries.replay_webhook(hook, since=now - timedelta(days=9999)) == 1
    deliveries.send_due_deliveries(clock=targets.still(now))
    assert len({sent.headers["webhook-id"] for sent in target.sent}) == 1
    assert len(target.sent) == 2


def test_what_was_told_is_forgotten_after_a_month(target, hook, learner, grade, now):
    grade(learner)
    deliveries.send_due_deliveries(clock=targets.still(now))
    assert [
        deliveries.purge_deliveries(now=now + timedelta(days=days), unsent_before=None) for days in (29, 31)
    ] == [
        0,
        1,
    ]


def test_what_could_not_be_told_is_not_kept_longer_than_what_it_tells_of(target, hook, learner, grade, now):
    """A dead letter held a learner's grade for ever."""
    grade(learner)
    Delivery.objects.update(created_at=now, failed_count=99)
    assert [
        deliveries.purge_deliveries(now=now, unsent_before=now + timedelta(days=days)) for days in (0, 1)
    ] == [0, 1]


def test_a_webhook_is_told_of_its_topics_and_courses_alone(target, learner, grade, now):
    Webhook.objects.create(url=target.url, secret=webhooks.new_secret(), topics=["finding.opened"])
    Webhook.objects.create(
        url=target.url, secret=webhooks.new_secret(), topics=["attempt.graded"], course_keys=["d"]
    )
    grade(learner)
    assert not Delivery.objects.exists()


def test_a_webhook_is_added_listed_and_removed(target, db, capsys):
    call_command("tracking_webhook", "add", target.url, "--topic", "unit.completed")
    hook = Webhook.objects.get()
    assert hook.secret in capsys.readouterr().out
    call_command("tracking_webhook", "list")
    assert capsys.readouterr().out == f"{hook.pk}: {target.url}, 0 pending, 0 dead letters\n"
    call_command("tracking_webhook", "remove", str(hook.pk))
    assert not Webhook.objects.exists()


def test_an_address_that_may_not_be_told_is_not_added(db):
    with pytest.raises(CommandError, match="https"):
        call_command("tracking_webhook", "add", "http://example.org/")


@pytest.mark.parametrize("secret", ["whsec_", "whsec_c2hvcnQ=", "no base64!"])
def test_a_secret_that_is_none_signs_nothing(secret):
    with pytest.raises(TrackingError):
        webhooks.webhook_key(secret)

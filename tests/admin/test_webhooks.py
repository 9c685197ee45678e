"""Webhooks in the admin: what waits and what was given up is seen and sent again, and no secret is shown."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tracking.exports import webhooks
from tracking.models import AccessLogEntry, Delivery, Webhook

HOOKS = "/admin/tracking/webhook/"
DELIVERIES = "/admin/tracking/delivery/"


@pytest.fixture
def hook(db):
    return Webhook.objects.create(
        url="https://hooks.example.org/", secret=webhooks.new_secret(), topics=["finding.opened"]
    )


@pytest.fixture
def tell(hook):
    def make(**fields):
        learner = factories.UserFactory.create()
        return Delivery.objects.create(
            target=str(hook.pk), topic="finding.opened", source_key="1", learner=learner, **fields
        )

    return make


@pytest.mark.parametrize("page", ["changelist", "change"])
def test_the_secret_is_shown_by_nothing(admin_client, hook, page):
    arguments = [hook.pk] if page == "change" else []
    answer = admin_client.get(reverse(f"admin:tracking_webhook_{page}", args=arguments))
    assert answer.status_code == 200
    assert hook.url in answer.content.decode()
    assert hook.secret not in answer.content.decode()


def test_each_webhook_says_what_waits_and_what_was_given_up(admin_client, hook, tell):
    tell()
    tell(failed_count=1)
    tell(failed_count=99)
    tell(delivered_at=timezone.now())
    [row] = admin_client.get(HOOKS).context_data["cl"].result_list
    assert (row.waiting_count, row.dead_count, row.last_at is not None) == (2, 1, True)


@pytest.mark.parametrize("state", ["waiting", "failed", "dead", "delivered"])
def test_deliveries_are_found_by_their_state_and_the_look_is_noted(admin_client, tell, state):
    made = {
        "waiting": tell(),
        "failed": tell(failed_count=1),
        "dead": tell(failed_count=99),
        "delivered": tell(delivered_at=timezone.now()),
    }
    found = admin_client.get(f"{DELIVERIES}?state={state}").context_data["cl"].result_list
    assert list(found) == [made[state]]
    assert AccessLogEntry.objects.filter(learner=made[state].learner, channel="admin").exists()


def test_what_was_told_is_sent_again_and_what_was_given_up_tried_again(admin_client, hook, tell):
    delivered, old = (
        tell(delivered_at=timezone.now()),
        tell(delivered_at=timezone.now(), created_at=timezone.now() - timedelta(days=2)),
    )
    dead = tell(failed_count=99, error="410: gone")
    admin_client.post(HOOKS, {"action": "replay", "_selected_action": [hook.pk]})
    chosen = [each.pk for each in (dead, old)]
    admin_client.post(DELIVERIES, {"action": "try_again", "_selected_action": chosen})
    waiting = set(Delivery.objects.waiting().values_list("pk", "failed_count", "error"))
    assert waiting == {(delivered.pk, 0, ""), (dead.pk, 0, "")}


def test_a_webhook_is_switched_off_and_on(admin_client, hook):
    for action, is_active in (("switch_off", False), ("switch_on", True)):
        admin_client.post(HOOKS, {"action": action, "_selected_action": [hook.pk]})
        assert Webhook.objects.get().is_active is is_active


def test_who_may_only_look_sends_nothing(client, hook, tell):
    tell(delivered_at=timezone.now())
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_webhook"))
    client.force_login(viewer)
    assert client.get(HOOKS).status_code == 200
    client.post(HOOKS, {"action": "replay", "_selected_action": [hook.pk]})
    assert not Delivery.objects.waiting().exists()

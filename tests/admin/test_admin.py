"""The operator's view of the tables in Django's admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tracking import models
from tracking.admin import read_only
from tracking.models import CourseOutline, Event, RollupStage

OURS = sorted((model for model in admin.site._registry if model._meta.app_label == "tracking"), key=str)


@pytest.fixture
def operator(admin_client):
    return admin_client


def fill(number):
    """Make a row of every table, about a learner of its own."""
    viewer: Any = factories.UserFactory()
    learner: Any = factories.UserFactory()
    at, course = timezone.now() - timedelta(hours=number), f"course{number}"
    factories.CourseOutlineFactory(course_key=course)
    unit: Any = factories.OutlineUnitFactory(course_key=course, due_at=at)
    factories.EnrolmentFactory(course_key=course, learner=learner, enrolled_at=at)
    attempt: Any = factories.AttemptFactory(course_key=course, unit_key=unit.unit_key, learner=learner)
    models.Answer.objects.create(attempt=attempt, question_key="q")
    finding: Any = factories.FindingFactory(course_key=course, learner=learner)
    models.Action.objects.create(kind="seen", learner=learner, course_key=course, finding=finding)
    models.FindingTriage.objects.create(finding=finding, audience="learner", seen_at=at)
    factories.share_engagement(learner)
    Event.objects.create(
        id=f"00000000-0000-7000-8000-{number:012}", learner=learner, course_key=course, unit_key=unit.unit_key,
        kind="page.opened", source="server", happened_at=at,
    )  # fmt: skip
    models.QuarantinedRecord.objects.create(
        fingerprint=str(number), cause="unknown_unit", kind="page.opened", learner=learner, course_key=course,
        happened_at=at,
    )  # fmt: skip
    models.PendingChange.objects.create(stage=RollupStage.LEARNER, course_key=course, learner=learner)
    models.AccessLogEntry.objects.create(
        learner=learner, viewer=viewer, resource="time", channel="page", course_key=course
    )
    models.RejectionCount.objects.create(
        day=at.date() - timedelta(days=number), reason="too_old", rejected_count=3
    )
    hook = models.Webhook.objects.create(url=f"https://hooks.example.org/{number}", secret="s")
    models.Delivery.objects.create(
        target=str(hook.pk), topic="finding.opened", source_key="1", learner=learner
    )
    models.JobRun.objects.create(job="roll_up", finished_at=at, error="Broken: no\nmore")
    models.ImportRun.objects.create(
        fingerprint=str(number), file_name="log.csv", rejected_counts={"too_old": 2}
    )


def url(model, page="changelist", **options):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", **options)


def queries_of(client, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.django_db
@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_list_of_many_rows_costs_no_more_queries_than_one_of_few(operator, model):
    fill(1)
    queries_of(operator, url(model))  # The first request fills caches of content types and sessions.
    few = queries_of(operator, url(model))
    for number in range(2, 12):
        fill(number)
    assert queries_of(operator, url(model)) == few


@pytest.mark.django_db
@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_row_has_a_page_and_nothing_on_it_can_be_changed(operator, model):
    fill(1)
    row = model.objects.get()
    page = operator.get(url(model, "change", args=[row.pk]))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert operator.post(url(model, "change", args=[row.pk]), {}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_nothing_is_added_or_deleted_even_by_a_superuser(operator, model):
    fill(1)
    row = model.objects.get()
    assert operator.get(url(model, "add")).status_code == 403
    assert operator.post(url(model, "delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    actions = operator.get(url(model)).context["cl"].model_admin.get_actions(operator.get("/").wsgi_request)
    assert set(actions) <= {"try_again", "replay", "switch_on", "switch_off"}
    assert model.objects.get() == row


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [model for model in OURS if hasattr(model, "learner")], ids=lambda model: model.__name__
)
def test_rows_are_found_by_their_whole_key_or_learner(operator, model):
    for number in (1, 2):
        fill(number)
    found = operator.get(url(model), {"q": "course2"}).context["cl"].queryset
    assert [row.course_key if hasattr(row, "course_key") else row.learner for row in found] in (
        ["course2"],
        [],
    )
    wanted = User.objects.latest("pk")
    assert [
        row.learner_id for row in operator.get(url(model), {"q": wanted.username}).context["cl"].queryset
    ] == [wanted.pk]


def _lists(client, model, **parameters):
    return client.get(url(model), parameters).context["cl"].queryset


@pytest.mark.django_db
def test_an_outline_is_listed_with_its_age_and_counts(operator):
    fill(1)
    CourseOutline.objects.update(refreshed_at=timezone.now() - timedelta(hours=3))
    page = operator.get(url(CourseOutline)).content.decode()
    assert "3\xa0hours" in page
    [course] = _lists(operator, CourseOutline)
    assert (course.unit_count, course.learner_count, course.waiting_count) == (1, 1, 1)


@pytest.mark.django_db
def test_marks_that_were_set_aside_are_found(operator):
    for tries in (0, 2, 9):
        models.PendingChange.objects.create(
            stage=RollupStage.CLASS, course_key=str(tries), failed_count=tries
        )
    found = {
        place: [mark.course_key for mark in _lists(operator, models.PendingChange, place=place)]
        for place in ("waiting", "failed", "aside")
    }
    assert found == {"waiting": ["0"], "failed": ["2"], "aside": ["9"]}


@pytest.mark.django_db
def test_what_was_set_aside_is_tried_again_by_who_may(operator, client):
    kept, retried = (
        models.PendingChange.objects.create(
            stage=RollupStage.CLASS, course_key=key, failed_count=9, retry_at=timezone.now(), error="Broken"
        )
        for key in ("kept", "retried")
    )
    chosen = {"action": "try_again", "_selected_action": [retried.pk]}
    answer = operator.post(url(models.PendingChange), chosen, follow=True)
    assert "1 change will be retried." in answer.content.decode()
    assert list(models.PendingChange.objects.dead()) == [kept]
    staff = User.objects.create_user("staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_pendingchange"))
    client.force_login(staff)
    client.post(url(models.PendingChange), {**chosen, "_selected_action": [kept.pk]})
    assert list(models.PendingChange.objects.dead()) == [kept]


@pytest.mark.django_db
def test_runs_are_found_by_their_outcome(operator):
    outcomes: dict[str, dict[str, Any]] = {
        "done": {"finished_at": timezone.now()},
        "failed": {"finished_at": timezone.now(), "error": "x"},
        "open": {},
    }
    for job, fields in outcomes.items():
        models.JobRun.objects.create(job=job, **fields)
    found = {
        outcome: [run.job for run in _lists(operator, models.JobRun, outcome=outcome)]
        for outcome in ("done", "failed", "open")
    }
    assert found == {"done": ["done"], "failed": ["failed"], "open": ["open"]}


@pytest.mark.django_db
def test_a_list_counts_no_further_than_it_shows(operator, monkeypatch):
    monkeypatch.setattr(read_only, "MAX_COUNTED_ROWS", 3)
    for number in range(1, 6):
        fill(number)
    assert operator.get(url(Event)).context["cl"].result_count == 3


@pytest.mark.django_db
def test_staff_see_only_the_tables_that_they_may_view(client):
    staff = User.objects.create_user("staff", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_jobrun"))
    client.force_login(staff)
    assert client.get(url(models.JobRun)).status_code == 200
    assert client.get(url(Event)).status_code == 403


@pytest.mark.django_db
def test_learners_can_read_that_an_operator_was_shown_their_rows(operator, admin_user):
    for number in (1, 2):
        fill(number)
    models.AccessLogEntry.objects.all().delete()
    operator.get(url(Event))
    event = Event.objects.latest("pk")
    operator.get(url(Event, "change", args=[event.pk]))
    looks = models.AccessLogEntry.objects.order_by("pk").values_list(
        "viewer", "learner", "resource", "channel", "course_key"
    )
    both = Event.objects.order_by("-pk").values_list("learner", flat=True)
    listed = [(admin_user.pk, learner, "records", "admin", "") for learner in both]
    assert list(looks) == [*listed, (admin_user.pk, event.learner_id, "records", "admin", "course2")]

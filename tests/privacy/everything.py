"""One learner with a row in every table that can hold something about them."""

from __future__ import annotations

import uuid
from datetime import datetime
from importlib import import_module
from typing import Any

from django.apps import apps

from tests import factories
from tests.factories import AT, COURSE
from tracking import models
from tracking.events import UNIT_COMPLETED
from tracking.privacy.inventory import INVENTORY

KEY = 918_273_645
"""A primary key that no figure looks like."""

NAMES = ("zz-login-zz", "Zzfirst", "Zzlast", "zz@zz.example", str(KEY))
"""What tells who the learner is."""


def make_learner(**fields: Any) -> Any:
    """Make the learner whose identifiers are ``NAMES``."""
    login, first, last, email, _ = NAMES
    names = {"username": login, "first_name": first, "last_name": last, "email": email}
    return factories.UserFactory.create(**{"pk": KEY, **names, **fields})


def fill(learner: Any, viewer: Any, *, course_key: str = COURSE, at: datetime = AT) -> None:
    """Make a row about ``learner`` in every table; ``viewer`` is whoever looked and acted."""
    head: dict[str, Any] = {"learner": learner, "course_key": course_key}
    factories.EnrolmentFactory.create(**head, enrolled_at=at)
    factories.EventFactory.create(**head, happened_at=at)
    factories.EventFactory.create(**head, happened_at=at, kind=UNIT_COMPLETED)
    attempt = factories.AttemptFactory.create(**head, unit_key="m/check", score=3, is_passed=False)
    models.Answer.objects.create(attempt=attempt, question_key="q", is_correct=False, chosen=["a"])
    models.PageView.objects.create(
        **head, view_id=uuid.uuid4(), unit_key="m/mean", opened_at=at, last_at=at, active_ms=9, visible_ms=9
    )
    day = {"day": at.date(), "first_at": at, "last_at": at, "active_ms": 9, "visible_ms": 9}
    models.LearnerUnitDay.objects.create(**head, **day, unit_key="m/mean", is_completed=True)
    models.LearnerUnitDay.objects.create(**head, **day, unit_key="m/other")
    factories.LearnerCourseDayFactory.create(**head, day=at.date(), active_ms=9)
    factories.LearnerUnitFactory.create(**head, unit_key="m/mean", active_ms=9)
    factories.LearnerCourseFactory.create(**head, active_ms=9, last_at=at)
    models.LearnerPattern.objects.create(**head, hours={"3": [9, 1]})
    models.LearnerSkill.objects.create(
        **head, skill_key="s", answered_count=1, correct_count=0, expected_share=0.4, observed_share=0.0,
        first_at=at, last_at=at, **_defaults(models.LearnerSkill),
    )  # fmt: skip
    models.LearnerRisk.objects.create(**head, score=0.5, assessed_at=at, **_defaults(models.LearnerRisk))
    _handle(head, viewer, at)
    models.QuarantinedRecord.objects.create(
        **head, fingerprint=uuid.uuid4().hex, cause="unknown_unit", kind="page.opened", happened_at=at
    )
    models.Delivery.objects.create(target="lrs", topic="event", source_key="1", learner=learner)
    if apps.is_installed("tracking.xapi"):
        content = import_module("tests.xapi.content")  # It needs the models of an app that may not be there.
        content.fill_content(learner, at=at)
    factories.share_engagement(learner)
    models.AccessLogEntry.objects.create(**head, viewer=viewer, resource="time", channel="page")
    models.AccessLogEntry.objects.create(viewer=learner, learner=viewer, resource="time", channel="page")
    download = models.Download.objects.create(learner=learner)
    models.DownloadPart.objects.create(download=download, position=0, content=b"Zzlast")
    models.PendingChange.objects.create(stage="learner", **head)


def _handle(head: dict[str, Any], viewer: Any, at: datetime) -> None:
    """Make the rows of what was done with what is known of the learner, and of what the learner did themselves."""
    models.RiskThreshold.objects.update_or_create(
        course_key=head["course_key"], defaults={"threshold": 0.5, "changed_by": head["learner"]}
    )
    finding = factories.FindingFactory.create(**head, unit_key="m/mean")
    models.FindingTriage.objects.create(finding=finding, audience="learner", seen_at=at)
    models.Nudge.objects.create(
        **head,
        action=models.Action.objects.create(
            **head, kind="nudged", actor=viewer, text="Zzlast was ill.", happened_at=at
        ),
        sent_at=at,
    )
    models.Action.objects.create(**head, kind="noted", actor=viewer, text="Zzlast is well.", happened_at=at)


def counts(learner: Any) -> dict[str, int]:
    """Return how many rows about ``learner`` there are by holding."""
    return {
        each.name: each.model._default_manager.filter(**{each.learner: learner.pk}).count()
        for each in INVENTORY
    }


def _defaults(model: Any) -> dict[str, Any]:
    """Return a zero for each number of a model that has no default and is not given."""
    given = {"score", "answered_count", "correct_count", "expected_share", "observed_share"}
    return {
        field.name: 0
        for field in model._meta.concrete_fields
        if field.name not in given
        and not field.has_default()
        and not field.null
        and field.get_internal_type().endswith(("IntegerField", "FloatField"))
        and not field.primary_key
    }

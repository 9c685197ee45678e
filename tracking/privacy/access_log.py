"""Access log: code that shows a learner's data to another person records it here, and the learner can read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from tracking.events import LearnerId
from tracking.models import AccessLogEntry, Enrolment
from tracking.models.access_log import AccessLogQuerySet


class AccessedResource(TextChoices):
    """What was viewed, in words for the learner. A new page adds its own value; the database accepts any."""

    CLASS = "class", _("the class table, including your numbers")
    PROGRESS = "progress", _("your progress in the course")
    TIME = "time", _("your time statement")
    TIMELINE = "timeline", _("your activity, step by step")
    ATTEMPTS = "attempts", _("your attempts and answers")
    FINDINGS = "findings", _("your areas to review")
    RECORDS = "records", _("individual records about you, for site administration")
    EXPORT = "export", _("a download of your data")
    CLASS_EXPORT = "class_export", _("a download of the class table, including your numbers")
    STATEMENTS = "statements", _("your record, shared with another system")
    RESEARCH = "research", _("your activity under a pseudonym, for research")


class AccessChannel(TextChoices):
    """How the viewer got access."""

    PAGE = "page", _("on a page")
    API = "api", _("through the API")
    ADMIN = "admin", _("in the admin site")
    COMMAND = "command", _("by a command on the server")
    SYSTEM = "system", _("by another system")


def log_access(
    viewer: Any,
    learner_id: LearnerId,
    what: AccessedResource,
    *,
    course_key: str = "",
    door: AccessChannel = AccessChannel.PAGE,
) -> None:
    """Record that ``viewer`` sees ``what`` about the learner. Call it after the permission check, before showing data.

    ``viewer`` is a user, or ``None`` if no one is logged in, as in a command. Learners who view their own data leave
    no entry.
    """
    log_accesses(viewer, [learner_id], what, course_key=course_key, door=door)


def log_accesses(
    viewer: Any,
    learner_ids: Iterable[LearnerId | None],
    what: AccessedResource,
    *,
    course_key: str = "",
    door: AccessChannel = AccessChannel.PAGE,
) -> None:
    """Record one access per learner in one statement, for a list that shows rows about several learners."""
    viewer_id = getattr(viewer, "pk", None)
    AccessLogEntry.objects.bulk_create(
        AccessLogEntry(
            learner_id=learner_id, viewer_id=viewer_id, resource=what, channel=door, course_key=course_key
        )
        for learner_id in dict.fromkeys(learner_ids)
        if learner_id is not None and learner_id != viewer_id
    )


def log_class_access(
    viewer: Any,
    course_key: str,
    what: AccessedResource = AccessedResource.CLASS,
    *,
    door: AccessChannel = AccessChannel.PAGE,
) -> None:
    """Record that ``viewer`` sees every learner of a class by name: one entry for the whole class."""
    AccessLogEntry.objects.create(
        viewer_id=getattr(viewer, "pk", None), resource=what, channel=door, course_key=course_key
    )


def purge_access_log(*, before: datetime) -> int:
    """Delete the entries older than ``before``; return how many were deleted."""
    return AccessLogEntry.objects.filter(accessed_at__lt=before).delete()[0]


def accesses_of_learner(learner_id: LearnerId) -> AccessLogQuerySet:
    """Return the accesses to a learner's data, newest first, including those to classes the learner is enrolled in."""
    mine = Enrolment.objects.filter(learner_id=learner_id).values("course_key")
    in_class = Q(learner__isnull=True, course_key__in=mine) & (Q(viewer__isnull=True) | ~Q(viewer=learner_id))
    return AccessLogEntry.objects.filter(Q(learner=learner_id) | in_class).order_by("-accessed_at", "-pk")

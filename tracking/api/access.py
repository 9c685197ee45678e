"""Access rules of the API. What a user may not see answers 404, so that its existence is not revealed."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework.request import Request

from tracking import lms
from tracking.events import LearnerId
from tracking.models import Enrolment

T = TypeVar("T")


def is_instructor(request: Request, course_key: str) -> bool:
    """Return whether the user of ``request`` may see the class of the course."""
    return lms.get_adapter().can_view_course(request.user, course_key)


def require_class(request: Request, course_key: str) -> None:
    """Raise ``Http404`` unless the user of ``request`` may see the class of the course."""
    if not is_instructor(request, course_key):
        raise Http404


def require_course(request: Request, course_key: str) -> None:
    """Raise ``Http404`` unless the user of ``request`` is enrolled in the course or may see its class."""
    if not is_enrolled(request.user.pk, course_key):
        require_class(request, course_key)


def is_enrolled(learner_id: LearnerId, course_key: str) -> bool:
    """Return whether the learner is enrolled in the course."""
    return Enrolment.objects.filter(learner_id=learner_id, course_key=course_key).exists()


def require_learner(learner_id: Any, course_key: str) -> LearnerId:
    """Return ``learner_id`` as a primary key of its own type. Raises ``Http404`` unless that learner is enrolled."""
    key = parse_learner_key(learner_id)
    if not is_enrolled(key, course_key):
        raise Http404
    return key


def parse_learner_key(learner_id: Any) -> LearnerId:
    """Convert the text of a primary key to its own type. Raises ``Http404`` if it cannot be one."""
    field = get_user_model()._meta.pk
    try:
        key = field.to_python(learner_id)
        # SQLite raises OverflowError in a query for a number that it cannot store: reject it here, or it is a 500.
        field.run_validators(key)
        return key
    except (ValidationError, OverflowError) as error:
        raise Http404 from error


def get_or_404(value: T | None) -> T:
    """Return ``value``. Raises ``Http404`` if it is ``None``."""
    if value is None:
        raise Http404
    return value

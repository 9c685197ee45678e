"""What a tracked page carries for the browser: the tracker after a yes, nothing after a no, until then a question."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from time import time
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tracking import lms
from tracking.events import LearnerId, Purpose
from tracking.lms import UnitRef
from tracking.privacy import consent

INSTRUCTOR_SECONDS = 600
"""How long it is remembered whether somebody instructs a course."""

NOTHING = SafeString("")


class State(StrEnum):
    """What a tracked page is to do for a learner."""

    ON = "on"
    """Load the tracker: the learner agreed."""
    ASK = "ask"
    """Ask; until there is an answer nothing is loaded."""
    OFF = "off"
    """Neither: the learner said no, or instructs the course, or the browser says that it is not to be asked."""


def render(request: HttpRequest, *, user: Any, unit: UnitRef) -> SafeString:
    """Return what ``user`` gets with the page of ``unit``: nothing after a no, nor for the course's instructors."""
    state = find_state(request, user=user, course_key=unit.course_key, within=_answer_seconds(request))
    if state is State.ON:
        return _script(request, unit, user.pk)
    return _question(request) if state is State.ASK else NOTHING


def find_state(request: HttpRequest, *, user: Any, course_key: str, within: float) -> State:
    """Return what a page of the course is to do for ``user``, by an answer not older than ``within`` seconds."""
    if consent.covers(user.pk, Purpose.ENGAGEMENT, within=within):
        return State.ON
    is_answered = consent.is_answered(user.pk, Purpose.ENGAGEMENT, within=within)
    return State.OFF if is_answered or _is_not_to_be_asked(request, user, course_key) else State.ASK


def _answer_seconds(request: HttpRequest) -> float:
    """Return how old an answer may be by which this page is made, so that few pages cost a query.

    A tracker that came with a page after all is refused by the intake, which goes by a newer answer.
    """
    session = getattr(request, "session", None)
    # Reading a session that the host does not read would make its page vary by cookie.
    answered_at = session.get(consent.ANSWERED_AT) if session is not None and session.accessed else None
    since = consent.KEPT_SECONDS if answered_at is None else max(0.0, time() - answered_at)
    return min(since, consent.KEPT_SECONDS)


def _script(request: HttpRequest, unit: UnitRef, learner_id: LearnerId) -> SafeString:
    return format_html(
        '<script type="module" src="{}"{} data-tracking-endpoint="{}" data-tracking-course="{}"'
        ' data-tracking-unit="{}" data-tracking-owner="{}"></script>',
        static("tracking/tracker/main.js"),
        _nonce(request),
        reverse("tracking:events"),
        unit.course_key,
        unit.unit_key,
        owner_of(learner_id),
    )


def owner_of(learner_id: LearnerId) -> str:
    """Return what tells two learners at one computer apart without telling anybody who they are."""
    return salted_hmac("tracking.hooks.browser_part", str(learner_id), algorithm="sha256").hexdigest()[:16]


def _question(request: HttpRequest) -> SafeString:
    # Without the request: the host's context processors have run for this page, and may cost queries.
    context = {"csrf_token": get_token(request), "next": request.get_full_path()}
    return mark_safe(render_to_string("tracking/elements/ask.html", context))  # noqa: S308  Our own template.


def _is_not_to_be_asked(request: HttpRequest, user: Any, course_key: str) -> bool:
    # Global Privacy Control is a no until the learner says yes, so nobody is asked against it.
    return request.headers.get("Sec-GPC") == "1" or _is_instructor(user, course_key)


def _is_instructor(user: Any, course_key: str) -> bool:
    name = f"{user.pk}:{course_key}"
    key = f"tracking:instructs:{sha256(name.encode()).hexdigest()}"
    known: bool | None = cache.get(key)
    if known is None:
        known = lms.get_adapter().is_instructor(user, course_key)
        cache.set(key, known, INSTRUCTOR_SECONDS)
    return known


def _nonce(request: HttpRequest) -> SafeString:
    """Return the attribute that a policy with nonces asks for, where Django 6 or django-csp made a nonce."""
    for name in ("_csp_nonce", "csp_nonce"):
        nonce = getattr(request, name, None)
        if nonce is not None:
            return format_html(' nonce="{}"', str(nonce))
    return NOTHING

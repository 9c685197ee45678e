"""What a tracked page carries for the browser: the tracker, a question or a notice, nothing after a no."""

from __future__ import annotations

from enum import StrEnum
from time import time

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tracking import conf
from tracking.capture import session_cache
from tracking.events import ConsentRequirement, LearnerId, Purpose
from tracking.hooks import roles
from tracking.hooks.visitors import Visitor
from tracking.lms import UnitRef
from tracking.privacy import consent, consent_requirements, global_privacy_control

NOTHING = SafeString("")


class SnippetMode(StrEnum):
    """What a tracked page is to do for a learner."""

    ON = "on"
    """Load the tracker: the learner agreed."""
    PROMPT = "prompt"
    """Prompt for consent; until there is an answer nothing is loaded."""
    NOTICE = "notice"
    """Load the tracker, and show the notice: consent is not needed here, and the learner has not read so yet."""
    OFF = "off"
    """None of these: the learner said no or not now, instructs the course, or the browser asks not to be asked."""


WITH_PROMPT = (SnippetMode.PROMPT, SnippetMode.NOTICE)


def render_snippet(request: HttpRequest, *, visitor: Visitor, unit: UnitRef) -> SafeString:
    """Return what ``visitor`` gets with the page of ``unit``: nothing after a no, nor for the course's instructors."""
    within = _answer_seconds(request)
    state = find_snippet_mode(request, visitor=visitor, course_key=unit.course_key, within=within)
    if state in WITH_PROMPT:  # Nobody is asked who has just answered another process.
        within = _answer_seconds(request, may_read=True)
        state = find_snippet_mode(request, visitor=visitor, course_key=unit.course_key, within=within)
    script = (
        _script(request, unit, visitor.learner_id)
        if state in (SnippetMode.ON, SnippetMode.NOTICE)
        else NOTHING
    )
    return (
        script + _question(request, is_notice=state is SnippetMode.NOTICE) if state in WITH_PROMPT else script
    )


def find_snippet_mode(
    request: HttpRequest, *, visitor: Visitor, course_key: str, within: float
) -> SnippetMode:
    """Return what a page of the course is to do for ``visitor``, by an answer not older than ``within`` seconds."""
    learner_id, purpose = visitor.learner_id, Purpose.ENGAGEMENT
    has_opted_out = global_privacy_control.asks_for_privacy(request)
    is_on = consent.covers(
        learner_id, purpose, course_key=course_key, within=within, has_opted_out=has_opted_out
    )
    is_settled = consent.is_answered(learner_id, purpose, within=within) or consent.is_postponed(
        learner_id, purpose, within=within
    )
    if is_settled:
        return SnippetMode.ON if is_on else SnippetMode.OFF
    # Global Privacy Control is a no until the learner says yes, so nobody is asked against it.
    may_ask = not has_opted_out and consent.may_answer(learner_id, purpose, within=within)
    if (
        not may_ask
        or consent_requirements.consent_requirement(purpose, course_key) is ConsentRequirement.OFF
        or roles.is_course_instructor(visitor.user, course_key)
    ):
        return SnippetMode.OFF
    return SnippetMode.NOTICE if is_on else SnippetMode.PROMPT


def _answer_seconds(request: HttpRequest, *, may_read: bool = False) -> float:
    """Return how old an answer may be by which this page is made, so that few pages cost a query.

    A tracker that came with a page after all is refused by the intake, which goes by a newer answer. ``may_read`` says
    that a session which the host has not read may be read.
    """
    session = getattr(request, "session", None)
    answered_at = None
    if session is not None and (session.accessed or may_read):
        answered_at = session.get(consent.ANSWERED_AT)
    since = consent.KEPT_SECONDS if answered_at is None else max(0.0, time() - answered_at)
    return min(since, consent.KEPT_SECONDS)


def _script(request: HttpRequest, unit: UnitRef, learner_id: LearnerId) -> SafeString:
    owner = session_cache.session_owner_hash(learner_id)
    return format_html(
        '<script type="module" src="{}"{} data-tracking-endpoint="{}" data-tracking-course="{}"'
        ' data-tracking-unit="{}" data-tracking-owner="{}"{}></script>',
        static("learningtime/page/main.js"),
        _nonce(request),
        f"{reverse('tracking:events')}?owner={owner}",
        unit.course_key,
        unit.unit_key,
        owner,
        _idle(),
    )


def _question(request: HttpRequest, *, is_notice: bool) -> SafeString:
    # Without the request: the host's context processors have run for this page, and may cost queries.
    context = {"csrf_token": get_token(request), "next": request.get_full_path()}
    name = "consent_notice" if is_notice else "consent_prompt"
    return mark_safe(render_to_string(f"tracking/elements/{name}.html", context))  # noqa: S308  Our own template.


def _idle() -> SafeString:
    """Return the attribute that gives the tracker another idle limit than its own, in milliseconds."""
    seconds = conf.get_settings().IDLE_SECONDS
    if seconds == conf.TrackingSettings().IDLE_SECONDS:
        return NOTHING
    return format_html(' data-tracking-idle="{}"', 1000 * seconds)


def _nonce(request: HttpRequest) -> SafeString:
    """Return the attribute that a policy with nonces asks for, where Django 6 or django-csp made a nonce."""
    for name in ("_csp_nonce", "csp_nonce"):
        nonce = getattr(request, name, None)
        if nonce is not None:
            return format_html(' nonce="{}"', str(nonce))
    return NOTHING

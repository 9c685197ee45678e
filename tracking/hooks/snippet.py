"""Renders the snippet of a tracked page: the tracker, the consent prompt or the notice; nothing after a no."""

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
    """What a tracked page does for a learner."""

    ON = "on"
    """Load the tracker: the learner agreed."""
    PROMPT = "prompt"
    """Show the consent prompt. Until there is an answer, nothing is loaded."""
    NOTICE = "notice"
    """Load the tracker and show the notice: consent is not required here, and the learner has not seen the notice."""
    OFF = "off"
    """Do nothing: the learner said no or not now, instructs the course, or the browser sends an opt-out."""


WITH_PROMPT = (SnippetMode.PROMPT, SnippetMode.NOTICE)


def render_snippet(request: HttpRequest, *, visitor: Visitor, unit: UnitRef) -> SafeString:
    """Return the snippet of the page of ``unit`` for ``visitor``; empty after a no, and for instructors."""
    within = _max_answer_age(request)
    mode = find_snippet_mode(request, visitor=visitor, course_key=unit.course_key, within=within)
    if mode in WITH_PROMPT:  # Read the session, so that no one who has just answered is asked again.
        within = _max_answer_age(request, may_read=True)
        mode = find_snippet_mode(request, visitor=visitor, course_key=unit.course_key, within=within)
    script = (
        _script(request, unit, visitor.learner_id)
        if mode in (SnippetMode.ON, SnippetMode.NOTICE)
        else NOTHING
    )
    return script + _prompt(request, is_notice=mode is SnippetMode.NOTICE) if mode in WITH_PROMPT else script


def find_snippet_mode(
    request: HttpRequest, *, visitor: Visitor, course_key: str, within: float
) -> SnippetMode:
    """Return what a page of the course does for ``visitor``. Cached consent may be up to ``within`` seconds old."""
    learner_id, purpose = visitor.learner_id, Purpose.ENGAGEMENT
    has_opted_out = global_privacy_control.asks_for_privacy(request)
    is_on = consent.covers(
        learner_id, purpose, course_key=course_key, within=within, has_opted_out=has_opted_out
    )
    is_settled = consent.is_answered(learner_id, purpose, within=within) or consent.is_postponed(
        learner_id, purpose, within=within
    )
    # An answer settles it: neither prompt nor notice is shown again.
    if is_settled:
        return SnippetMode.ON if is_on else SnippetMode.OFF
    # Global Privacy Control is a no until the learner says yes, so the prompt must not be shown against it.
    may_ask = not has_opted_out and consent.may_answer(learner_id, purpose, within=within)
    if (
        not may_ask
        or consent_requirements.consent_requirement(purpose, course_key) is ConsentRequirement.OFF
        or roles.is_course_instructor(visitor, course_key)
    ):
        return SnippetMode.OFF
    return SnippetMode.NOTICE if is_on else SnippetMode.PROMPT


def _max_answer_age(request: HttpRequest, *, may_read: bool = False) -> float:
    """Return how old, in seconds, the cached consent for this page may be, so that few pages cost a query.

    A page may still get a tracker just after a no, but ingest looks up a newer answer and rejects its events.
    ``may_read`` allows reading a session that the host has not read.
    """
    session = getattr(request, "session", None)
    answered_at = None
    if session is not None and (session.accessed or may_read):
        answered_at = session.get(consent.ANSWERED_AT)
    age = consent.KEPT_SECONDS if answered_at is None else max(0.0, time() - answered_at)
    return min(age, consent.KEPT_SECONDS)


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


def _prompt(request: HttpRequest, *, is_notice: bool) -> SafeString:
    # Render without the request, because the host's context processors would run again and may cost queries.
    context = {"csrf_token": get_token(request), "next": request.get_full_path()}
    name = "consent_notice" if is_notice else "consent_prompt"
    return mark_safe(render_to_string(f"tracking/elements/{name}.html", context))  # noqa: S308  Our own template.


def _idle() -> SafeString:
    """Return the attribute with the idle limit in milliseconds, if it differs from the tracker's own."""
    seconds = conf.get_settings().IDLE_SECONDS
    if seconds == conf.TrackingSettings().IDLE_SECONDS:
        return NOTHING
    return format_html(' data-tracking-idle="{}"', 1000 * seconds)


def _nonce(request: HttpRequest) -> SafeString:
    """Return the ``nonce`` attribute for a content security policy, if Django 6 or django-csp created a nonce."""
    for name in ("_csp_nonce", "csp_nonce"):
        nonce = getattr(request, name, None)
        if nonce is not None:
            return format_html(' nonce="{}"', str(nonce))
    return NOTHING

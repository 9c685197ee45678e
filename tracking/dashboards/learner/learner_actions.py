"""Learners' actions on the findings and messages on their own page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tracking.dashboards import access
from tracking.dashboards.access import login_required_uncached
from tracking.exceptions import ActionNotAllowed
from tracking.findings import actions
from tracking.findings.actions import Actor
from tracking.models import Action, Audience, DismissReason, Finding
from tracking.outreach import messages

SNOOZED_FOR = timedelta(days=7)


class LearnerAction(TextChoices):
    """A learner's action on a finding or a message, with the message shown when it is done."""

    LATER = "later", _("Hidden for 7 days.")
    DONE = "done_elsewhere", _("Marked as done elsewhere.")
    CLOSE = "close", _("Message closed.")
    UNDO = "undo", _("Restored.")


class LearnerActionForm(forms.Form):
    """One action on a finding, a message or an earlier action."""

    action = forms.ChoiceField(choices=LearnerAction.choices)
    finding = forms.IntegerField(required=False)
    message = forms.IntegerField(required=False)
    action_id = forms.IntegerField(required=False)


@require_POST
@login_required_uncached
def learner_action_view(request: HttpRequest, course_key: str) -> HttpResponse:
    """Perform the action of the form, and redirect to the learner's page."""
    access.require_enrolment(request.user, course_key)
    form = LearnerActionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    requested = form.cleaned_data["action"]
    page = reverse("tracking:my_progress", args=[course_key])
    try:
        done = _perform_action(request, course_key, form.cleaned_data)
    except ActionNotAllowed:
        return redirect(page)
    can_undo = done is not None and requested in (LearnerAction.LATER, LearnerAction.DONE)
    return redirect(f"{page}?done={requested}{f'&action_id={done.pk}' if can_undo and done else ''}")


def _perform_action(request: HttpRequest, course_key: str, data: Mapping[str, Any]) -> Action | None:
    actor, now = Actor(user_id=request.user.pk, audience=Audience.LEARNER), timezone.now()
    own = {"learner_id": request.user.pk, "course_key": course_key}
    if data["action"] == LearnerAction.CLOSE:
        messages.close_message(data["message"], request.user.pk, now=now)
        return None
    if data["action"] == LearnerAction.UNDO:
        mine = Action.objects.filter(pk=data["action_id"], audience=Audience.LEARNER, **own)
        return actions.undo(access.get_or_404(mine.first()), actor, now=now)
    finding = access.get_or_404(Finding.objects.filter(pk=data["finding"], **own).first())
    if data["action"] == LearnerAction.LATER:
        return actions.snooze(finding, actor, until=now + SNOOZED_FOR, now=now)
    return actions.dismiss(finding, actor, reason=DismissReason.DONE_ELSEWHERE, now=now)

"""What learners can do about the advice and the messages on their own page."""

from __future__ import annotations

from datetime import timedelta

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

PUT_OFF = timedelta(days=7)


class LearnerAction(TextChoices):
    """What a learner can say to a piece of advice or a message, with what is said back."""

    LATER = "later", _("Put away for 7 days.")
    DONE = "elsewhere", _("Put away.")
    CLOSE = "close", _("The message is put away.")
    UNDO = "undo", _("It is back.")


class LearnerActionForm(forms.Form):
    """One answer to one finding, message or earlier answer."""

    do = forms.ChoiceField(choices=LearnerAction.choices)
    about = forms.IntegerField()


@require_POST
@login_required_uncached
def learner_action_view(request: HttpRequest, course_key: str) -> HttpResponse:
    """Do what the form says, and go back to the learner's page."""
    access.require_enrolment(request.user, course_key)
    form = LearnerActionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    do, about = form.cleaned_data["do"], form.cleaned_data["about"]
    page = reverse("tracking:progress", args=[course_key])
    try:
        action = _do(request, course_key, do, about)
    except ActionNotAllowed:
        return redirect(page)
    can_undo = action is not None and do in (LearnerAction.LATER, LearnerAction.DONE)
    return redirect(f"{page}?said={do}{f'&action={action.pk}' if can_undo and action else ''}")


def _do(request: HttpRequest, course_key: str, do: str, about: int) -> Action | None:
    actor, now = Actor(user_id=request.user.pk, audience=Audience.LEARNER), timezone.now()
    own = {"learner_id": request.user.pk, "course_key": course_key}
    if do == LearnerAction.CLOSE:
        messages.close_message(about, request.user.pk, now=now)
        return None
    if do == LearnerAction.UNDO:
        mine = Action.objects.filter(pk=about, audience=Audience.LEARNER, **own)
        return actions.undo(access.get_or_404(mine.first()), actor, now=now)
    finding = access.get_or_404(Finding.objects.filter(pk=about, **own).first())
    if do == LearnerAction.LATER:
        return actions.snooze(finding, actor, until=now + PUT_OFF, now=now)
    return actions.dismiss(finding, actor, because=DismissReason.ELSEWHERE, now=now)

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
from tracking.dashboards.access import personal
from tracking.exceptions import ActionRefused
from tracking.insights import finding_actions
from tracking.insights.finding_actions import Actor
from tracking.models import Action, Audience, Dismissal, Finding
from tracking.nudges import messages

PUT_OFF = timedelta(days=7)


class Answer(TextChoices):
    """What a learner can say to a piece of advice or a message, with what is said back."""

    LATER = "later", _("Put away for 7 days.")
    DONE = "elsewhere", _("Put away.")
    CLOSE = "close", _("The message is put away.")
    UNDO = "undo", _("It is back.")


class AnswerForm(forms.Form):
    """One answer to one finding, message or earlier answer."""

    do = forms.ChoiceField(choices=Answer.choices)
    about = forms.IntegerField()


@require_POST
@personal
def act(request: HttpRequest, course_key: str) -> HttpResponse:
    """Do what the form says, and go back to the learner's page."""
    access.require_enrolment(request.user, course_key)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    do, about = form.cleaned_data["do"], form.cleaned_data["about"]
    page = reverse("tracking:progress", args=[course_key])
    try:
        action = _do(request, course_key, do, about)
    except ActionRefused:
        return redirect(page)
    can_undo = action is not None and do in (Answer.LATER, Answer.DONE)
    return redirect(f"{page}?said={do}{f'&action={action.pk}' if can_undo and action else ''}")


def _do(request: HttpRequest, course_key: str, do: str, about: int) -> Action | None:
    actor, now = Actor(user_id=request.user.pk, audience=Audience.LEARNER), timezone.now()
    own = {"learner_id": request.user.pk, "course_key": course_key}
    if do == Answer.CLOSE:
        messages.close(about, request.user.pk, now=now)
        return None
    if do == Answer.UNDO:
        mine = Action.objects.filter(pk=about, audience=Audience.LEARNER, **own)
        return finding_actions.undo(access.found(mine.first()), actor, now=now)
    finding = access.found(Finding.objects.filter(pk=about, **own).first())
    if do == Answer.LATER:
        return finding_actions.snooze(finding, actor, until=now + PUT_OFF, now=now)
    return finding_actions.dismiss(finding, actor, because=Dismissal.ELSEWHERE, now=now)

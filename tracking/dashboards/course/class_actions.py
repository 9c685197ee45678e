"""Instructors' actions about a learner or a class: each is a POST that redirects to the page it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tracking.dashboards import access
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.text_fields import LimitedTextField
from tracking.exceptions import ActionNotAllowed
from tracking.findings import actions
from tracking.findings.actions import ActionSubject, Actor
from tracking.models import Action, Audience, DismissReason, Finding
from tracking.outreach import messages

SNOOZED_FOR = timedelta(days=7)
OUTCOME = ("done", "refused", "action_id")
"""Query parameters that report the last action. Links to other parts of the page leave them out."""


class InstructorAction(TextChoices):
    """An instructor's action, with the message shown when it is done."""

    NUDGE = "nudge", _("Message sent. It is now on the learner's page.")
    REVIEW = "review", _("Review assigned. It stays on the learner's page until it is done.")
    EXCUSE = "excuse", _("Learner excused. The figures update in a few seconds.")
    NOTE = "note", _("Note saved.")
    SNOOZE = "snooze", _("Snoozed for 7 days.")
    DISMISS = "dismiss", _("Dismissed.")
    UNDO = "undo", _("Action undone.")


class InstructorActionForm(forms.Form):
    """One action; which of the other fields it needs depends on the action."""

    action = forms.ChoiceField(choices=InstructorAction.choices)
    learner = forms.CharField(required=False)
    finding = forms.IntegerField(required=False)
    unit = forms.CharField(required=False)
    action_id = forms.IntegerField(required=False)
    dismiss_reason = forms.ChoiceField(choices=DismissReason.choices, required=False)
    text = LimitedTextField(required=False)
    is_about_person = forms.BooleanField(required=False)
    """Whether to snooze or dismiss every reason for which the learner is on the list, and not ``finding`` alone."""


class LearnerNoteForm(InstructorActionForm):
    """The form on the page about one learner, which shows what is missing at the field."""

    def clean(self) -> dict[str, Any]:
        """Require text for a message or a note, and a unit for a review or an excuse."""
        data = self.cleaned_data
        action = data.get("action")
        if action in (InstructorAction.REVIEW, InstructorAction.EXCUSE) and not data.get("unit"):
            self.add_error("unit", _("Choose a lesson or quiz first."))
        if action in (InstructorAction.NUDGE, InstructorAction.NOTE) and data.get("text") == "":
            self.add_error("text", self.fields["text"].error_messages["required"])
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRequest:
    """An action to perform, with the objects it refers to; ``None`` if the form names none."""

    actor: Actor
    course_key: str
    learner_id: Any
    finding: Finding | None
    unit_key: str
    dismiss_reason: str
    text: str
    action: Action | None
    is_about_person: bool
    now: datetime

    @property
    def subject(self) -> ActionSubject:
        """The learner and the unit. Raises ``ActionNotAllowed`` if the form names no learner."""
        if self.learner_id is None:
            raise ActionNotAllowed("No learner is given.")
        return ActionSubject(learner_id=self.learner_id, course_key=self.course_key, unit_key=self.unit_key)


@require_POST
@login_required_uncached
def class_action_view(request: HttpRequest, course_key: str) -> HttpResponse:
    """Perform the action of the form, and redirect to ``next`` with ``done`` or ``refused`` in its query string."""
    access.require_class(request.user, course_key)
    form = InstructorActionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    back = access.safe_redirect_path(request, "next") or reverse("tracking:class", args=[course_key])
    done = perform_action(request, course_key, form.cleaned_data, back=back)
    return done or redirect(_with_outcome(back, {"refused": form.cleaned_data["action"]}))


def perform_action(
    request: HttpRequest, course_key: str, data: Mapping[str, Any], *, back: str
) -> HttpResponseRedirect | None:
    """Perform the action in ``data``, the cleaned data of a form, and redirect to ``back``.

    Returns ``None`` if the action is refused.
    """
    requested = data["action"]
    try:
        done = ACTIONS[requested](_action_request(request, course_key, data))
    except ActionNotAllowed:
        return None
    return redirect(_with_outcome(back, {"done": requested, "action_id": done.pk}))


def _action_request(request: HttpRequest, course_key: str, data: Mapping[str, Any]) -> ActionRequest:
    learner = access.get_learner(data["learner"], course_key) if data["learner"] else None
    finding = None
    if data["finding"] is not None:
        about = {"learner": learner} if learner else {"learner__isnull": True}
        finding = access.get_or_404(
            Finding.objects.filter(pk=data["finding"], course_key=course_key, **about).first()
        )
    action = None
    if data["action_id"] is not None:
        action = access.get_or_404(
            Action.objects.filter(
                pk=data["action_id"], course_key=course_key, audience=Audience.INSTRUCTOR
            ).first()
        )
    return ActionRequest(
        actor=Actor(user_id=request.user.pk, audience=Audience.INSTRUCTOR),
        course_key=course_key,
        learner_id=learner.pk if learner else None,
        finding=finding,
        unit_key=data["unit"] or (finding.unit_key if finding else ""),
        dismiss_reason=data["dismiss_reason"] or DismissReason.OTHER,
        text=data["text"],
        action=action,
        is_about_person=data["is_about_person"],
        now=timezone.now(),
    )


def _nudge(requested: ActionRequest) -> Action:
    nudge = messages.send_message(
        requested.subject, requested.actor, finding=requested.finding, text=requested.text, now=requested.now
    )
    return nudge.action


def _review(requested: ActionRequest) -> Action:
    return actions.assign_review(requested.subject, requested.actor, text=requested.text, now=requested.now)


def _excuse(requested: ActionRequest) -> Action:
    return actions.excuse(requested.subject, requested.actor, text=requested.text, now=requested.now)


def _note(requested: ActionRequest) -> Action:
    return actions.add_note(requested.subject, requested.actor, text=requested.text, now=requested.now)


def _snooze(requested: ActionRequest) -> Action:
    until = requested.now + SNOOZED_FOR
    done = [
        actions.snooze(each, requested.actor, until=until, text=requested.text, now=requested.now)
        for each in _findings(requested)
    ]
    return done[0]


def _dismiss(requested: ActionRequest) -> Action:
    reason = DismissReason(requested.dismiss_reason)
    done = [
        actions.dismiss(each, requested.actor, reason=reason, text=requested.text, now=requested.now)
        for each in _findings(requested)
    ]
    return done[0]


def _undo(requested: ActionRequest) -> Action:
    if requested.action is None:
        raise ActionNotAllowed("No action is given.")
    return actions.undo(requested.action, requested.actor, now=requested.now)


def _findings(requested: ActionRequest) -> list[Finding]:
    """Return the finding of the form or, on the card of a person, all for which they are on the list."""
    finding = requested.finding
    if finding is None:
        raise ActionNotAllowed("No finding is given.")
    if not requested.is_about_person or finding.learner_id is None:
        return [finding]
    shown = Finding.objects.visible_to(Audience.INSTRUCTOR, now=requested.now)
    others = shown.filter(course_key=requested.course_key, learner_id=finding.learner_id)
    return [finding, *others.exclude(pk=finding.pk).order_by("pk")]


def _with_outcome(url: str, outcome: Mapping[str, Any]) -> str:
    """Return ``url`` with ``outcome`` in place of the outcome of an earlier action; other parameters stay."""
    parts = urlsplit(url)
    query = QueryDict(parts.query, mutable=True)
    for name in OUTCOME:
        query.pop(name, None)
    query.update(outcome)
    return parts._replace(query=query.urlencode()).geturl()


ACTIONS: Mapping[str, Callable[[ActionRequest], Action]] = {
    InstructorAction.NUDGE: _nudge,
    InstructorAction.REVIEW: _review,
    InstructorAction.EXCUSE: _excuse,
    InstructorAction.NOTE: _note,
    InstructorAction.SNOOZE: _snooze,
    InstructorAction.DISMISS: _dismiss,
    InstructorAction.UNDO: _undo,
}

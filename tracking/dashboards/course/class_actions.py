"""What an instructor can do about a learner or a class: each a POST that leads back to the page it came from."""

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

PUT_OFF = timedelta(days=7)
OUTCOME = ("done", "refused", "action_id")
"""What an address says of the last deed. Links to other parts of a page leave it out."""


class InstructorAction(TextChoices):
    """What can be done, with what is said when it is."""

    NUDGE = "nudge", _("Message sent. It is now on the learner's page.")
    REVIEW = "review", _("Review assigned. It stays on the learner's page until it is done.")
    EXCUSE = "excuse", _("Learner excused. The figures update in a few seconds.")
    NOTE = "note", _("Note saved.")
    SNOOZE = "snooze", _("Snoozed for 7 days.")
    DISMISS = "dismiss", _("Dismissed.")
    UNDO = "undo", _("Action undone.")


class InstructorActionForm(forms.Form):
    """One deed; which of the rest it needs hangs on what it is."""

    action = forms.ChoiceField(choices=InstructorAction.choices)
    learner = forms.CharField(required=False)
    finding = forms.IntegerField(required=False)
    unit = forms.CharField(required=False)
    action_id = forms.IntegerField(required=False)
    dismiss_reason = forms.ChoiceField(choices=DismissReason.choices, required=False)
    text = LimitedTextField(required=False)


class LearnerNoteForm(InstructorActionForm):
    """What is written about one learner on their page, with what is missing from it told at its field."""

    def clean(self) -> dict[str, Any]:
        """Ask for the words of a message or a note, and for what a review or an excuse is about."""
        given = self.cleaned_data
        action = given.get("action")
        if action in (InstructorAction.REVIEW, InstructorAction.EXCUSE) and not given.get("unit"):
            self.add_error("unit", _("Choose a lesson or quiz first."))
        if action in (InstructorAction.NUDGE, InstructorAction.NOTE) and given.get("text") == "":
            self.add_error("text", self.fields["text"].error_messages["required"])
        return given


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRequest:
    """What is to be done, by whom and to what; each part was found, or is ``None``."""

    actor: Actor
    course_key: str
    learner_id: Any
    finding: Finding | None
    unit_key: str
    dismiss_reason: str
    text: str
    action: Action | None
    now: datetime

    @property
    def place(self) -> ActionSubject:
        """The learner and the unit. Raises ``ActionNotAllowed`` where no learner is named."""
        if self.learner_id is None:
            raise ActionNotAllowed("No learner is given.")
        return ActionSubject(learner_id=self.learner_id, course_key=self.course_key, unit_key=self.unit_key)


@require_POST
@login_required_uncached
def class_action_view(request: HttpRequest, course_key: str) -> HttpResponse:
    """Do what the form says, and go back to ``next`` with ``done`` or ``refused`` in its address."""
    access.require_class(request.user, course_key)
    form = InstructorActionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    back = access.safe_redirect_path(request, "next") or reverse("tracking:class", args=[course_key])
    done = perform_action(request, course_key, form.cleaned_data, back=back)
    return done or redirect(_with(back, {"refused": form.cleaned_data["action"]}))


def perform_action(
    request: HttpRequest, course_key: str, given: Mapping[str, Any], *, back: str
) -> HttpResponseRedirect | None:
    """Do what ``given``, the cleaned data of a form, says, and lead ``back``; return ``None`` where it is refused."""
    requested = given["action"]
    try:
        done = ACTIONS[requested](_asked(request, course_key, given))
    except ActionNotAllowed:
        return None
    return redirect(_with(back, {"done": requested, "action_id": done.pk}))


def _asked(request: HttpRequest, course_key: str, given: Mapping[str, Any]) -> ActionRequest:
    learner = access.get_learner(given["learner"], course_key) if given["learner"] else None
    finding = None
    if given["finding"] is not None:
        about = {"learner": learner} if learner else {"learner__isnull": True}
        finding = access.get_or_404(
            Finding.objects.filter(pk=given["finding"], course_key=course_key, **about).first()
        )
    action = None
    if given["action_id"] is not None:
        action = access.get_or_404(
            Action.objects.filter(
                pk=given["action_id"], course_key=course_key, audience=Audience.INSTRUCTOR
            ).first()
        )
    return ActionRequest(
        actor=Actor(user_id=request.user.pk, audience=Audience.INSTRUCTOR),
        course_key=course_key,
        learner_id=learner.pk if learner else None,
        finding=finding,
        unit_key=given["unit"] or (finding.unit_key if finding else ""),
        dismiss_reason=given["dismiss_reason"] or DismissReason.OTHER,
        text=given["text"],
        action=action,
        now=timezone.now(),
    )


def _nudge(asked: ActionRequest) -> Action:
    nudge = messages.send_message(
        asked.place, asked.actor, finding=asked.finding, text=asked.text, now=asked.now
    )
    return nudge.action


def _review(asked: ActionRequest) -> Action:
    return actions.assign_review(asked.place, asked.actor, text=asked.text, now=asked.now)


def _excuse(asked: ActionRequest) -> Action:
    return actions.excuse(asked.place, asked.actor, text=asked.text, now=asked.now)


def _note(asked: ActionRequest) -> Action:
    return actions.add_note(asked.place, asked.actor, text=asked.text, now=asked.now)


def _snooze(asked: ActionRequest) -> Action:
    until = asked.now + PUT_OFF
    return actions.snooze(_the(asked.finding), asked.actor, until=until, text=asked.text, now=asked.now)


def _dismiss(asked: ActionRequest) -> Action:
    reason = DismissReason(asked.dismiss_reason)
    return actions.dismiss(_the(asked.finding), asked.actor, reason=reason, text=asked.text, now=asked.now)


def _undo(asked: ActionRequest) -> Action:
    if asked.action is None:
        raise ActionNotAllowed("No action is given.")
    return actions.undo(asked.action, asked.actor, now=asked.now)


def _the(finding: Finding | None) -> Finding:
    if finding is None:
        raise ActionNotAllowed("No finding is given.")
    return finding


def _with(address: str, outcome: Mapping[str, Any]) -> str:
    """Return ``address`` with what became of this deed in place of what became of the last; all else stays."""
    parts = urlsplit(address)
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

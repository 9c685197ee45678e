"""Instructors' actions about one learner of a class, and their log."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.course.findings import ActionSerializer, require_field
from tracking.api.resource import TrackingView
from tracking.api.value_serializers import Shape, serializer_for
from tracking.findings import action_log, actions, learner_comments
from tracking.findings.action_log import LoggedAction
from tracking.findings.actions import MAX_TEXT_LENGTH, ActionSubject, Actor
from tracking.findings.learner_comments import LearnerComment
from tracking.models import Action, Audience, Finding
from tracking.outreach import messages
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource

ON_LEARNER = ("excuse", "note", "assign_review", "nudge", "undo")


class LearnerActionRequestSerializer(Shape):
    """An action about a learner.

    ``excuse`` and ``assign_review`` need ``unit_key``, ``note`` needs ``text``, and ``undo`` needs ``action_id``.
    ``nudge`` sends ``text``, or by default what the learner's page says about ``finding``.
    """

    action = serializers.ChoiceField(choices=ON_LEARNER)
    unit_key = serializers.CharField(required=False, allow_blank=True, max_length=200)
    finding = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    action_id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    text = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TEXT_LENGTH)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        require_field(
            attrs, {"excuse": "unit_key", "assign_review": "unit_key", "note": "text", "undo": "action_id"}
        )
        return attrs


class LearnerActionLogSerializer(Shape):
    """Instructors' actions about a learner, and the learner's comments. Both newest first."""

    as_of = serializers.DateTimeField()
    takes_messages = serializers.BooleanField()
    actions = serializer_for(LoggedAction)(many=True)
    comments = serializer_for(LearnerComment)(many=True)


class LearnerActionsView(TrackingView):
    """Instructors' actions about one learner of a class."""

    @extend_schema(responses=LearnerActionLogSerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return the last 50 actions, and the learner's objections and comments."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        access_log.log_access(
            request.user, learner, AccessedResource.FINDINGS, course_key=course_key, door=AccessChannel.API
        )
        payload = {
            "as_of": timezone.now(),
            "takes_messages": learner in messages.learners_accepting_messages([learner], course_key),
            "actions": action_log.read_action_log(course_key, learner),
            "comments": learner_comments.find_learner_comments(learner, course_key),
        }
        return Response(LearnerActionLogSerializer(payload).data)

    @extend_schema(request=LearnerActionRequestSerializer, responses={201: ActionSerializer})
    def post(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Excuse the learner from a unit, assign a review, send a message, save a note, or undo one of these."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        given = LearnerActionRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        subject = ActionSubject(
            learner_id=learner, course_key=course_key, unit_key=given.validated_data.get("unit_key", "")
        )
        actor = Actor(user_id=request.user.pk, audience=Audience.INSTRUCTOR)
        action = _perform_action(subject, actor, given.validated_data)
        return Response(ActionSerializer(action).data, status=201)


def _perform_action(subject: ActionSubject, actor: Actor, given: dict[str, Any]) -> Action:
    now, text = timezone.now(), given.get("text", "")
    requested = given["action"]
    if requested == "excuse":
        return actions.excuse(subject, actor, text=text, now=now)
    if requested == "note":
        return actions.add_note(subject, actor, text=text, now=now)
    if requested == "nudge":
        return messages.send_message(
            subject, actor, finding=_finding(subject, given), text=text, now=now
        ).action
    if requested == "undo":
        about = {"learner_id": subject.learner_id, "course_key": subject.course_key}
        done = Action.objects.filter(pk=given["action_id"], audience=Audience.INSTRUCTOR, **about).first()
        return actions.undo(access.get_or_404(done), actor, text=text, now=now)
    return actions.assign_review(subject, actor, text=text, now=now)


def _finding(subject: ActionSubject, given: dict[str, Any]) -> Finding | None:
    if "finding" not in given:
        return None
    about = {"learner_id": subject.learner_id, "course_key": subject.course_key}
    return access.get_or_404(Finding.objects.filter(pk=given["finding"], **about).first())

"""What instructors do about one learner of a class, and what was done."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.findings import ActionSerializer, require_field
from tracking.api.resource import Resource
from tracking.api.shapes import Shape, shape
from tracking.insights import action_log, finding_actions, learner_words
from tracking.insights.action_log import Entry
from tracking.insights.finding_actions import MOST_WORDS, Actor, Place
from tracking.insights.learner_words import LearnerWords
from tracking.models import Action, Audience, Finding
from tracking.nudges import messages
from tracking.privacy import access_log
from tracking.privacy.access_log import Door, What

ON_LEARNER = ("excuse", "note", "assign_review", "nudge", "undo")


class GivenCareSerializer(Shape):
    """What to do about a learner. ``unit_key`` goes with ``excuse`` and ``assign_review``, ``words`` with ``note``.

    ``nudge`` sends ``words``, or without them what the learner's page says of ``finding``.
    """

    do = serializers.ChoiceField(choices=ON_LEARNER)
    unit_key = serializers.CharField(required=False, allow_blank=True, max_length=200)
    finding = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    action = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    words = serializers.CharField(required=False, allow_blank=True, max_length=MOST_WORDS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        require_field(
            attrs, {"excuse": "unit_key", "assign_review": "unit_key", "note": "words", "undo": "action"}
        )
        return attrs


class HistorySerializer(Shape):
    """What instructors did about a learner, and what the learner says; both newest first."""

    as_of = serializers.DateTimeField()
    takes_messages = serializers.BooleanField()
    actions = shape(Entry)(many=True)
    words = shape(LearnerWords)(many=True)


class LearnerActions(Resource):
    """What instructors do about one learner of a class."""

    @extend_schema(responses=HistorySerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return the last fifty things that were done, and the learner's objections and remarks."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        access_log.record_look(request.user, learner, What.FINDINGS, course_key=course_key, door=Door.API)
        told = {
            "as_of": timezone.now(),
            "takes_messages": learner in messages.reachable([learner], course_key),
            "actions": action_log.read(course_key, learner),
            "words": learner_words.find(learner, course_key),
        }
        return Response(HistorySerializer(told).data)

    @extend_schema(request=GivenCareSerializer, responses={201: ActionSerializer})
    def post(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Excuse them from a unit, ask them to go back to one, send words, keep a note, or take one back."""
        access.require_class(request, course_key)
        learner = access.require_learner(learner_id, course_key)
        given = GivenCareSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        place = Place(
            learner_id=learner, course_key=course_key, unit_key=given.validated_data.get("unit_key", "")
        )
        actor = Actor(user_id=request.user.pk, audience=Audience.INSTRUCTOR)
        action = _care(place, actor, given.validated_data)
        return Response(ActionSerializer(action).data, status=201)


def _care(place: Place, actor: Actor, given: dict[str, Any]) -> Action:
    now, words = timezone.now(), given.get("words", "")
    what = given["do"]
    if what == "excuse":
        return finding_actions.excuse(place, actor, words=words, now=now)
    if what == "note":
        return finding_actions.note(place, actor, words=words, now=now)
    if what == "nudge":
        return messages.send(place, actor, finding=_finding(place, given), words=words, now=now).action
    if what == "undo":
        about = {"learner_id": place.learner_id, "course_key": place.course_key}
        done = Action.objects.filter(pk=given["action"], audience=Audience.INSTRUCTOR, **about).first()
        return finding_actions.undo(access.found(done), actor, words=words, now=now)
    return finding_actions.assign_review(place, actor, words=words, now=now)


def _finding(place: Place, given: dict[str, Any]) -> Finding | None:
    if "finding" not in given:
        return None
    about = {"learner_id": place.learner_id, "course_key": place.course_key}
    return access.found(Finding.objects.filter(pk=given["finding"], **about).first())

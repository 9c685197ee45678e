"""Record events and attempts over HTTP, from front ends and systems whose pages the host does not render."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.exceptions import ValidationError as NotUsable
from rest_framework.request import Request
from rest_framework.response import Response

from tracking import conf, events
from tracking.api import access
from tracking.api.problems import Conflict
from tracking.api.resource import TrackingView
from tracking.api.value_serializers import Shape
from tracking.capture import attempts, ingest
from tracking.events import EventSender, LearnerId
from tracking.exceptions import OutOfRange, TrackingError
from tracking.lms.values import AnswerRecord, AttemptRecord, UnitRef
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import global_privacy_control

SOURCE = "api"
"""Source label of attempts recorded through the API."""
RECORDS_FOR_OTHERS = "tracking.add_event"
RECORDS_ATTEMPTS = "tracking.add_attempt"


class EventRequestSerializer(Shape):
    """An event to record. ``learner_id`` defaults to the user."""

    kind = serializers.CharField(max_length=40)
    course_key = serializers.CharField(max_length=KEY_LENGTH)
    unit_key = serializers.CharField(max_length=KEY_LENGTH, allow_blank=True, required=False, default="")
    learner_id = serializers.CharField(required=False, max_length=KEY_LENGTH)
    at = serializers.DateTimeField(required=False)
    payload = serializers.DictField(required=False, default=dict)


class AnswerRequestSerializer(Shape):
    """One answer. ``chosen`` are keys of options, ``lesson_keys`` the units that the question is about."""

    question_key = serializers.CharField(max_length=KEY_LENGTH)
    is_correct = serializers.BooleanField(allow_null=True, default=None)
    points = serializers.FloatField(allow_null=True, default=None)
    max_points = serializers.FloatField(allow_null=True, default=None)
    chosen = serializers.ListField(
        child=serializers.CharField(max_length=KEY_LENGTH), default=list, max_length=100
    )
    lesson_keys = serializers.ListField(
        child=serializers.CharField(max_length=KEY_LENGTH), default=list, max_length=100
    )


class AttemptRequestSerializer(Shape):
    """An attempt at a quiz. Sending the same ``key`` again corrects the stored attempt."""

    key = serializers.CharField(max_length=KEY_LENGTH)
    learner_id = serializers.CharField(max_length=KEY_LENGTH)
    course_key = serializers.CharField(max_length=KEY_LENGTH)
    unit_key = serializers.CharField(max_length=KEY_LENGTH)
    started_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True, default=None)
    score = serializers.FloatField(allow_null=True, default=None)
    max_score = serializers.FloatField(allow_null=True, default=None)
    is_passed = serializers.BooleanField(allow_null=True, default=None)
    answers = AnswerRequestSerializer(many=True, required=False)

    def validate_max_score(self, value: float | None) -> float | None:
        if value is not None and value <= 0:
            raise serializers.ValidationError("max_score must be above 0.")
        return value

    def validate_answers(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({each["question_key"] for each in value}) < len(value):
            raise serializers.ValidationError("Two answers belong to the same question.")
        return value


class RecordResultSerializer(Shape):
    """The result. ``is_stored`` is false if the learner does not permit it, or its keys are not known yet."""

    is_stored = serializers.BooleanField()
    as_of = serializers.DateTimeField()


class RecordEventView(TrackingView):
    """Record events."""

    @extend_schema(request=EventRequestSerializer, responses={201: RecordResultSerializer})
    def post(self, request: Request) -> Response:
        """Record one event. Learners may record what a browser may send, and nothing about others.

        All else needs the permission ``tracking.add_event``.
        """
        _require_on()
        data = _valid(EventRequestSerializer, request)
        may_record = request.user.has_perm(RECORDS_FOR_OTHERS)
        learner = _learner(data, request.user.pk)
        kind = events.find_kind(data["kind"])
        if kind is None:
            raise NotUsable({"kind": [f"{data['kind']!r} is not an event kind."]})
        sender = EventSender.API if may_record else EventSender.BROWSER
        if sender not in kind.senders or (not may_record and learner != request.user.pk):
            raise PermissionDenied
        if not may_record:
            access.require_learner(learner, data["course_key"])
        unit = UnitRef(course_key=data["course_key"], unit_key=data["unit_key"])
        now = timezone.now()
        # A clock that runs fast must not date events into the future.
        at = min(data.get("at", now), now)
        try:
            is_stored = ingest.ingest_host_event(
                learner,
                kind.name,
                unit,
                payload=data["payload"],
                at=at,
                sender=sender,
                # Another system's request says nothing about the learner's browser.
                has_opted_out=learner == request.user.pk and global_privacy_control.asks_for_privacy(request),
            )
        except OutOfRange as error:
            raise NotUsable({"at": [str(error)]}) from error
        except TrackingError as error:
            raise NotUsable({"payload": [str(error)]}) from error
        return Response(RecordResultSerializer({"is_stored": is_stored, "as_of": now}).data, status=201)


class RecordAttemptView(TrackingView):
    """Record attempts."""

    @extend_schema(request=AttemptRequestSerializer, responses={201: RecordResultSerializer})
    def post(self, request: Request) -> Response:
        """Record or correct one attempt. Needs ``tracking.add_attempt``, so that learners cannot grade themselves."""
        _require_on()
        if not request.user.has_perm(RECORDS_ATTEMPTS):
            raise PermissionDenied
        data = _valid(AttemptRequestSerializer, request)
        try:
            stored = attempts.store_attempt(_record(data))
        except OutOfRange as error:
            raise NotUsable({"detail": [str(error)]}) from error
        payload = {"is_stored": stored is not None, "as_of": timezone.now()}
        return Response(RecordResultSerializer(payload).data, status=201)


def _record(data: dict[str, Any]) -> AttemptRecord:
    names = ("started_at", "submitted_at", "score", "max_score", "is_passed")
    answers = data.get("answers")
    return AttemptRecord(
        source_label=SOURCE,
        source_key=data["key"],
        learner_id=_learner(data, None),
        unit=UnitRef(course_key=data["course_key"], unit_key=data["unit_key"]),
        **{name: data[name] for name in names},
        answers=None
        if answers is None
        else tuple(
            AnswerRecord(
                **{**each, "chosen": tuple(each["chosen"]), "lesson_keys": tuple(each["lesson_keys"])}
            )
            for each in answers
        ),
    )


def _learner(data: dict[str, Any], own: LearnerId) -> LearnerId:
    return access.parse_learner_key(data["learner_id"]) if "learner_id" in data else own


def _valid(serializer: type[Shape], request: Request) -> dict[str, Any]:
    data = serializer(data=request.data)
    data.is_valid(raise_exception=True)
    return dict(data.validated_data)


def _require_on() -> None:
    if not conf.get_settings().ENABLED:
        raise Conflict("Tracking is switched off.")

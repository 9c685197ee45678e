"""Recording from outside: what a front end or another system of the host knows and no page of it shows."""

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
from tracking.events import EventSender, LearnerId, Purpose
from tracking.exceptions import TrackingError
from tracking.lms.values import AnswerRecord, AttemptRecord, UnitRef
from tracking.models.keys import KEY_LENGTH

SOURCE = "api"
"""What attempts are kept under that came this way."""
RECORDS_FOR_OTHERS = "tracking.add_event"
RECORDS_ATTEMPTS = "tracking.add_attempt"


class EventRequestSerializer(Shape):
    """Something that happened: to whoever asks unless ``learner_id`` names another."""

    kind = serializers.CharField(max_length=40)
    course_key = serializers.CharField(max_length=KEY_LENGTH)
    unit_key = serializers.CharField(max_length=KEY_LENGTH, allow_blank=True, required=False, default="")
    learner_id = serializers.CharField(required=False, max_length=KEY_LENGTH)
    at = serializers.DateTimeField(required=False)
    payload = serializers.DictField(required=False, default=dict)


class AnswerRequestSerializer(Shape):
    """One answer; ``chosen`` are keys of options, ``lesson_keys`` the units that the question draws on."""

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
    """An attempt at a quiz. Sent again with the same ``key`` it corrects what was stored."""

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
    """What became of it. ``is_stored`` is false where the learner does not permit it, or its keys are not known yet."""

    is_stored = serializers.BooleanField()
    as_of = serializers.DateTimeField()


class RecordEventView(TrackingView):
    """Events from outside."""

    @extend_schema(request=EventRequestSerializer, responses={201: RecordResultSerializer})
    def post(self, request: Request) -> Response:
        """Record one. Learners record what they did, not what they achieved: that takes ``tracking.add_event``."""
        _require_on()
        given = _valid(EventRequestSerializer, request)
        may_record = request.user.has_perm(RECORDS_FOR_OTHERS)
        learner = _learner(given, request.user.pk)
        kind = events.find_kind(given["kind"])
        if kind is None:
            raise NotUsable({"kind": [f"{given['kind']!r} is not an event kind."]})
        if EventSender.API not in kind.senders:
            raise PermissionDenied
        if not may_record and (learner != request.user.pk or kind.purpose == Purpose.RECORD):
            raise PermissionDenied
        if not may_record:
            access.require_learner(learner, given["course_key"])
        unit = UnitRef(course_key=given["course_key"], unit_key=given["unit_key"])
        now = timezone.now()
        at = min(given.get("at", now), now)
        try:
            is_stored = ingest.ingest_host_event(
                learner, kind.name, unit, payload=given["payload"], at=at, sender=EventSender.API
            )
        except TrackingError as error:
            raise NotUsable({"payload": [str(error)]}) from error
        return Response(RecordResultSerializer({"is_stored": is_stored, "as_of": now}).data, status=201)


class RecordAttemptView(TrackingView):
    """Attempts from outside."""

    @extend_schema(request=AttemptRequestSerializer, responses={201: RecordResultSerializer})
    def post(self, request: Request) -> Response:
        """Record or correct one. It takes the permission ``tracking.add_attempt``: nobody grades themselves."""
        _require_on()
        if not request.user.has_perm(RECORDS_ATTEMPTS):
            raise PermissionDenied
        given = _valid(AttemptRequestSerializer, request)
        stored = attempts.store_attempt(_record(given))
        told = {"is_stored": stored is not None, "as_of": timezone.now()}
        return Response(RecordResultSerializer(told).data, status=201)


def _record(given: dict[str, Any]) -> AttemptRecord:
    figures = ("started_at", "submitted_at", "score", "max_score", "is_passed")
    answers = given.get("answers")
    return AttemptRecord(
        source_label=SOURCE,
        source_key=given["key"],
        learner_id=_learner(given, None),
        unit=UnitRef(course_key=given["course_key"], unit_key=given["unit_key"]),
        **{name: given[name] for name in figures},
        answers=None
        if answers is None
        else tuple(
            AnswerRecord(
                **{**each, "chosen": tuple(each["chosen"]), "lesson_keys": tuple(each["lesson_keys"])}
            )
            for each in answers
        ),
    )


def _learner(given: dict[str, Any], own: LearnerId) -> LearnerId:
    return access.parse_learner_key(given["learner_id"]) if "learner_id" in given else own


def _valid(serializer: type[Shape], request: Request) -> dict[str, Any]:
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _require_on() -> None:
    if not conf.get_settings().ENABLED:
        raise Conflict("Tracking is switched off.")

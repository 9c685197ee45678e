"""For front ends that Django does not render: loading the tracker, and asking for consent."""

from __future__ import annotations

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tracking import conf
from tracking.api import serializers
from tracking.api.resource import Resource
from tracking.capture import passes, recognition
from tracking.events import LearnerId
from tracking.exceptions import MayNotConsent
from tracking.hooks import browser_part
from tracking.hooks.browser_part import State
from tracking.hooks.visitors import Visitor
from tracking.privacy import consent, processing_record

RECORDS = {True: consent.grant, False: consent.refuse, None: consent.put_off}


class TrackerOf(Resource):
    """What a page of one course is to do about the tracker for whoever asks."""

    @extend_schema(responses=serializers.TrackerSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return ``on`` or ``tell`` with all that the script's tag needs, ``ask``, or ``off``.

        The endpoint carries a pass that is good for a week, so that no token has to travel with an event.
        """
        state = _find_state(request, course_key) if conf.get_settings().ENABLED else State.OFF
        told = {"as_of": timezone.now(), "state": state.value, "script": "", "endpoint": "", "owner": ""}
        if state in (State.ON, State.TELL):
            told["script"] = static("tracking/tracker/main.js")
            told["endpoint"] = reverse("tracking:events_by_pass", args=[passes.issue(request.user.pk)])
            told["owner"] = recognition.owner_of(request.user.pk)
        return Response(serializers.TrackerSerializer(told).data)


class Answers(Resource):
    """What the learner agreed to, purpose by purpose."""

    @extend_schema(responses=serializers.AnswersSerializer)
    def get(self, request: Request) -> Response:
        """Return each purpose that waits for a yes, with the answer so far."""
        told = {"as_of": timezone.now(), "answers": answers_of(request.user.pk)}
        return Response(serializers.AnswersSerializer(told).data)

    @extend_schema(request=serializers.GivenAnswerSerializer, responses=serializers.AnswersSerializer)
    def post(self, request: Request) -> Response:
        """Record a yes, a no or a "not now" to one purpose."""
        given = serializers.GivenAnswerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        purpose = next((each for each in consent.asked() if each == given.validated_data["purpose"]), None)
        if purpose is None:
            names = ", ".join(each.value for each in consent.asked())
            raise ValidationError({"purpose": [f"Nobody is asked for this one here. There are: {names}."]})
        try:
            RECORDS[given.validated_data["is_granted"]](request.user.pk, [purpose], source="API")
        except MayNotConsent as error:
            raise PermissionDenied("Somebody else has to agree first.") from error
        return self.get(request)


class Processing(Resource):
    """What is processed about anybody, and why."""

    @extend_schema(responses=serializers.ProcessingSerializer)
    def get(self, request: Request) -> Response:
        """Return the record of processing (Article 30 GDPR), made from the code itself."""
        told = {"as_of": timezone.now(), **processing_record.make()}
        return Response(serializers.ProcessingSerializer(told).data)


def _find_state(request: Request, course_key: str) -> State:
    plain = request._request  # noqa: SLF001  What REST framework wraps, and has no other name for.
    visitor = Visitor(learner_id=request.user.pk, user=request.user)
    return browser_part.find_state(
        plain, visitor=visitor, course_key=course_key, within=consent.CACHED_SECONDS
    )


def answers_of(learner_id: LearnerId) -> list[dict[str, object]]:
    """Return each purpose that waits for a yes with the answer so far."""
    return [
        {
            "purpose": purpose.value,
            "is_granted": consent.covers(learner_id, purpose, within=0)
            if consent.is_answered(learner_id, purpose, within=0)
            else None,
        }
        for purpose in consent.asked()
    ]

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
from tracking.api.resource import TrackingView
from tracking.capture import ingest_tokens, session_cache
from tracking.events import LearnerId
from tracking.exceptions import ConsentNotAllowed
from tracking.hooks import snippet
from tracking.hooks.snippet import SnippetMode
from tracking.hooks.visitors import Visitor
from tracking.privacy import consent, processing_activities

RECORDS = {True: consent.grant, False: consent.refuse, None: consent.postpone_consent}


class TrackerView(TrackingView):
    """What a page of one course is to do about the tracker for whoever asks."""

    @extend_schema(responses=serializers.TrackerSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return ``on`` or ``tell`` with all that the script's tag needs, ``ask``, or ``off``.

        The endpoint carries a pass that is good for a week, so that no token has to travel with an event.
        """
        state = _find_state(request, course_key) if conf.get_settings().ENABLED else SnippetMode.OFF
        told = {"as_of": timezone.now(), "state": state.value, "script": "", "endpoint": "", "owner": ""}
        if state in (SnippetMode.ON, SnippetMode.NOTICE):
            told["script"] = static("learningtime/page/main.js")
            told["endpoint"] = reverse(
                "tracking:events_with_token", args=[ingest_tokens.issue_token(request.user.pk)]
            )
            told["owner"] = session_cache.session_owner_hash(request.user.pk)
        return Response(serializers.TrackerSerializer(told).data)


class ConsentView(TrackingView):
    """What the learner agreed to, purpose by purpose."""

    @extend_schema(responses=serializers.ConsentSerializer)
    def get(self, request: Request) -> Response:
        """Return each purpose that waits for a yes, with the answer so far."""
        told = {"as_of": timezone.now(), "answers": consent_answers(request.user.pk)}
        return Response(serializers.ConsentSerializer(told).data)

    @extend_schema(request=serializers.ConsentRequestSerializer, responses=serializers.ConsentSerializer)
    def post(self, request: Request) -> Response:
        """Record a yes, a no or a "not now" to one purpose."""
        given = serializers.ConsentRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        purpose = next(
            (each for each in consent.purposes_asked() if each == given.validated_data["purpose"]), None
        )
        if purpose is None:
            names = ", ".join(each.value for each in consent.purposes_asked())
            raise ValidationError(
                {"purpose": [f"No one is asked to consent to this purpose here. Choose from: {names}."]}
            )
        try:
            RECORDS[given.validated_data["is_granted"]](request.user.pk, [purpose], source="API")
        except ConsentNotAllowed as error:
            raise PermissionDenied("A parent or guardian has to agree first.") from error
        return self.get(request)


class ProcessingView(TrackingView):
    """What is processed about anybody, and why."""

    @extend_schema(responses=serializers.ProcessingSerializer)
    def get(self, request: Request) -> Response:
        """Return the record of processing (Article 30 GDPR), made from the code itself."""
        told = {"as_of": timezone.now(), **processing_activities.build_processing_record()}
        return Response(serializers.ProcessingSerializer(told).data)


def _find_state(request: Request, course_key: str) -> SnippetMode:
    plain = request._request  # noqa: SLF001  What REST framework wraps, and has no other name for.
    visitor = Visitor(learner_id=request.user.pk, user=request.user)
    return snippet.find_snippet_mode(
        plain, visitor=visitor, course_key=course_key, within=consent.CACHED_SECONDS
    )


def consent_answers(learner_id: LearnerId) -> list[dict[str, object]]:
    """Return each purpose that waits for a yes with the answer so far."""
    return [
        {
            "purpose": purpose.value,
            "is_granted": consent.covers(learner_id, purpose, within=0)
            if consent.is_answered(learner_id, purpose, within=0)
            else None,
        }
        for purpose in consent.purposes_asked()
    ]

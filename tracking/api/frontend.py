"""Resources for front ends that Django does not render: load the tracker, ask for consent."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BooleanField, Serializer

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


class AddressQuerySerializer(Serializer[Any]):
    """How addresses are given."""

    absolute = BooleanField(
        default=False,
        help_text="Whether addresses begin with the origin of this site, for a page on another.",
    )


class TrackerView(TrackingView):
    """What a page of one course does about the tracker for the user."""

    @extend_schema(parameters=[AddressQuerySerializer], responses=serializers.TrackerSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the state: ``on`` or ``notice`` with all that the script tag needs, ``prompt``, or ``off``.

        The endpoint contains an ingest token that is valid for a week, so that events need no other credentials.
        """
        state = _find_state(request, course_key) if conf.get_settings().ENABLED else SnippetMode.OFF
        payload = {"as_of": timezone.now(), "state": state.value, "script": "", "endpoint": "", "owner": ""}
        if state in (SnippetMode.ON, SnippetMode.NOTICE):
            query = AddressQuerySerializer(data=request.query_params)
            query.is_valid(raise_exception=True)
            whole = request.build_absolute_uri if query.validated_data["absolute"] else str
            token = ingest_tokens.issue_token(request.user)
            payload["script"] = whole(static("learningtime/page/main.js"))
            payload["endpoint"] = whole(reverse("tracking:events_with_token", args=[token]))
            payload["owner"] = session_cache.session_owner_hash(request.user.pk)
        return Response(serializers.TrackerSerializer(payload).data)


class ConsentView(TrackingView):
    """The learner's consent to each purpose."""

    @extend_schema(responses=serializers.ConsentSerializer)
    def get(self, request: Request) -> Response:
        """Return each purpose that needs consent, with the answer so far."""
        payload = {"as_of": timezone.now(), "answers": consent_answers(request.user.pk)}
        return Response(serializers.ConsentSerializer(payload).data)

    @extend_schema(request=serializers.ConsentRequestSerializer, responses=serializers.ConsentSerializer)
    def post(self, request: Request) -> Response:
        """Record consent, a refusal or "not now" for one purpose."""
        body = serializers.ConsentRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        purpose = next(
            (each for each in consent.purposes_asked() if each == body.validated_data["purpose"]), None
        )
        if purpose is None:
            names = ", ".join(each.value for each in consent.purposes_asked())
            raise ValidationError(
                {"purpose": [f"No one is asked to consent to this purpose here. Choose from: {names}."]}
            )
        try:
            RECORDS[body.validated_data["is_granted"]](request.user.pk, [purpose], source="API")
        except ConsentNotAllowed as error:
            raise PermissionDenied("A parent or guardian has to agree first.") from error
        return self.get(request)


class ProcessingView(TrackingView):
    """What personal data is processed, and why."""

    @extend_schema(responses=serializers.ProcessingSerializer)
    def get(self, request: Request) -> Response:
        """Return the record of processing activities (Article 30 GDPR), generated from the code."""
        payload = {"as_of": timezone.now(), **processing_activities.build_processing_record()}
        return Response(serializers.ProcessingSerializer(payload).data)


def _find_state(request: Request, course_key: str) -> SnippetMode:
    plain = request._request  # noqa: SLF001  REST framework has no public name for the wrapped request.
    visitor = Visitor(learner_id=request.user.pk, user=request.user)
    return snippet.find_snippet_mode(
        plain, visitor=visitor, course_key=course_key, within=consent.CACHED_SECONDS
    )


def consent_answers(learner_id: LearnerId) -> list[dict[str, object]]:
    """Return each purpose that needs consent, with the answer so far: ``None`` if there is no answer."""
    return [
        {
            "purpose": purpose.value,
            "is_granted": consent.covers(learner_id, purpose, within=0)
            if consent.is_answered(learner_id, purpose, within=0)
            else None,
        }
        for purpose in consent.purposes_asked()
    ]

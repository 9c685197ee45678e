"""Opening content that speaks xAPI: H5P, SCORM wrappers, cmi5."""

from __future__ import annotations

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import TrackingView
from tracking.api.value_serializers import Shape
from tracking.exports import stable_ids
from tracking.lms.values import UnitRef
from tracking.models import OutlineUnit
from tracking.models.keys import KEY_LENGTH
from tracking.xapi import export, identifiers
from tracking.xapi.api import authentication, cmi5_fetch


class LaunchRequestSerializer(Shape):
    """The unit that content is opened in."""

    unit_key = serializers.CharField(max_length=KEY_LENGTH)


class LaunchSerializer(Shape):
    """What content is opened with. ``auth`` is the value of its header ``Authorization``, good for a day.

    cmi5 content is given ``fetch`` instead: an address that answers its first POST with the same, within 15 minutes.
    """

    endpoint = serializers.CharField()
    fetch = serializers.CharField()
    auth = serializers.CharField()
    actor = serializers.DictField()
    activity_id = serializers.CharField()
    registration = serializers.UUIDField()


class LaunchesView(TrackingView):
    """Content that is opened in a unit of a course."""

    @extend_schema(request=LaunchRequestSerializer, responses={201: LaunchSerializer})
    def post(self, request: Request, course_key: str) -> Response:
        """Return what content needs to send statements for the signed-in learner, about that unit only."""
        learner = access.require_learner(request.user.pk, course_key)
        given = LaunchRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        unit = UnitRef(course_key=course_key, unit_key=given.validated_data["unit_key"])
        if not OutlineUnit.objects.filter(course_key=course_key, unit_key=unit.unit_key).exists():
            raise Http404
        launch = {
            "endpoint": request.build_absolute_uri(reverse("tracking_xapi:about").removesuffix("about")),
            "fetch": request.build_absolute_uri(
                reverse("tracking_xapi:fetch", args=[cmi5_fetch.create_fetch_token(learner, unit)])
            ),
            "auth": authentication.create_launch(learner, unit).authorization,
            "actor": export.learner_actor(learner),
            "activity_id": identifiers.unit_iri(unit),
            "registration": stable_ids.stable_uuid("registration", learner, course_key, unit.unit_key),
        }
        return Response(LaunchSerializer(launch).data, status=201)

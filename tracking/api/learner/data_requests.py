"""Taking along what is recorded about oneself, and erasing it: what the pages do, by the same functions."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.http import Http404, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tracking import tasks
from tracking.api.resource import TrackingView
from tracking.api.value_serializers import Shape
from tracking.hooks import deferred
from tracking.models import Download
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import consent, downloads, inventory, self_erasure
from tracking.reports.site import courses


class DownloadSerializer(Shape):
    """A file with everything that is recorded about whoever asks. ``url`` is empty until it is made."""

    as_of = serializers.DateTimeField()
    id = serializers.UUIDField()
    requested_at = serializers.DateTimeField()
    row_count = serializers.IntegerField()
    written_row_count = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    byte_count = serializers.IntegerField()
    url = serializers.CharField(allow_blank=True)


class ErasableSerializer(Shape):
    """What may be erased. ``without_course_count`` rows name no course: only erasing all courses erases them."""

    as_of = serializers.DateTimeField()
    choices = serializers.ListField(child=serializers.CharField())
    without_course_count = serializers.IntegerField()


class ErasureRequestSerializer(Shape):
    """What to erase, one of ``choices``; in one course, or without it in all; and that it is meant."""

    what = serializers.CharField(max_length=20)
    course_key = serializers.CharField(max_length=KEY_LENGTH, allow_blank=True, default="")
    is_confirmed = serializers.BooleanField()


class ErasureResultSerializer(Shape):
    """How many rows were erased, and how many name no course and were kept."""

    erased_count = serializers.IntegerField()
    left_count = serializers.IntegerField()


class MyDownloadView(TrackingView):
    """The file to take along."""

    @extend_schema(responses=DownloadSerializer)
    def get(self, request: Request) -> Response:
        """Return how far the newest one is; 404 where none was asked for or its time is over."""
        found = downloads.find_download(request.user.pk, now=timezone.now())
        if found is None:
            raise Http404
        return Response(_told(found))

    @extend_schema(request=None, responses={202: DownloadSerializer})
    def post(self, request: Request) -> Response:
        """Have one made; within the hour the same one is returned."""
        asked = downloads.request_download(request.user.pk, now=timezone.now())
        deferred.defer(tasks.trigger_downloads)
        return Response(_told(asked), status=202)


class MyDownloadFileView(TrackingView):
    """The bytes of the file."""

    @extend_schema(responses={(200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY)})
    def get(self, request: Request, download_id: UUID) -> StreamingHttpResponse:
        """Stream it to whoever it is about, as long as it is kept."""
        found = downloads.find_finished_download(request.user.pk, download_id, now=timezone.now())
        if found is None:
            raise Http404
        return downloads.download_response(found)


class MyErasureView(TrackingView):
    """Erasing what is recorded about whoever asks."""

    @extend_schema(responses=ErasableSerializer)
    def get(self, request: Request) -> Response:
        """Return what may be erased."""
        told = {
            "as_of": timezone.now(),
            "choices": self_erasure.erasable_choices(),
            "without_course_count": inventory.count_kept_without_course(request.user.pk).total(),
        }
        return Response(ErasableSerializer(told).data)

    @extend_schema(request=ErasureRequestSerializer, responses=ErasureResultSerializer)
    def post(self, request: Request) -> Response:
        """Erase for good. Nobody can bring it back; without ``is_confirmed`` nothing happens."""
        given = ErasureRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        what, course_key = given.validated_data["what"], given.validated_data["course_key"]
        _require(what, course_key, request, is_confirmed=given.validated_data["is_confirmed"])
        erased = self_erasure.erase_own_data(request.user.pk, what, course_key=course_key, source="API")
        session: Any = getattr(request, "session", None)
        if session is not None:
            session[consent.ANSWERED_AT] = time.time()
        return Response(
            ErasureResultSerializer({"erased_count": erased.row_count, "left_count": erased.kept_count}).data
        )


def _require(what: str, course_key: str, request: Request, *, is_confirmed: bool) -> None:
    if not is_confirmed:
        raise ValidationError({"is_confirmed": ["Set is_confirmed to true. Erasing cannot be undone."]})
    if what not in self_erasure.erasable_choices():
        raise ValidationError({"what": [f"Choose from: {', '.join(self_erasure.erasable_choices())}."]})
    mine = {each.course_key for each in courses.learned_courses(request.user.pk, now=timezone.now())}
    if course_key and course_key not in mine:
        raise ValidationError({"course_key": ["You are not enrolled in a course with this key."]})


def _told(download: Download) -> Any:
    names = (
        "id",
        "requested_at",
        "row_count",
        "written_row_count",
        "finished_at",
        "expires_at",
        "byte_count",
    )
    url = (
        reverse("tracking:api:my_download_file", args=[download.pk])
        if download.finished_at is not None
        else ""
    )
    figures = {name: getattr(download, name) for name in names}
    return DownloadSerializer({"as_of": timezone.now(), **figures, "url": url}).data

"""Download or erase one's own data, with the same functions as the pages."""

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
    """A file with everything that is recorded about the user. ``url`` is empty until it is finished."""

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
    """What may be erased.

    ``without_course_count`` is the number of rows that name no course. They are erased only if no course is given.
    """

    as_of = serializers.DateTimeField()
    choices = serializers.ListField(child=serializers.CharField())
    without_course_count = serializers.IntegerField()


class ErasureRequestSerializer(Shape):
    """What to erase: one of ``choices``, in one course (default: all). ``is_confirmed`` must be true."""

    what = serializers.CharField(max_length=20)
    course_key = serializers.CharField(max_length=KEY_LENGTH, allow_blank=True, default="")
    is_confirmed = serializers.BooleanField()


class KeptRowsSerializer(Shape):
    """Rows of one table that are kept, and why."""

    name = serializers.CharField()
    title = serializers.CharField()
    row_count = serializers.IntegerField()
    reason = serializers.CharField()


class ErasureResultSerializer(Shape):
    """The number of erased rows, and of rows that were kept because they name no course.

    ``kept`` lists everything that is still stored about the user, by table, with the reason.
    """

    erased_count = serializers.IntegerField()
    left_count = serializers.IntegerField()
    kept = KeptRowsSerializer(many=True)


class MyDownloadView(TrackingView):
    """The newest download of the user's data."""

    @extend_schema(responses=DownloadSerializer)
    def get(self, request: Request) -> Response:
        """Return the progress of the newest download; 404 if none was requested or it has expired."""
        found = downloads.find_download(request.user.pk, now=timezone.now())
        if found is None:
            raise Http404
        return Response(_payload(found))

    @extend_schema(request=None, responses={202: DownloadSerializer})
    def post(self, request: Request) -> Response:
        """Request a download. A second request within the hour returns the same one."""
        requested = downloads.request_download(request.user.pk, now=timezone.now())
        deferred.defer(tasks.trigger_downloads)
        return Response(_payload(requested), status=202)


class MyDownloadFileView(TrackingView):
    """The content of a download."""

    @extend_schema(responses={(200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY)})
    def get(self, request: Request, download_id: UUID) -> StreamingHttpResponse:
        """Stream the file to the person it is about, until it expires."""
        found = downloads.find_finished_download(request.user.pk, download_id, now=timezone.now())
        if found is None:
            raise Http404
        return downloads.download_response(found)


class MyErasureView(TrackingView):
    """Erase what is recorded about the user."""

    @extend_schema(responses=ErasableSerializer)
    def get(self, request: Request) -> Response:
        """Return what may be erased."""
        payload = {
            "as_of": timezone.now(),
            "choices": self_erasure.erasable_choices(),
            "without_course_count": inventory.count_kept_without_course(request.user.pk).total(),
        }
        return Response(ErasableSerializer(payload).data)

    @extend_schema(request=ErasureRequestSerializer, responses=ErasureResultSerializer)
    def post(self, request: Request) -> Response:
        """Erase permanently. It cannot be undone; without ``is_confirmed`` nothing is erased."""
        data = ErasureRequestSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        what, course_key = data.validated_data["what"], data.validated_data["course_key"]
        _require(what, course_key, request, is_confirmed=data.validated_data["is_confirmed"])
        erased = self_erasure.erase_own_data(request.user.pk, what, course_key=course_key, source="API")
        # Another process may have cached the old consent answers: with this time, the next page does not use them.
        session: Any = getattr(request, "session", None)
        if session is not None:
            session[consent.ANSWERED_AT] = time.time()
        return Response(
            ErasureResultSerializer(
                {"erased_count": erased.row_count, "left_count": erased.kept_count, "kept": erased.kept}
            ).data
        )


def _require(what: str, course_key: str, request: Request, *, is_confirmed: bool) -> None:
    if not is_confirmed:
        raise ValidationError({"is_confirmed": ["Set is_confirmed to true. Erasing cannot be undone."]})
    if what not in self_erasure.erasable_choices():
        raise ValidationError({"what": [f"Choose from: {', '.join(self_erasure.erasable_choices())}."]})
    mine = {each.course_key for each in courses.learned_courses(request.user.pk, now=timezone.now())}
    if course_key and course_key not in mine:
        raise ValidationError({"course_key": ["You are not enrolled in a course with this key."]})


def _payload(download: Download) -> Any:
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

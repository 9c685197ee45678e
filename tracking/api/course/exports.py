"""Bulk exports of whole tables, streamed. Superusers only, because the rows are about single learners."""

from __future__ import annotations

from typing import Any

from django.http import Http404, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError as NotUsable
from rest_framework.request import Request

from tracking import lms
from tracking.api import access
from tracking.api.resource import TrackingView
from tracking.api.value_serializers import Shape
from tracking.events import LearnerId
from tracking.exceptions import TrackingError
from tracking.exports import export_tables, table_writers
from tracking.exports.export_tables import ExportQuery
from tracking.exports.streaming import StreamingAnswer
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource


class ExportQuerySerializer(Shape):
    """What to export, and in which format."""

    form = serializers.ChoiceField(choices=list(table_writers.WRITERS), default="csv")
    course = serializers.CharField(required=False, max_length=KEY_LENGTH)
    learner = serializers.CharField(required=False, max_length=KEY_LENGTH)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    after = serializers.CharField(required=False, max_length=KEY_LENGTH)


class ExportView(TrackingView):
    """Bulk export of one table."""

    @extend_schema(
        parameters=[ExportQuerySerializer],
        responses={
            (200, kind.partition(";")[0]): OpenApiResponse(OpenApiTypes.BINARY)
            for kind in table_writers.CONTENT_TYPES.values()
        },
    )
    def get(self, request: Request, table: str) -> StreamingHttpResponse:
        """Stream the table by primary key. To resume an interrupted export, pass the last key received as ``after``."""
        if table not in export_tables.TABLES or not request.user.is_superuser:
            raise Http404
        given = ExportQuerySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        form = given.validated_data["form"]
        query = _export_query(table, given.validated_data)
        try:
            parts = table_writers.write_table(query, form)
        except TrackingError as error:
            raise NotUsable([str(error)]) from error
        _log_access(request, query)
        answer = StreamingAnswer(parts, content_type=table_writers.CONTENT_TYPES[form])
        answer["Content-Disposition"] = f'attachment; filename="{table}.{form}"'
        return answer


def _export_query(table: str, given: dict[str, Any]) -> ExportQuery:
    learner: LearnerId = access.parse_learner_key(given["learner"]) if "learner" in given else None
    return ExportQuery(
        table=table,
        course_key=given.get("course", ""),
        learner_id=learner,
        since=given.get("since"),
        until=given.get("until"),
        after=given.get("after", ""),
    )


def _log_access(request: Request, query: ExportQuery) -> None:
    """Log the access: to one learner, or to each class of the export."""
    if query.learner_id is not None:
        access_log.log_access(
            request.user,
            query.learner_id,
            AccessedResource.EXPORT,
            course_key=query.course_key,
            door=AccessChannel.API,
        )
        return
    for course_key in [query.course_key] if query.course_key else lms.get_adapter().course_keys():
        access_log.log_class_access(
            request.user, course_key, AccessedResource.CLASS_EXPORT, door=AccessChannel.API
        )

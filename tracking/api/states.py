"""Where every learner of a class stands with every module, or with every lesson of one; to instructors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.learners import LearnerFilter
from tracking.api.resource import Listing
from tracking.api.shapes import Shape, shape
from tracking.insights import state_matrix
from tracking.insights.state_matrix import Cell
from tracking.models import Enrolment
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import access_log
from tracking.privacy.access_log import Door, What


class OfModuleSerializer(Shape):
    """The module whose lessons are asked for; the modules themselves unless given."""

    module = serializers.CharField(required=False, max_length=KEY_LENGTH)


class StandSerializer(shape(Cell)):  # type: ignore[misc]  # Made from the value.
    """Where one learner stands with one module or unit."""

    key = serializers.CharField()


class StandsSerializer(Shape):
    """One learner, and where they stand with each."""

    learner_id = serializers.CharField()
    name = serializers.CharField()
    group_key = serializers.CharField(allow_blank=True)
    group_title = serializers.CharField(allow_blank=True)
    cells = StandSerializer(many=True)


class StatesOf(Listing):
    """The matrix of a class."""

    serializer_class = StandsSerializer
    filterset_class = LearnerFilter
    queryset = Enrolment.objects.none()

    @extend_schema(parameters=[OfModuleSerializer], responses=StandsSerializer(many=True), filters=True)
    def get(self, request: Request, course_key: str) -> Response:
        """List its learners page by page, in the order in which they were enrolled."""
        access.require_class(request, course_key)
        asked = OfModuleSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        module_key = asked.validated_data.get("module")
        sheet = access.found(state_matrix.open_sheet(course_key, now=timezone.now(), module_key=module_key))
        learners = {each.learner_id: each for each in sheet.learners}

        def show(enrolments: Sequence[Enrolment]) -> Any:
            shown = [learners[each.learner_id] for each in enrolments if each.learner_id in learners]
            ids = [each.learner_id for each in shown]
            access_log.record_looks(request.user, ids, What.CLASS, course_key=course_key, door=Door.API)
            rows = state_matrix.rows(sheet, shown, sheet.columns)
            return [StandsSerializer(_with_keys(row, sheet)).data for row in rows]

        found = Enrolment.objects.filter(course_key=course_key)
        return self.page(found, show, as_of=sheet.freshness.as_of)


def _with_keys(row: state_matrix.Row, sheet: state_matrix.Sheet) -> dict[str, Any]:
    names = ("state", "is_shared", "completed_count", "required_count")
    cells = [
        {"key": column.key, **{name: getattr(cell, name) for name in names}}
        for column, cell in zip(sheet.columns, row.cells, strict=True)
    ]
    told = ("learner_id", "name", "group_key", "group_title")
    return {name: getattr(row, name) for name in told} | {"cells": cells}

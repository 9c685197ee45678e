"""Progress grid of a class, for instructors: the state of each learner in each module, or in each lesson of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.course.learners import LearnerQueryFilter
from tracking.api.resource import TrackingListView
from tracking.api.value_serializers import Shape, serializer_for
from tracking.models import Enrolment
from tracking.models.keys import KEY_LENGTH
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource
from tracking.reports.course import progress_grid
from tracking.reports.course.progress_grid import GridCell


class ModuleQuerySerializer(Shape):
    """The module whose lessons are the columns. Default: the columns are the modules."""

    module = serializers.CharField(required=False, max_length=KEY_LENGTH)


class GridCellSerializer(serializer_for(GridCell)):  # type: ignore[misc]  # Made from the value.
    """The state of one learner in one module or unit."""

    key = serializers.CharField()


class GridRowSerializer(Shape):
    """One learner, and their state in each column."""

    learner_id = serializers.CharField()
    name = serializers.CharField()
    group_key = serializers.CharField(allow_blank=True)
    group_title = serializers.CharField(allow_blank=True)
    cells = GridCellSerializer(many=True)


class ProgressGridView(TrackingListView):
    """The progress grid of a class, for its instructors."""

    serializer_class = GridRowSerializer
    filterset_class = LearnerQueryFilter
    queryset = Enrolment.objects.none()

    @extend_schema(parameters=[ModuleQuerySerializer], responses=GridRowSerializer(many=True), filters=True)
    def get(self, request: Request, course_key: str) -> Response:
        """List the rows of the grid by enrolment, the oldest first."""
        access.require_class(request, course_key)
        query = ModuleQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        module_key = query.validated_data.get("module")
        grid = access.get_or_404(
            progress_grid.open_grid(course_key, now=timezone.now(), module_key=module_key)
        )
        learners = {each.learner_id: each for each in grid.learners}

        def show(enrolments: Sequence[Enrolment]) -> Any:
            shown = [learners[each.learner_id] for each in enrolments if each.learner_id in learners]
            ids = [each.learner_id for each in shown]
            access_log.log_accesses(
                request.user, ids, AccessedResource.CLASS, course_key=course_key, door=AccessChannel.API
            )
            rows = progress_grid.grid_rows(grid, shown, grid.columns)
            return [GridRowSerializer(_with_keys(row, grid)).data for row in rows]

        found = Enrolment.objects.filter(course_key=course_key)
        return self.page(found, show, as_of=grid.freshness.as_of)


def _with_keys(row: progress_grid.GridRow, grid: progress_grid.ProgressGrid) -> dict[str, Any]:
    names = ("state", "is_shared", "completed_count", "required_count")
    cells = [
        {"key": column.key, **{name: getattr(cell, name) for name in names}}
        for column, cell in zip(grid.columns, row.cells, strict=True)
    ]
    fields = ("learner_id", "name", "group_key", "group_title")
    return {name: getattr(row, name) for name in fields} | {"cells": cells}

"""The endpoints: who is asking, may they, one function, one shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tracking import lms
from tracking.api import serializers
from tracking.api.filters import FindingFilter
from tracking.insights import advice, class_overview, learner_progress
from tracking.models import Audience, Enrolment, Finding, OutlineUnit
from tracking.privacy import access_log
from tracking.privacy.access_log import Door, What


class MyProgress(APIView):
    """The learner's own progress in one course."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=serializers.LearnerProgressSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return it; 404 where the learner is not enrolled in the course."""
        return _progress(request, request.user.pk, course_key)


class LearnerProgressOf(APIView):
    """A learner's progress in one course, to the course's instructors."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=serializers.LearnerProgressSerializer)
    def get(self, request: Request, course_key: str, learner_id: str) -> Response:
        """Return it; 404 to all but instructors of the course, and where there is no such learner in it."""
        _require_instructor(request, course_key)
        return _progress(request, learner_id, course_key)


class ClassOverviewOf(APIView):
    """One class at a glance, to the course's instructors."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=serializers.ClassOverviewSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return it; 404 to all but instructors of the course."""
        _require_instructor(request, course_key)
        overview = class_overview.find(course_key, now=timezone.now())
        if overview is None:
            raise Http404
        access_log.record_class_look(request.user, course_key, door=Door.API)
        return Response(serializers.ClassOverviewSerializer(overview).data)


class FindingsOf(ListAPIView[Finding]):
    """The open findings of one course: all of them to its instructors, their own to its learners."""

    permission_classes = (IsAuthenticated,)
    serializer_class = serializers.AdviceSerializer
    filter_backends = (DjangoFilterBackend,)
    filterset_class = FindingFilter
    queryset = Finding.objects.none()

    def get_queryset(self) -> QuerySet[Finding]:
        if getattr(self, "swagger_fake_view", False):
            return Finding.objects.none()
        audience = Audience.INSTRUCTOR if self._is_instructor() else Audience.LEARNER
        findings = Finding.objects.shown_to(audience, now=timezone.now()).order_by("-weight", "pk")
        findings = findings.filter(course_key=self.kwargs["course_key"])
        if audience == Audience.INSTRUCTOR:
            return findings
        _require_enrolled(self.request.user.pk, self.kwargs["course_key"])
        return findings.filter(learner_id=self.request.user.pk)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        findings = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(findings)
        units = {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=kwargs["course_key"])}
        explain = advice.for_instructor if self._is_instructor() else advice.for_learner
        shown: Sequence[Finding] = page if page is not None else list(findings)
        access_log.record_looks(
            request.user,
            [finding.learner_id for finding in shown],
            What.FINDINGS,
            course_key=kwargs["course_key"],
            door=Door.API,
        )
        data = self.get_serializer(explain(shown, units), many=True).data
        return self.get_paginated_response(data) if page is not None else Response(data)

    def _is_instructor(self) -> bool:
        return lms.get_adapter().can_view_course(self.request.user, self.kwargs["course_key"])


def _progress(request: Request, learner_id: Any, course_key: str) -> Response:
    learner = _require_enrolled(learner_id, course_key)
    progress = learner_progress.find(learner, course_key, now=timezone.now())
    if progress is None:
        raise Http404
    access_log.record_look(request.user, learner, What.PROGRESS, course_key=course_key, door=Door.API)
    return Response(serializers.LearnerProgressSerializer(progress).data)


def _require_instructor(request: Request, course_key: str) -> None:
    # Not found rather than forbidden: that a class exists is nobody else's business.
    if not lms.get_adapter().can_view_course(request.user, course_key):
        raise Http404


def _require_enrolled(learner_id: Any, course_key: str) -> Any:
    """Return the primary key of the learner, as its own type."""
    try:
        key = get_user_model()._meta.pk.to_python(learner_id)
    except ValidationError as error:
        raise Http404 from error
    if not Enrolment.objects.filter(learner_id=key, course_key=course_key).exists():
        raise Http404
    return key

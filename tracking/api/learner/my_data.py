"""What is recorded about the user, and who has seen it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import Count, Max, Min
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking import lms
from tracking.api import frontend
from tracking.api.resource import TrackingListView, TrackingView
from tracking.api.serializers import ConsentAnswerSerializer
from tracking.api.value_serializers import Shape
from tracking.models import AccessLogEntry, Attempt, Event
from tracking.privacy import access_log


class KindCountSerializer(Shape):
    """The number of events of one kind in one course, and the times of the first and last."""

    kind = serializers.CharField()
    course_key = serializers.CharField()
    event_count = serializers.IntegerField()
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()


class MyDataSerializer(Shape):
    """A summary of all that is recorded about the user."""

    as_of = serializers.DateTimeField()
    learner_id = serializers.CharField()
    answers = ConsentAnswerSerializer(many=True)
    events = KindCountSerializer(many=True)
    attempt_count = serializers.IntegerField()
    access_log_count = serializers.IntegerField()


class RawEventSerializer(Shape):
    """One event as stored."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    course_key = serializers.CharField()
    unit_key = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]  # This field is called like an argument of Field.
    happened_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    view_id = serializers.UUIDField(allow_null=True)
    # Not a DictField: a learner may see an event even if its payload is not what its kind says.
    payload = serializers.JSONField()


class AccessLogEntrySerializer(Shape):
    """One access to recorded data. ``viewer`` is empty if the account was deleted or no person was involved."""

    accessed_at = serializers.DateTimeField()
    resource = serializers.CharField()
    channel = serializers.CharField()
    course_key = serializers.CharField(allow_blank=True)
    is_class = serializers.BooleanField()
    viewer = serializers.CharField(allow_blank=True)


class RawEventFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types.
    """``course``, ``unit``, ``kind``, and ``since`` and ``until``, both of ``happened_at``."""

    course = django_filters.CharFilter(field_name="course_key")
    unit = django_filters.CharFilter(field_name="unit_key")
    kind = django_filters.CharFilter(field_name="kind")
    since = django_filters.IsoDateTimeFilter(field_name="happened_at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="happened_at", lookup_expr="lt")

    class Meta:
        model = Event
        fields: list[str] = []


class MyDataView(TrackingView):
    """What is recorded about the user."""

    @extend_schema(responses=MyDataSerializer)
    def get(self, request: Request) -> Response:
        """Return the consent answers, and the number of events, attempts and access log entries."""
        mine = Event.objects.filter(learner_id=request.user.pk)
        counts = mine.values("kind", "course_key").annotate(
            event_count=Count("pk"), first_at=Min("happened_at"), last_at=Max("happened_at")
        )
        payload = {
            "as_of": timezone.now(),
            "learner_id": str(request.user.pk),
            "answers": frontend.consent_answers(request.user.pk),
            "events": counts.order_by("course_key", "kind"),
            "attempt_count": Attempt.objects.filter(learner_id=request.user.pk).count(),
            "access_log_count": access_log.accesses_of_learner(request.user.pk).count(),
        }
        return Response(MyDataSerializer(payload).data)


class MyEventsView(TrackingListView):
    """All raw events of the user."""

    serializer_class = RawEventSerializer
    filterset_class = RawEventFilter
    queryset = Event.objects.none()
    ordering = ("-happened_at", "pk")

    @extend_schema(responses=RawEventSerializer(many=True), filters=True)
    def get(self, request: Request) -> Response:
        """List them, newest first."""

        def show(found: Sequence[Event]) -> Any:
            return RawEventSerializer(found, many=True).data

        return self.page(Event.objects.filter(learner_id=request.user.pk), show, as_of=timezone.now())


class MyAccessLogView(TrackingListView):
    """Who has seen what is recorded about the user."""

    serializer_class = AccessLogEntrySerializer
    queryset = AccessLogEntry.objects.none()
    ordering = ("-accessed_at", "-pk")

    @extend_schema(responses=AccessLogEntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the accesses, newest first: to the learner's own data, and to classes that the learner is in."""
        display_name = lms.get_adapter().display_name

        def show(entries: Sequence[AccessLogEntry]) -> Any:
            return [
                AccessLogEntrySerializer(
                    {
                        "accessed_at": entry.accessed_at,
                        "resource": entry.resource,
                        "channel": entry.channel,
                        "course_key": entry.course_key,
                        "is_class": entry.learner_id is None,
                        "viewer": display_name(entry.viewer) if entry.viewer is not None else "",
                    }
                ).data
                for entry in entries
            ]

        rows = access_log.accesses_of_learner(request.user.pk).select_related("viewer")
        return self.page(rows, show, as_of=timezone.now())

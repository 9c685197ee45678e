"""What is recorded about whoever asks, and who looked."""

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
    """How many events of one kind there are, from when to when."""

    kind = serializers.CharField()
    course_key = serializers.CharField()
    event_count = serializers.IntegerField()
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()


class MyDataSerializer(Shape):
    """An account of all that is recorded about whoever asks."""

    as_of = serializers.DateTimeField()
    learner_id = serializers.CharField()
    answers = ConsentAnswerSerializer(many=True)
    events = KindCountSerializer(many=True)
    attempt_count = serializers.IntegerField()
    look_count = serializers.IntegerField()


class RawEventSerializer(Shape):
    """One event as it is stored."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    course_key = serializers.CharField()
    unit_key = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]  # A field of that name.
    happened_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    view_id = serializers.UUIDField(allow_null=True)
    payload = serializers.DictField()


class AccessLogEntrySerializer(Shape):
    """Somebody was shown what is recorded. ``viewer`` is empty where no account is behind it any more."""

    accessed_at = serializers.DateTimeField()
    resource = serializers.CharField()
    channel = serializers.CharField()
    course_key = serializers.CharField(allow_blank=True)
    is_class = serializers.BooleanField()
    viewer = serializers.CharField(allow_blank=True)


class RawEventFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types.
    """``course``, ``unit``, ``kind``, and ``since`` and ``until`` of the moment."""

    course = django_filters.CharFilter(field_name="course_key")
    unit = django_filters.CharFilter(field_name="unit_key")
    kind = django_filters.CharFilter(field_name="kind")
    since = django_filters.IsoDateTimeFilter(field_name="happened_at", lookup_expr="gte")
    until = django_filters.IsoDateTimeFilter(field_name="happened_at", lookup_expr="lt")

    class Meta:
        model = Event
        fields: list[str] = []


class MyDataView(TrackingView):
    """What is recorded about whoever asks."""

    @extend_schema(responses=MyDataSerializer)
    def get(self, request: Request) -> Response:
        """Return the answers about consent, and how much there is of what."""
        mine = Event.objects.filter(learner_id=request.user.pk)
        counted = mine.values("kind", "course_key").annotate(
            event_count=Count("pk"), first_at=Min("happened_at"), last_at=Max("happened_at")
        )
        told = {
            "as_of": timezone.now(),
            "learner_id": str(request.user.pk),
            "answers": frontend.consent_answers(request.user.pk),
            "events": counted.order_by("course_key", "kind"),
            "attempt_count": Attempt.objects.filter(learner_id=request.user.pk).count(),
            "look_count": access_log.accesses_of_learner(request.user.pk).count(),
        }
        return Response(MyDataSerializer(told).data)


class MyEventsView(TrackingListView):
    """Every raw event of whoever asks."""

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
    """Who was shown what is recorded about whoever asks."""

    serializer_class = AccessLogEntrySerializer
    queryset = AccessLogEntry.objects.none()
    ordering = ("-accessed_at", "-pk")

    @extend_schema(responses=AccessLogEntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the looks, newest first: at the learner alone, and at classes that they are in."""
        name = lms.get_adapter().display_name

        def show(looks: Sequence[AccessLogEntry]) -> Any:
            return [
                AccessLogEntrySerializer(
                    {
                        "accessed_at": look.accessed_at,
                        "resource": look.resource,
                        "channel": look.channel,
                        "course_key": look.course_key,
                        "is_class": look.learner_id is None,
                        "viewer": name(look.viewer) if look.viewer is not None else "",
                    }
                ).data
                for look in looks
            ]

        rows = access_log.accesses_of_learner(request.user.pk).select_related("viewer")
        return self.page(rows, show, as_of=timezone.now())

"""The contestants as views: ours, ours without a login, each event saved alone, and REST framework in bulk.

All except the second check the login and the consent.
"""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

application = get_wsgi_application()

from rest_framework import serializers  # noqa: E402  Needs django.setup().
from rest_framework.authentication import SessionAuthentication  # noqa: E402
from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from tracking import events  # noqa: E402
from tracking.capture import endpoint, ingest  # noqa: E402
from tracking.capture.ingest import Sender  # noqa: E402
from tracking.events import EventSource, Purpose  # noqa: E402
from tracking.models import Event  # noqa: E402
from tracking.privacy import consent  # noqa: E402


@csrf_exempt
def without_log_in(request: HttpRequest, learner_id: int) -> HttpResponse:
    sender = Sender(
        learner_id=learner_id,
        received_at=timezone.now(),
        source=EventSource.BROWSER,
        find_unit=lambda _: None,
    )
    return JsonResponse({"accepted": ingest.ingest_batch(request.body, sender).accepted_count}, status=202)


@csrf_exempt
def asking(request: HttpRequest) -> HttpResponse:
    """Ingest a batch as ours does, but without the session cache: read the session and the user each time."""
    str(request.user)
    return endpoint.events_view(request)


@csrf_exempt
def naive(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated or not consent.covers(request.user.pk, Purpose.ENGAGEMENT):
        return HttpResponse(status=403)
    found = json.loads(request.body)["events"]
    for event in found:
        Event(**_row(event, request.user.pk)).save(force_insert=True)
    return JsonResponse({"accepted": len(found)}, status=202)


class EventData(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    t = serializers.CharField(max_length=40)
    at = serializers.IntegerField()
    view = serializers.UUIDField()
    n = serializers.IntegerField()
    course = serializers.CharField(max_length=200)
    unit = serializers.CharField(max_length=200)
    p = serializers.DictField()


class Session(SessionAuthentication):
    """Session authentication without the CSRF check, for the other contestants."""

    def enforce_csrf(self, request: Any) -> None:
        pass


class InBulk(APIView):
    authentication_classes = (Session,)
    permission_classes = (IsAuthenticated,)

    def post(self, request: Request) -> Response:
        if not consent.covers(request.user.pk, Purpose.ENGAGEMENT):
            return Response(status=403)
        body: Any = request.data
        batch = EventData(data=body["events"], many=True)
        batch.is_valid(raise_exception=True)
        rows = [Event(**_row(event, request.user.pk)) for event in batch.validated_data]
        Event.objects.bulk_create(rows, ignore_conflicts=True)
        return Response({"accepted": len(rows)}, status=202)


def _row(event: dict[str, Any], learner_id: Any) -> dict[str, Any]:
    return {
        "id": event["id"],
        "learner_id": learner_id,
        "course_key": event["course"],
        "unit_key": event["unit"],
        "kind": event["t"],
        "is_detail": events.is_detail(event["t"]),
        "source": EventSource.BROWSER,
        "happened_at": datetime.fromtimestamp(event["at"] / 1000, UTC),
        "view_id": event["view"],
        "sequence": event["n"],
        "payload": event["p"],
    }


urlpatterns = [
    path("ours/", endpoint.events_view),
    path("open/<int:learner_id>/", without_log_in),
    path("asking/", asking),
    path("naive/", naive),
    path("bulk/", InBulk.as_view()),
]

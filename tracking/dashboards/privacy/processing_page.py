"""The record of processing, for everybody who is logged in: what is said about the program is no secret."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tracking.dashboards import frame
from tracking.dashboards.access import login_required_uncached
from tracking.privacy import processing_activities


@require_safe
@login_required_uncached
def processing(request: HttpRequest) -> HttpResponse:
    """Show the record; as JSON with ``?format=json``."""
    record = processing_activities.build_processing_record()
    if request.GET.get("format") == "json":
        return JsonResponse(record)
    return frame.render_page(request, "tracking/processing.html", {"record": record})

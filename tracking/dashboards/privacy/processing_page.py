"""Page with the record of processing activities, for every logged-in user: it contains no personal data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tracking.dashboards import frame
from tracking.dashboards.access import login_required_uncached
from tracking.privacy import processing_activities


@require_safe
@login_required_uncached
def processing(request: HttpRequest) -> HttpResponse:
    """Show the record of processing activities; as JSON with ``?format=json``."""
    record = processing_activities.build_processing_record()
    if request.GET.get("format") == "json":
        return JsonResponse(record)
    return frame.render_page(request, "tracking/processing.html", {"record": record})

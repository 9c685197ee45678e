"""Page on which learners give or refuse consent to each purpose."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseForbidden
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tracking.dashboards import access, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.privacy import purposes
from tracking.exceptions import ConsentNotAllowed
from tracking.models import Consent
from tracking.privacy import consent as consents
from tracking.privacy import global_privacy_control

ANSWERS = {"yes": consents.grant, "no": consents.refuse, "later": consents.postpone_consent}
LATEST = 20
"""Number of answers listed; the rest are in the download."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required_uncached
def consent(request: HttpRequest) -> HttpResponse:
    """Show each purpose with the learner's answer; a POST answers one: ``purpose``, ``answer=yes|no|later``."""
    if request.method == "POST":
        return _record(request)
    context = {
        "purposes": purposes.purpose_answers(
            request.user.pk, has_opted_out=global_privacy_control.asks_for_privacy(request)
        ),
        "has_opted_out": global_privacy_control.asks_for_privacy(request),
        "given": Consent.objects.filter(learner=request.user.pk).order_by("-given_at", "-pk")[:LATEST],
        "saved": request.GET.get("saved", ""),
    }
    return frame.render_page(request, "tracking/consent.html", context)


def _record(request: HttpRequest) -> HttpResponse:
    purpose = next(
        (each for each in consents.purposes_asked() if each.value == request.POST.get("purpose")), None
    )
    record = ANSWERS.get(request.POST.get("answer", ""))
    if purpose is None or record is None:
        return HttpResponseBadRequest()
    target = access.safe_redirect_path(request, "next")
    try:
        record(request.user.pk, [purpose], source="consent prompt" if target else "consent page")
    except ConsentNotAllowed:
        return HttpResponseForbidden()
    # Another process may have cached the older answer: with this time, the next page does not use it.
    request.session[consents.ANSWERED_AT] = time.time()
    return redirect(target or f"{reverse('tracking:consent')}?saved={purpose.value}")

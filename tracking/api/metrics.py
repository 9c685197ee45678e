"""Operational metrics for Prometheus (text format 0.0.4). The endpoint answers 404 until ``METRICS_TOKEN`` is set."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracking import conf
from tracking.reports.site import metrics
from tracking.reports.site.metrics import METRICS, Sample

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@require_safe
def metrics_view(request: HttpRequest) -> HttpResponse:
    """Return all metrics to a request with the token; answer 404 to any other."""
    token = conf.get_settings().METRICS_TOKEN
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    # Constant-time comparison: with ==, response times would reveal the token one character at a time.
    if not token or not hmac.compare_digest(sent.encode(), token.encode()):
        raise Http404
    response = HttpResponse(
        render_prometheus(metrics.read_metrics(now=timezone.now())), content_type=CONTENT_TYPE
    )
    response["Cache-Control"] = "no-store"
    return response


def render_prometheus(samples: Iterable[Sample]) -> str:
    """Return ``samples`` in the text format, with the help text and type of each metric."""
    samples = list(samples)
    lines = []
    for metric in METRICS:
        name = f"tracking_{metric.name}" + ("_total" if metric.kind == "counter" else "")
        lines += [f"# HELP {name} {metric.meaning}", f"# TYPE {name} {metric.kind}"]
        lines += [f"{name}{_labels(each)} {each.value:.15g}" for each in samples if each.name == metric.name]
    return "\n".join(lines) + "\n"


def _labels(sample: Sample) -> str:
    if not sample.labels:
        return ""
    return "{" + ",".join(f'{name}="{_escape(value)}"' for name, value in sample.labels) + "}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

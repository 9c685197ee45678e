"""The numbers of ``vital_signs`` as Prometheus reads them (text format 0.0.4); off until ``METRICS_TOKEN`` is given."""

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
    """Return every number to whoever has the token; to others there is nothing here."""
    token = conf.get_settings().METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Http404
    answer = HttpResponse(
        render_prometheus(metrics.read_metrics(now=timezone.now())), content_type=CONTENT_TYPE
    )
    answer["Cache-Control"] = "no-store"
    return answer


def render_prometheus(samples: Iterable[Sample]) -> str:
    """Return ``samples`` as text, each with what it means."""
    given = list(samples)
    lines = []
    for measured in METRICS:
        name = f"tracking_{measured.name}" + ("_total" if measured.kind == "counter" else "")
        lines += [f"# HELP {name} {measured.meaning}", f"# TYPE {name} {measured.kind}"]
        lines += [f"{name}{_labels(each)} {each.value:.15g}" for each in given if each.name == measured.name]
    return "\n".join(lines) + "\n"


def _labels(sample: Sample) -> str:
    if not sample.labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

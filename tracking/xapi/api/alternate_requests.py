"""The alternate request syntax (xAPI 1.0.3, Communication 1.3): any request as the form of a POST, headers and all."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

from tracking.xapi.exceptions import StatementRejected

HEADERS = (
    *("Authorization", "X-Experience-API-Version", "Content-Type", "If-Match", "If-None-Match"),
    *("Accept", "Accept-Language"),
)
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
FORM = "application/x-www-form-urlencoded"


def is_alternate_request(request: HttpRequest) -> bool:
    """Return whether the request says that it stands for another."""
    return request.method == "POST" and "method" in request.GET


def decode_alternate_request(request: HttpRequest) -> HttpRequest:
    """Return the request that a form stands for. Raises ``StatementRejected`` where it stands for none."""
    method = request.GET["method"]
    if set(request.GET) != {"method"} or method not in METHODS or request.content_type != FORM:
        raise StatementRejected(f"The alternate request syntax is ?method={'|'.join(METHODS)} and a form.")
    form = QueryDict(request.body, mutable=True)
    meant = HttpRequest()
    meant.META = {**request.META, "CONTENT_TYPE": "application/json"}
    meant.META.pop("HTTP_AUTHORIZATION", None)
    for name in HEADERS:
        if name in form:
            key = name.upper().replace("-", "_")
            meant.META[key if name == "Content-Type" else f"HTTP_{key}"] = form.pop(name)[-1]
    body = form.pop("content", [""])[-1].encode()
    form.pop("Content-Length", None)
    meant.META["CONTENT_LENGTH"] = str(len(body))
    meant.method, meant.path = method, request.path
    meant.GET = form  # type: ignore[assignment]  # No one changes it from here on.
    meant._body = body  # noqa: SLF001  What reading the stream would set.
    meant._set_content_type_params(meant.META)  # type: ignore[attr-defined]  # noqa: SLF001  As WSGIRequest does.
    return meant

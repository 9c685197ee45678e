"""Putting our part into a host's page, only where it is a whole page on its way to a browser."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

MARK = b"data-tracking-"
"""In every part of ours, so that a page that has one, perhaps from a cache, gets no second."""

END = b"</body"

DOCUMENTS = frozenset({"document", "iframe", "frame", "embed", "object"})
"""Values of ``Sec-Fetch-Dest`` under which a browser asks for a page; under any other a script asks for data."""

FRAGMENT_HEADERS = ("HX-Request", "Turbo-Frame", "X-PJAX", "X-Up-Version")


def find_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponse | None:
    """Return ``response`` where it is an uncompressed HTML document that a browser is going to show, else ``None``."""
    if not isinstance(response, HttpResponse) or response.has_header("Content-Encoding"):
        return None
    is_html = response.get("Content-Type", "").lower().startswith("text/html")
    return response if is_html and not _is_for_script(request) else None


def place(response: HttpResponse, html: str) -> bool:
    """Put ``html`` before the end of the body and return whether that was done: not twice, and not without a body."""
    content = response.content
    end = content.lower().rfind(END)
    if end < 0 or MARK in content:
        return False
    response.content = content[:end] + html.encode(response.charset) + content[end:]
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
    # The bytes are no longer those that the host's tag stood for, and they are meant for one learner.
    del response["ETag"]
    patch_vary_headers(response, ["Cookie"])
    return True


def _is_for_script(request: HttpRequest) -> bool:
    destination = request.headers.get("Sec-Fetch-Dest", "document")
    if destination not in DOCUMENTS or request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return True
    return any(name in request.headers for name in FRAGMENT_HEADERS)

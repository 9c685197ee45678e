"""Putting our part into a host's page, only where it is a whole page on its way to a browser."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

MARK = b"data-tracking-"
"""In every part of ours, so that a page that has one, perhaps from a cache, gets no second."""

END = b"</body"

DOCUMENTS = frozenset({"document", "iframe", "frame", "embed", "object"})
"""Values of ``Sec-Fetch-Dest`` under which a browser asks for a page; under any other a script asks for data."""

FRAGMENT_HEADERS = ("HX-Request", "Turbo-Frame", "X-PJAX", "X-Up-Version")

MAX_UNPACKED_BYTES = 2_000_000
"""The longest page that is unpacked, and packed again, for the sake of our part."""


def is_html_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether ``response`` is an HTML document that a browser is going to show, and that can be added to."""
    if not isinstance(response, HttpResponse | StreamingHttpResponse) or _is_for_script(request):
        return False
    is_html = response.get("Content-Type", "").lower().startswith("text/html")
    is_shown = not response.get("Content-Disposition", "").lower().startswith("attachment")
    packing = response.get("Content-Encoding", "").lower()
    # Only what is whole can be unpacked.
    is_readable = not packing or (packing == "gzip" and isinstance(response, HttpResponse))
    return is_html and is_shown and is_readable


def inject_snippet(response: HttpResponseBase, html: str, *, is_placed: Callable[[], bool]) -> bool:
    """Put ``html`` before the end of the body; return whether that was done, or will be once the page has got there.

    Not twice: ``is_placed`` tells, also while a page is streamed, whether the host's template has done it.
    """
    if isinstance(response, StreamingHttpResponse):
        _place_in_stream(response, html.encode(response.charset or "utf-8"), is_placed)
        return True
    return isinstance(response, HttpResponse) and not is_placed() and _place_in_whole(response, html)


def _place_in_whole(response: HttpResponse, html: str) -> bool:
    is_packed = response.has_header("Content-Encoding")
    content = _unpacked(response.content) if is_packed else response.content
    end = content.lower().rfind(END)
    if end < 0 or MARK in content:
        return False
    content = content[:end] + html.encode(response.charset) + content[end:]
    response.content = gzip.compress(content, compresslevel=6, mtime=0) if is_packed else content
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
    _make_personal(response)
    return True


def _unpacked(content: bytes) -> bytes:
    """Return what ``content`` holds; nothing where it is damaged or too long."""
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacking.decompress(content, MAX_UNPACKED_BYTES)
    except zlib.error:
        return b""
    return unpacked if unpacking.eof else b""


def _place_in_stream(response: StreamingHttpResponse, part: bytes, is_placed: Callable[[], bool]) -> None:
    stream = _Stream(part, is_placed)
    if response.is_async:
        chunks = cast("AsyncIterator[bytes]", response.streaming_content)
        response.streaming_content = _later(chunks, stream)
    else:
        response.streaming_content = _now(cast("Iterator[bytes]", response.streaming_content), stream)
    # How long the page is going to be is known only when it is over.
    del response["Content-Length"]
    _make_personal(response)


def _make_personal(response: HttpResponseBase) -> None:
    # The bytes are no longer those that the host's tag stood for, and they are meant for one learner.
    del response["ETag"]
    patch_vary_headers(response, ["Cookie"])


class _Stream:
    """Passes a page through, chunk by chunk, and holds back no more than may be the beginning of the end's mark."""

    def __init__(self, part: bytes, is_placed: Callable[[], bool]) -> None:
        self._part = part
        self._is_placed = is_placed
        self._held = b""

    def passed(self, chunk: bytes) -> bytes:
        """Return what can go out now that ``chunk`` came."""
        if not self._part:
            return chunk
        found = self._held + chunk
        if MARK in found or self._is_placed():
            return self._given_up(found)
        end = found.lower().find(END)
        if end >= 0:
            part, self._part, self._held = self._part, b"", b""
            return found[:end] + part + found[end:]
        keep = _beginning_at_end(found, END, MARK)
        self._held = found[len(found) - keep :]
        return found[: len(found) - keep]

    def rest(self) -> bytes:
        """Return what is held when the page is over."""
        return self._held

    def _given_up(self, found: bytes) -> bytes:
        self._part, self._held = b"", b""
        return found


def _beginning_at_end(content: bytes, *marks: bytes) -> int:
    """Return how many bytes at the end of ``content`` may be the beginning of one of ``marks``."""
    tail = content[-max(map(len, marks)) + 1 :].lower()
    lengths = range(len(tail), 0, -1)
    return next((n for n in lengths if any(mark.startswith(tail[-n:]) for mark in marks)), 0)


def _now(chunks: Iterator[bytes], stream: _Stream) -> Iterator[bytes]:
    for chunk in chunks:
        yield stream.passed(chunk)
    if rest := stream.rest():
        yield rest


async def _later(chunks: AsyncIterator[bytes], stream: _Stream) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield stream.passed(chunk)
    if rest := stream.rest():
        yield rest


def _is_for_script(request: HttpRequest) -> bool:
    destination = request.headers.get("Sec-Fetch-Dest", "document")
    if destination not in DOCUMENTS or request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return True
    return any(name in request.headers for name in FRAGMENT_HEADERS)

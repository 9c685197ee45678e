"""Injects the snippet into a page of the host, if it is a whole HTML page for a browser."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

MARKER = b"data-tracking-"
"""Part of every snippet. A page that contains it, perhaps from a cache, gets no second one."""

END = b"</body"

DOCUMENTS = frozenset({"document", "iframe", "frame", "embed", "object"})
"""Values of ``Sec-Fetch-Dest`` with which a browser requests a page. With any other, it is not a page."""

FRAGMENT_HEADERS = ("HX-Request", "Turbo-Frame", "X-PJAX", "X-Up-Version")

MAX_DECOMPRESSED_BYTES = 2_000_000
"""The longest page that is decompressed to inject the snippet; it also limits the memory that a page can take."""


def is_html_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether ``response`` is an HTML page that a browser will show, and that can be changed."""
    if not isinstance(response, HttpResponse | StreamingHttpResponse) or _is_for_script(request):
        return False
    is_html = response.get("Content-Type", "").lower().startswith("text/html")
    is_shown = not response.get("Content-Disposition", "").lower().startswith("attachment")
    encoding = response.get("Content-Encoding", "").lower()
    # A compressed stream cannot be changed chunk by chunk, so only a whole page is decompressed.
    is_readable = not encoding or (encoding == "gzip" and isinstance(response, HttpResponse))
    return is_html and is_shown and is_readable


def inject_snippet(response: HttpResponseBase, html: str, *, is_placed: Callable[[], bool]) -> bool:
    """Inject ``html`` before the end of the body. Return whether it was injected, or will be during the stream.

    ``is_placed`` returns whether the host's template has already placed it. It is called during the stream too.
    """
    if isinstance(response, StreamingHttpResponse):
        _inject_into_stream(response, html.encode(response.charset or "utf-8"), is_placed)
        return True
    return isinstance(response, HttpResponse) and not is_placed() and _inject_into_page(response, html)


def _inject_into_page(response: HttpResponse, html: str) -> bool:
    is_compressed = response.has_header("Content-Encoding")
    content = _decompressed(response.content) if is_compressed else response.content
    end = content.lower().rfind(END)
    if end < 0 or MARKER in content:
        return False
    content = content[:end] + html.encode(response.charset) + content[end:]
    response.content = gzip.compress(content, compresslevel=6, mtime=0) if is_compressed else content
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
    _make_personal(response)
    return True


def _decompressed(content: bytes) -> bytes:
    """Return ``content`` decompressed; empty if it is damaged or too long."""
    decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        page = decompressor.decompress(content, MAX_DECOMPRESSED_BYTES)
    except zlib.error:
        return b""
    # Without eof, the page is longer than the limit or cut off: leave it as it is.
    return page if decompressor.eof else b""


def _inject_into_stream(
    response: StreamingHttpResponse, snippet: bytes, is_placed: Callable[[], bool]
) -> None:
    stream = _Stream(snippet, is_placed)
    if response.is_async:
        chunks = cast("AsyncIterator[bytes]", response.streaming_content)
        response.streaming_content = _process_async(chunks, stream)
    else:
        response.streaming_content = _process_sync(
            cast("Iterator[bytes]", response.streaming_content), stream
        )
    # The final length is unknown until the stream ends, and a wrong one would cut the page off.
    del response["Content-Length"]
    _make_personal(response)


def _make_personal(response: HttpResponseBase) -> None:
    # The host's ETag describes other bytes, and the page is now for one learner: a shared cache must not serve it to
    # another.
    del response["ETag"]
    patch_vary_headers(response, ["Cookie"])


class _Stream:
    """Passes a page on, chunk by chunk. Buffers only bytes that may be the start of a tag it looks for."""

    def __init__(self, snippet: bytes, is_placed: Callable[[], bool]) -> None:
        self._snippet = snippet
        self._is_placed = is_placed
        self._buffer = b""

    def process(self, chunk: bytes) -> bytes:
        """Return the bytes that can be sent after ``chunk`` has arrived."""
        if not self._snippet:
            return chunk
        found = self._buffer + chunk
        # The page has a snippet already, from the host's template or a cache: inject no second one.
        if MARKER in found or self._is_placed():
            return self._pass_on(found)
        end = found.lower().find(END)
        if end >= 0:
            snippet, self._snippet, self._buffer = self._snippet, b"", b""
            return found[:end] + snippet + found[end:]
        kept_length = _partial_match_length(found, END, MARKER)
        self._buffer = found[len(found) - kept_length :]
        return found[: len(found) - kept_length]

    def rest(self) -> bytes:
        """Return the buffered bytes at the end of the page."""
        return self._buffer

    def _pass_on(self, found: bytes) -> bytes:
        self._snippet, self._buffer = b"", b""
        return found


def _partial_match_length(content: bytes, *patterns: bytes) -> int:
    """Return how many bytes at the end of ``content`` may be the start of one of ``patterns``."""
    tail = content[-max(map(len, patterns)) + 1 :].lower()
    lengths = range(len(tail), 0, -1)
    return next((n for n in lengths if any(pattern.startswith(tail[-n:]) for pattern in patterns)), 0)


def _process_sync(chunks: Iterator[bytes], stream: _Stream) -> Iterator[bytes]:
    for chunk in chunks:
        yield stream.process(chunk)
    if rest := stream.rest():
        yield rest


async def _process_async(chunks: AsyncIterator[bytes], stream: _Stream) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield stream.process(chunk)
    if rest := stream.rest():
        yield rest


def _is_for_script(request: HttpRequest) -> bool:
    destination = request.headers.get("Sec-Fetch-Dest", "document")
    if destination not in DOCUMENTS or request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return True
    return any(name in request.headers for name in FRAGMENT_HEADERS)

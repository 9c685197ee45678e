"""Streaming responses that produce each part while sending, on WSGI and ASGI servers alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import cast

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse


class StreamingAnswer(StreamingHttpResponse):
    """A streaming response that produces each part after the previous one is sent.

    Under ASGI, Django's own response consumes a synchronous iterator first and keeps the whole file in memory.
    """

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.is_async:  # A middleware of the host has replaced the iterator with an asynchronous one.
            async for part in super().__aiter__():
                yield part
            return
        # Use the thread of the request, because it has the database connection. ``close`` also runs there and closes a
        # generator that is not read to its end.
        parts = cast("Iterator[bytes]", self.streaming_content)
        take = sync_to_async(partial(next, parts, None), thread_sensitive=True)
        while (part := await take()) is not None:
            yield part

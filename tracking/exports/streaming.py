"""Files that are made while they are sent, on a WSGI server and on an ASGI server alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import cast

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse


class StreamingAnswer(StreamingHttpResponse):
    """An answer in parts of which each is made when the one before it has gone.

    Django's own answer makes all of them first where an ASGI server asks, and keeps the whole file in memory.
    """

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self.is_async:  # Some middleware of the host has made something else of it.
            async for part in super().__aiter__():
                yield part
            return
        # In the thread of the request, which has its connection to the database. A generator that is not read to its
        # end is closed there too, by ``close``.
        parts = cast("Iterator[bytes]", self.streaming_content)
        take = sync_to_async(partial(next, parts, None), thread_sensitive=True)
        while (part := await take()) is not None:
            yield part

"""Wait for a state instead of for a time: the only place of the tests that sleeps."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")
LOOK_SECONDS = 0.02


def until(look: Callable[[], Found], *, seconds: float, every: float = LOOK_SECONDS) -> Found:
    """Return what ``look`` returns once that is true, or what it returned last if ``seconds`` have passed."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(every)
    return found


async def until_async(
    look: Callable[[], Awaitable[Found]], *, seconds: float, every: float = LOOK_SECONDS
) -> Found:
    """Do what ``until`` does with a ``look`` that is awaited."""
    deadline = time.monotonic() + seconds
    while not (found := await look()) and time.monotonic() < deadline:
        await asyncio.sleep(every)
    return found

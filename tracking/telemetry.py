"""Spans of OpenTelemetry, where the host has it installed; nothing at all where it has not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[None]:
    """Let a piece of work be a span called ``tracking.<name>``, below whatever span the host is in.

    Attributes are counts and names of ours, never anything about a learner. Of an error its kind is told and no more:
    OpenTelemetry would send its message and whatever that quotes.
    """
    tracer = _tracer()
    if tracer is None:
        yield
        return
    given = {f"tracking.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(
        f"tracking.{name}", attributes=given, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except BaseException as error:
            current.set_status(_failed(), type(error).__name__)
            raise


@lru_cache(maxsize=1)
def _tracer() -> Any:
    if find_spec("opentelemetry") is None:
        return None
    return import_module("opentelemetry.trace").get_tracer("tracking")


def _failed() -> Any:
    return import_module("opentelemetry.trace").StatusCode.ERROR

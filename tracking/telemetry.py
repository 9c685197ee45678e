"""OpenTelemetry spans, if the host has OpenTelemetry installed; otherwise nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[None]:
    """Record the block as a span ``tracking.<name>``, below the current span of the host.

    ``attributes`` are our own counts and names, never data about a learner. Of an error, only its type is recorded,
    because its message may quote personal data.
    """
    tracer = _tracer()
    if tracer is None:
        yield
        return
    prefixed = {f"tracking.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(
        f"tracking.{name}", attributes=prefixed, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except BaseException as error:
            current.set_status(_error_status(), type(error).__name__)
            raise


@lru_cache(maxsize=1)
def _tracer() -> Any:
    # Optional: the app must not depend on OpenTelemetry, so import it only if it is installed.
    if find_spec("opentelemetry") is None:
        return None
    return import_module("opentelemetry.trace").get_tracer("tracking")


def _error_status() -> Any:
    return import_module("opentelemetry.trace").StatusCode.ERROR

"""The errors of the learning record store."""

from __future__ import annotations

from tracking.exceptions import TrackingError


class StatementRejected(TrackingError):
    """A batch of xAPI statements cannot be taken in; ``status`` is the HTTP status that says why."""

    def __init__(self, detail: str, *, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status


class DocumentRejected(TrackingError):
    """A document cannot be kept so; ``status`` is the HTTP status that says why."""

    def __init__(self, detail: str, *, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status

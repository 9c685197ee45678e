"""All errors that ``tracking`` raises on purpose, with one base class."""


class TrackingError(Exception):
    """The base of all errors raised by ``tracking``; catch it to catch them all."""


class AdapterError(TrackingError):
    """The host's adapter is missing, cannot be imported, or names something that the host does not have."""


class ConsentNotAllowed(TrackingError):
    """The host does not let this learner agree to a purpose, for example because of age."""


class UnknownEventKind(TrackingError):
    """The kind of an event is not registered."""


class OutOfRange(TrackingError):
    """A value lies outside the range that its door accepts; nothing was stored."""


class InvalidSpan(TrackingError):
    """A span of time ends before it starts."""


class InvalidBatch(TrackingError):
    """A batch of events cannot be read at all, and none of it was stored.

    ``code`` is stable and meant for programs; ``status`` is the matching HTTP status.
    """

    def __init__(self, code: str, *, status: int, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.status = status
        self.detail = detail


class ImportFailed(TrackingError):
    """An event log cannot be imported at all: the file, the format or a column does not exist."""


class RowRejected(TrackingError):
    """One row of an event log cannot be imported, but the others can. ``code`` is stable and meant for programs."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class ActionNotAllowed(TrackingError):
    """An action on a finding or a learner is not possible; nothing was written."""


class JobFailed(TrackingError):
    """A job failed. The text names the error and where it occurred, but no data that it was about."""

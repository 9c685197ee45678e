"""Every error that ``tracking`` raises on purpose, under one base."""


class TrackingError(Exception):
    """The base of all errors raised by ``tracking``; catch it to catch them all."""


class AdapterError(TrackingError):
    """The host's adapter is missing, cannot be imported, or names something that the host does not have."""


class ConsentNotAllowed(TrackingError):
    """A learner was to agree to something that the host lets nobody agree to who is like them: too young, say."""


class UnknownEventKind(TrackingError):
    """An event names a kind that nobody registered."""


class InvalidSpan(TrackingError):
    """A span of time ends before it starts."""


class InvalidBatch(TrackingError):
    """A batch of events cannot be read at all; nothing of it was stored.

    ``code`` is stable and meant for programs, ``status`` is the HTTP status that says the same.
    """

    def __init__(self, code: str, *, status: int, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.status = status
        self.detail = detail


class ImportFailed(TrackingError):
    """An event log cannot be imported as a whole: no such file, no such format, no such column."""


class RowRejected(TrackingError):
    """One row of an event log cannot be imported; the others are. ``code`` is stable and meant for programs."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class ActionNotAllowed(TrackingError):
    """What somebody asked to do about a finding or a learner cannot be done; nothing was written."""


class JobFailed(TrackingError):
    """A job failed: says with which error and where, and nothing that the error was about."""

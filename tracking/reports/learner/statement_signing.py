"""The code of a time statement: a signature by which the site can verify later that a copy is its own.

A code names the learner, the period, the totals and the SHA-256 of the table, signed with the site's key
(HMAC-SHA256). Verifying it needs no database: a code is valid even after the events, or the learner, have been erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from django.core import signing
from django.utils import timezone

from tracking.reports.learner.time_statement import TimeStatement

SALT = "tracking.reports.learner.statement_signing"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCode:
    """The content of a code."""

    name: str
    first: date
    last: date
    issued_at: datetime
    active_seconds: int
    estimated_seconds: int
    reported_later_seconds: int
    digest: str
    """SHA-256 of the table's bytes, in hex."""

    def is_of(self, table: bytes) -> bool:
        """Return whether ``table`` is the one that was certified."""
        return table_digest(table) == self.digest


def table_digest(table: bytes) -> str:
    """Return the SHA-256 of a table in hex."""
    return sha256(table).hexdigest()


def sign_statement(statement: TimeStatement, table: bytes, *, name: str, now: datetime) -> str:
    """Return the code for ``statement``, whose table of views is ``table``, issued ``now`` about ``name``."""
    return signing.dumps(
        [
            name,
            statement.first.isoformat(),
            statement.last.isoformat(),
            int(now.timestamp()),
            statement.total.active,
            statement.total.estimated,
            table_digest(table),
            statement.total.reported_later,
        ],
        salt=SALT,
        compress=True,
    )


def verify_code(code: str) -> VerifiedCode | None:
    """Return the content of ``code``, or ``None`` if this site has not signed it."""
    try:
        name, first, last, issued, active, estimated, digest, *later = signing.loads(
            "".join(code.split()), salt=SALT
        )
    except (signing.BadSignature, ValueError):
        return None
    return VerifiedCode(
        name=name,
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
        issued_at=timezone.localtime(datetime.fromtimestamp(issued, tz=UTC)),
        active_seconds=active,
        estimated_seconds=estimated,
        # A code of release 0.1.0 ends with the digest.
        reported_later_seconds=later[0] if later else 0,
        digest=digest,
    )

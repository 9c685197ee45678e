"""Contents that come with statements, and signatures among them (xAPI 1.0.3, Data 2.4.11 and 2.6)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tracking.xapi.exceptions import StatementRejected
from tracking.xapi.models import XapiAttachment, XapiStatement

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
ALGORITHMS = ("RS256", "RS384", "RS512")
HASHES: Mapping[int, str] = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
"""By how many letters a hash has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentContent:
    """One content as it came."""

    content: bytes
    content_type: str


def require_attachments(statements: Sequence[Any], attached: Mapping[str, AttachmentContent]) -> None:
    """Raise ``StatementRejected`` unless every content that is named is there, or at an address, and no other."""
    declared = [(statement, each) for statement in statements for each in statement.get("attachments", ())]
    named = {each["sha2"].lower() for _, each in declared}
    for sha2, given in attached.items():
        if sha2 not in named:
            raise StatementRejected(f"No statement names the attachment {sha2}.")
        if hashlib.new(HASHES[len(sha2)], given.content).hexdigest() != sha2:
            raise StatementRejected(f"The attachment {sha2} does not match its hash.")
    for statement, each in declared:
        sha2 = each["sha2"].lower()
        if sha2 not in attached and "fileUrl" not in each:
            raise StatementRejected(f"The attachment {sha2} is missing.")
        if each["usageType"] == SIGNATURE:
            _require_signature(statement, each, attached.get(sha2))


def store_attachments(rows: Iterable[XapiStatement], attached: Mapping[str, AttachmentContent]) -> None:
    """Store the contents of new statements."""
    XapiAttachment.objects.bulk_create(
        XapiAttachment(
            statement=row, sha2=sha2, content_type=attached[sha2].content_type, content=attached[sha2].content
        )
        for row in rows
        for sha2 in sorted({each["sha2"].lower() for each in row.statement.get("attachments", ())})
        if sha2 in attached
    )


def _require_signature(statement: Any, declared: Any, given: AttachmentContent | None) -> None:
    """Check the form of a signature. Whose key made it cannot be verified here."""
    if given is None or declared["contentType"] != "application/octet-stream":
        raise StatementRejected("Send a signature with its statement, as application/octet-stream.")
    try:
        head, payload, _ = given.content.decode("ascii").split(".")
        algorithm = msgspec.json.decode(_decoded(head))["alg"]
        signed = msgspec.json.decode(_decoded(payload))
    except (ValueError, KeyError, TypeError, binascii.Error, msgspec.DecodeError) as error:
        raise StatementRejected("The signature is not a JWS of a statement.") from error
    if algorithm not in ALGORITHMS:
        raise StatementRejected(f"A signature must use {', '.join(ALGORITHMS)}, not {algorithm!r}.")
    if not isinstance(signed, dict) or _bare(signed) != _bare(statement):
        raise StatementRejected("The signature belongs to another statement.")


def _bare(statement: dict[str, Any]) -> dict[str, Any]:
    """Return what was there to be signed: before the signature, and before the store added what it knows."""
    added = ("attachments", "stored", "authority", "version", "id", "timestamp")
    return {name: value for name, value in statement.items() if name not in added}


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

"""``multipart/mixed`` (xAPI 1.0.3, Communication 1.5.2): statements first, then the contents that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from tracking.xapi.exceptions import StatementRejected
from tracking.xapi.models import XapiAttachment
from tracking.xapi.statements import shapes
from tracking.xapi.statements.attachments import AttachmentContent

MIXED = "multipart/mixed"
JSON = "application/json"
BOUNDARY = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{1,70}")


def split_multipart(request: HttpRequest) -> tuple[bytes, dict[str, AttachmentContent]]:
    """Return the statements of a request, and their attachments by hash."""
    boundary = (request.content_params or {}).get("boundary", "").encode()
    if not BOUNDARY.fullmatch(boundary):
        raise StatementRejected("multipart/mixed needs a boundary.")
    first, *others = _split(request.body, boundary)
    headers, statements = first
    if headers.get("content-type", "").partition(";")[0].strip() != JSON:
        raise StatementRejected("The first part must hold the statements, as application/json.")
    attached = {}
    for headers, content in others:
        sha2 = headers.get("x-experience-api-hash", "").lower()
        if not shapes.SHA2.fullmatch(sha2):
            raise StatementRejected("Each further part needs an X-Experience-API-Hash.")
        if headers.get("content-transfer-encoding", "").lower() != "binary":
            raise StatementRejected("Each further part needs the Content-Transfer-Encoding binary.")
        kind = headers.get("content-type", "application/octet-stream")[:100]
        attached[sha2] = AttachmentContent(content=content, content_type=kind)
    return statements, attached


def multipart_response(body: bytes, attached: Mapping[str, XapiAttachment]) -> HttpResponse:
    """Return statements that are JSON already with the contents that they name, by hash."""
    boundary = uuid4().hex
    lines = [f"--{boundary}\r\nContent-Type: {JSON}\r\n\r\n".encode(), body]
    for sha2, each in attached.items():
        lines.append(
            f"\r\n--{boundary}\r\nContent-Type: {each.content_type}\r\nContent-Transfer-Encoding: binary\r\n"
            f"X-Experience-API-Hash: {sha2}\r\n\r\n".encode()
        )
        lines.append(bytes(each.content))
    lines.append(f"\r\n--{boundary}--\r\n".encode())
    return HttpResponse(b"".join(lines), content_type=f"{MIXED}; boundary={boundary}")


def _split(body: bytes, boundary: bytes) -> list[tuple[dict[str, str], bytes]]:
    """Return the parts of a body, each with its headers in small letters."""
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise StatementRejected("The parts are not separated by the boundary.")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> tuple[dict[str, str], bytes]:
    head, found, content = piece.partition(b"\r\n\r\n")
    if not found or not head.startswith(b"\r\n"):
        raise StatementRejected("A part must have headers, an empty line and content.")
    return dict(_headers(head)), content


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip():
            # Sent back in a header later on, so nothing may end one.
            yield name.strip().lower(), re.sub(r"[^\x20-\x7e]", "", value).strip()

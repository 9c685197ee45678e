"""Documents that content keeps: where a learner left off, and profiles of activities and agents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from tracking import events
from tracking.events import LearnerId
from tracking.privacy import consent
from tracking.xapi.exceptions import DocumentRejected
from tracking.xapi.models import DocumentKind, XapiDocument

JSON = "application/json"
MAX_DOCUMENT_BYTES = 1024 * 1024
"""Bytes of one document."""
MAX_DOCUMENTS = 1000
"""The maximum number of documents of one learner: more than a whole course needs, and too few to fill a disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAddress:
    """Where documents of one kind are stored; each is identified by its name."""

    kind: DocumentKind
    activity: str = ""
    agent_key: str = ""
    registration: str = ""
    learner_id: LearnerId = None
    course_key: str = ""
    """The course of the activity; empty if none is known. It is not part of the identity."""

    def fingerprint(self, name: str) -> str:
        """Return what stands for the place and a name in it."""
        parts = (self.kind, self.activity, self.agent_key, self.registration, name)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentContent:
    """What a document holds."""

    body: bytes
    content_type: str


def find_document(place: DocumentAddress, name: str) -> XapiDocument | None:
    """Return the document called ``name``."""
    return XapiDocument.objects.filter(fingerprint=place.fingerprint(name)).first()


def list_document_names(place: DocumentAddress, *, since: datetime | None) -> list[str]:
    """Return the names of the documents at a place, of those stored after ``since`` where it is given."""
    return list(_stored_since(place, since).order_by("name").values_list("name", flat=True))


def document_etag(document: XapiDocument) -> str:
    """Return what changes whenever the content does."""
    return f'"{hashlib.sha1(bytes(document.content), usedforsecurity=False).hexdigest()}"'


def parse_etags(header: str) -> set[str]:
    """Return the ETags that a header lists; ``*`` stands for any."""
    return {each.strip().removeprefix("W/") for each in header.split(",") if each.strip()}


@transaction.atomic
def store_document(
    place: DocumentAddress,
    name: str,
    given: DocumentContent,
    *,
    merges: bool,
    conditions: Mapping[str, str],
    now: datetime,
) -> None:
    """Keep ``given``; with ``merges`` the properties of a JSON object join those of the one that is there.

    Raises ``DocumentRejected`` where ``conditions`` (``If-Match``, ``If-None-Match``) do not hold, and where the
    learner lets neither the course record nor how they work be kept.
    """
    if not _is_permitted(place):
        raise DocumentRejected("The learner has not agreed to this being stored.", status=403)
    if len(given.body) > MAX_DOCUMENT_BYTES:
        raise DocumentRejected(f"A document may have at most {MAX_DOCUMENT_BYTES} bytes.", status=413)
    known = XapiDocument.objects.select_for_update().filter(fingerprint=place.fingerprint(name)).first()
    if known is None and _is_full(place):
        raise DocumentRejected(f"A learner may have at most {MAX_DOCUMENTS} documents.", status=413)
    _require(known, conditions, is_plain_put=not merges and place.kind is not DocumentKind.STATE)
    body = _merged(known, given) if merges else given.body
    if len(body) > MAX_DOCUMENT_BYTES:
        raise DocumentRejected(f"A document may have at most {MAX_DOCUMENT_BYTES} bytes.", status=413)
    XapiDocument.objects.update_or_create(
        fingerprint=place.fingerprint(name),
        defaults={
            "kind": place.kind,
            "activity": place.activity,
            "agent_key": place.agent_key,
            "registration": place.registration,
            "name": name,
            "learner_id": place.learner_id,
            "course_key": place.course_key,
            "content_type": given.content_type[:100],
            "content": body,
            "stored_at": now,
        },
    )


@transaction.atomic
def delete_documents(
    place: DocumentAddress, name: str, *, conditions: Mapping[str, str], since: datetime | None = None
) -> None:
    """Delete the document called ``name``, or with an empty one all at the place, or those stored ``since``."""
    if not name:
        _stored_since(place, since).delete()
        return
    known = XapiDocument.objects.select_for_update().filter(fingerprint=place.fingerprint(name)).first()
    _require(known, conditions, is_plain_put=False)
    if known is not None:
        known.delete()


def _is_permitted(place: DocumentAddress) -> bool:
    return place.learner_id is None or any(
        consent.covers(place.learner_id, purpose, course_key=place.course_key)
        for purpose in events.PURPOSES_WITH_ROLLUPS
    )


def _stored_since(place: DocumentAddress, since: datetime | None) -> Any:
    return _at(place) if since is None else _at(place).filter(stored_at__gt=since)


def _is_full(place: DocumentAddress) -> bool:
    mine = XapiDocument.objects.filter(learner_id=place.learner_id)
    return place.learner_id is not None and mine.count() >= MAX_DOCUMENTS


def _at(place: DocumentAddress) -> Any:
    given = {"kind": place.kind, "activity": place.activity, "agent_key": place.agent_key}
    rows = XapiDocument.objects.filter(**given)
    return rows.filter(registration=place.registration) if place.registration else rows


def _require(known: XapiDocument | None, conditions: Mapping[str, str], *, is_plain_put: bool) -> None:
    match, none_match = (parse_etags(conditions.get(name, "")) for name in ("If-Match", "If-None-Match"))
    there = {document_etag(known), "*"} if known is not None else set()
    if (match and not match & there) or none_match & there:
        raise DocumentRejected("The document does not meet the condition. Read it again.", status=412)
    if is_plain_put and known is not None and not match and not none_match:
        raise DocumentRejected(
            "The document already exists. Name the version you replace in If-Match.", status=409
        )


def _merged(known: XapiDocument | None, given: DocumentContent) -> bytes:
    added = _object(given)
    if known is None:
        return given.body
    before = _object(DocumentContent(body=bytes(known.content), content_type=known.content_type))
    if added is None or before is None:
        raise DocumentRejected("Only JSON objects can be merged. Use PUT instead.")
    return msgspec.json.encode({**before, **added})


def _object(given: DocumentContent) -> dict[str, Any] | None:
    if given.content_type.partition(";")[0].strip().lower() != JSON:
        return None
    try:
        found = msgspec.json.decode(given.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentRejected("The content is not JSON.") from error
    return found if isinstance(found, dict) else None

"""Errors as problem details (RFC 9457): one shape for all of them, with a code that programs can go by."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.exceptions import PermissionDenied as NotPermitted
from rest_framework.response import Response
from rest_framework.views import set_rollback

from tracking.exceptions import ActionNotAllowed

MEDIA_TYPE = "application/problem+json"


class Conflict(APIException):
    """What was asked for does not go with what is."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class FaultSerializer(serializers.Serializer[Any]):
    """What is wrong with one field of what was sent; ``field`` is a path with dots."""

    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details, RFC 9457. ``code`` is stable and meant for programs."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FaultSerializer(many=True, required=False)  # type: ignore[assignment]  # A field, as RFC 9457 names it.


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer to ``error``; ``None`` where it is a fault of ours, which is Django's to report."""
    known = _known(error)
    if known is None:
        return None
    set_rollback()
    headers = {}
    if getattr(known, "auth_header", None):
        headers["WWW-Authenticate"] = known.auth_header
    if getattr(known, "wait", None):
        headers["Retry-After"] = str(int(known.wait) + 1)
    return Response(
        problem_details(known),
        status=known.status_code,
        headers=headers,
        content_type=f"{MEDIA_TYPE}; charset=utf-8",
    )


def problem_details(error: APIException) -> dict[str, Any]:
    """Return ``error`` as problem details."""
    faults = list(_faults(error.detail)) if isinstance(error, ValidationError) else []
    codes = error.get_codes()
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(error.status_code).phrase,
        "status": int(error.status_code),
        "code": codes if isinstance(codes, str) else "invalid",
        "detail": "The request is not valid. See errors." if faults else str(error.detail),
    }
    return problem | ({"errors": faults} if faults else {})


def _known(error: Exception) -> Any:
    if isinstance(error, Http404):
        # What it was raised with may name what is nobody else's business.
        return NotFound()
    if isinstance(error, PermissionDenied):
        return NotPermitted()
    if isinstance(error, ActionNotAllowed):
        return Conflict(str(error))
    return error if isinstance(error, APIException) else None


def _faults(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for name, part in detail.items():
            yield from _faults(part, _joined(field, "" if name == "non_field_errors" else str(name)))
    elif isinstance(detail, list):
        for number, part in enumerate(detail):
            yield from _faults(part, _joined(field, str(number)) if isinstance(part, dict) else field)
    else:
        yield {"field": field, "code": str(getattr(detail, "code", "invalid")), "detail": str(detail)}


def _joined(field: str, name: str) -> str:
    return ".".join(part for part in (field, name) if part)

"""Errors as problem details (RFC 9457): one shape for all of them, with a stable code for programs."""

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
    """The request conflicts with the current state."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class FaultSerializer(serializers.Serializer[Any]):
    """One invalid field of the request; ``field`` is a dotted path."""

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
    errors = FaultSerializer(many=True, required=False)  # type: ignore[assignment]  # RFC 9457 names this field so.


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response for ``error``, or ``None`` for an unexpected exception, which Django reports as a 500."""
    api_error = _api_error(error)
    if api_error is None:
        return None
    set_rollback()
    headers = {}
    if getattr(api_error, "auth_header", None):
        headers["WWW-Authenticate"] = api_error.auth_header
    if getattr(api_error, "wait", None):
        headers["Retry-After"] = str(int(api_error.wait) + 1)
    return Response(
        problem_details(api_error),
        status=api_error.status_code,
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


def _api_error(error: Exception) -> Any:
    if isinstance(error, Http404):
        # Omit the message: it may name a course or learner that this user must not learn about.
        return NotFound()
    if isinstance(error, PermissionDenied):
        return NotPermitted()
    if isinstance(error, ActionNotAllowed):
        return Conflict(str(error))
    return error if isinstance(error, APIException) else None


def _faults(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for name, part in detail.items():
            yield from _faults(part, _join(field, "" if name == "non_field_errors" else str(name)))
    elif isinstance(detail, list):
        for number, part in enumerate(detail):
            yield from _faults(part, _join(field, str(number)) if isinstance(part, dict) else field)
    else:
        yield {"field": field, "code": str(getattr(detail, "code", "invalid")), "detail": str(detail)}


def _join(field: str, name: str) -> str:
    return ".".join(part for part in (field, name) if part)

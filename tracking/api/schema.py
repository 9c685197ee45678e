"""OpenAPI 3.1 description of this API, independent of the host's own API and its settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.schemas.generators import BaseSchemaGenerator

from tracking.api import problems
from tracking.hooks.login import require_login

ERRORS: Mapping[str, str] = {
    "400": "The request is not valid. See errors.",
    "401": "Not logged in.",
    "403": "Not logged in, or the request does not come from this site.",
    "404": "Not found, or not visible to this user.",
    "429": "Too many requests in this minute. Retry after `Retry-After` seconds.",
}
WRITE_ERRORS: Mapping[str, str] = {
    "409": "The request conflicts with the current state.",
    "415": "The body is not JSON.",
}


class Schema(AutoSchema):
    """Describe a resource, including the errors that any resource can return."""

    def get_operation_id(self) -> str:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(self.view).__name__.removesuffix("View")).lower()
        return f"{self.method.lower()}_{name}"

    def get_tags(self) -> list[str]:
        return [str(getattr(self.view, "tag", type(self.view).__module__.rpartition(".")[2]))]

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> Any:
        bodies = super()._get_response_bodies(*args, **kwargs)
        errors = {**ERRORS, **({} if self.method in ("GET", "HEAD") else WRITE_ERRORS)}
        for status, description in errors.items():
            response = OpenApiResponse(problems.ProblemSerializer, description)
            body = self._get_response_for_code(  # type: ignore[no-untyped-call]  # drf-spectacular is untyped.
                response, status, media_types=[problems.MEDIA_TYPE]
            )
            bodies.setdefault(status, body)
        if self.method == "GET":
            bodies.setdefault(
                "304", {"description": "Nothing has changed since the `ETag` in `If-None-Match`."}
            )
        return bodies


class Endpoints(EndpointEnumerator):
    """Find the endpoints of ``tracking`` alone.

    Their ``schema`` is ``None``, so that the host's own description neither contains them nor changes because of them.
    """

    def should_include_endpoint(self, path: str, callback: Any) -> bool:
        return bool(getattr(getattr(callback, "cls", None), "is_described", False))


class Generator(SchemaGenerator):
    """Generate this description whatever schema class the host's REST framework settings name."""

    endpoint_inspector_cls = Endpoints

    def create_view(self, callback: Any, method: str, request: Any = None) -> Any:
        view = BaseSchemaGenerator.create_view(self, callback, method)
        view.swagger_fake_view = True
        given = getattr(getattr(view, method.lower()), "kwargs", {}).get("schema")
        view.schema = _described_by(given)() if given else Schema()
        view.schema.view = view
        return view


def _described_by(given: type) -> type:
    """Return a class like ``given``, by which a view describes itself, with ours before the host's schema class."""
    inherited = given.__mro__[1:]
    ours = (each for each in Schema.__mro__ if each not in inherited)
    return type("DescribedSchema", (given, *ours, *inherited), {})


def prefix_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Put ``Tracking`` before the name of each component: a client may read the host's description, too."""
    schemas = result["components"]["schemas"]
    result["components"]["schemas"] = {f"Tracking{name}": each for name, each in schemas.items()}
    _prefix_references(result)
    return result


def _prefix_references(value: Any) -> None:
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        if key == "$ref":
            value[key] = each.replace("#/components/schemas/", "#/components/schemas/Tracking")
        elif isinstance(each, dict | list):
            _prefix_references(each)


SETTINGS: Mapping[str, Any] = {
    "TITLE": "tracking",
    "DESCRIPTION": "What learners did, what follows from it, and what to do next. See docs/api.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "PREPROCESSING_HOOKS": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tracking.api.schema.prefix_components",
    ],
    "ENUM_NAME_OVERRIDES": {
        "ActionKindEnum": "tracking.models.ActionKind",
        "TimelineStepKindEnum": "tracking.reports.learner.visit_timeline.StepKind",
        "UnitKindEnum": "tracking.events.UnitKind",
    },
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
}


class SchemaView(SpectacularAPIView):
    """The OpenAPI description as YAML, or as JSON with ``?format=json``."""

    permission_classes = (IsAuthenticated,)
    custom_settings = dict(SETTINGS)
    generator_class = Generator
    schema = None


@never_cache
@require_login
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show the description as a page on which requests can be tried."""
    return render(request, "tracking/api_docs.html")

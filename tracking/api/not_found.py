"""Answer to unknown URLs of the API, so that all errors have one shape."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from tracking.api.resource import TrackingView


class NotFoundView(TrackingView):
    """No resource exists at this URL."""

    permission_classes = (AllowAny,)
    is_described = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound

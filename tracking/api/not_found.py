"""What every address of the API that is none is answered with, so that errors have one shape."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from tracking.api.resource import TrackingView


class NotFoundView(TrackingView):
    """There is nothing at this address."""

    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound

"""Rate limit of the API."""

from __future__ import annotations

from hashlib import sha256

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from tracking import conf


class RequestsPerMinute(SimpleRateThrottle):
    """Allow ``API_REQUESTS_PER_MINUTE`` for each user, and for each IP address without a login."""

    scope = "tracking"

    def get_rate(self) -> str:
        return f"{conf.get_settings().API_REQUESTS_PER_MINUTE}/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        # An IP address is personal data: only its hash is stored, for a minute.
        client = str(request.user.pk) if request.user.is_authenticated else self.get_ident(request) or ""
        return f"tracking:requests:{sha256(client.encode()).hexdigest()}"

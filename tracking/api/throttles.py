"""How often somebody may ask."""

from __future__ import annotations

from hashlib import sha256

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from tracking import conf


class RequestsPerMinute(SimpleRateThrottle):
    """``API_REQUESTS_PER_MINUTE`` of each user, and of each address that nobody is logged in at."""

    scope = "tracking"

    def get_rate(self) -> str:
        return f"{conf.get_settings().API_REQUESTS_PER_MINUTE}/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        # An address is never stored: only what cannot be turned back into it, for a minute.
        who = str(request.user.pk) if request.user.is_authenticated else self.get_ident(request) or ""
        return f"tracking:asked:{sha256(who.encode()).hexdigest()}"

"""Global Privacy Control: a no that the browser sends with every request, in effect until the learner says yes.

https://www.w3.org/TR/gpc/
"""

from __future__ import annotations

from django.http import HttpRequest


def asks_for_privacy(request: HttpRequest) -> bool:
    """Return whether the browser of ``request`` asks not to be recorded."""
    return request.headers.get("Sec-GPC") == "1"

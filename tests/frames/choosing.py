"""Which frame a request is answered in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

COOKIE = "frame"
USUAL = "base.html"
# Bootstrap and Pico draw their controls with pictures that are in their styles, so a host that uses one allows these.
POLICY = "default-src 'self'; img-src 'self' data:"


def frame(request: HttpRequest) -> dict[str, str]:
    """Give ``frames/chosen.html`` the template that it extends."""
    return {"chosen_frame": request.COOKIES.get(COOKIE, USUAL)}


def policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in a framework's frame with the policy that it needs."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.COOKIES.get(COOKIE, USUAL).startswith("frames/"):
            response["Content-Security-Policy"] = POLICY
        return response

    return answer

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template import engines

from tests.hosts.evening_school.models import Evening, HandIn, Paper, Person

PAGE = "<!doctype html><html><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1></body></html>"
LOCKED = "This evening is not open yet"


def act_as_another(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Let teachers see the school as somebody else, whose key is in their session."""

    def answer(request: HttpRequest) -> HttpResponse:
        if other := request.session.get("acting_as"):
            request.user = Person.objects.get(pk=other)
        return get_response(request)

    return answer


@login_required
def evening(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = get_object_or_404(Evening, course__code=code, number=number)
    return _page(LOCKED if found.is_locked else found.topic)


@login_required
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Paper, pk=pk)
    if request.method == "POST":
        HandIn.objects.create(paper=found, author=request.user)
        return redirect("paper", pk=pk)
    return _page(found.question)


def _page(title: str) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(PAGE).render({"title": title}))

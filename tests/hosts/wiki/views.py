import itertools

from django.http import Http404, HttpRequest, HttpResponse

from tests.hosts.wiki.contents import MOVED, PAGES

served = itertools.count()


def page(request: HttpRequest, address: str) -> HttpResponse:
    address = MOVED.get(address.strip("/"), address.strip("/"))
    if address not in PAGES:
        raise Http404
    body = f"<html><body><h1>{PAGES[address]}</h1>{next(served)}</body></html>"
    return HttpResponse(body, headers={"X-Page": address})

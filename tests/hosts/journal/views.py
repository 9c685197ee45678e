from collections.abc import AsyncIterator

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.cache import cache_page

from tests.hosts.journal.models import Article

PAGE = "<!doctype html><html><body><p>{}</p></body></html>"


async def article(request: HttpRequest, year: int, number: int, slug: str) -> HttpResponse:
    return HttpResponse(PAGE.format(await _text(year, number, slug)))


async def article_streamed(request: HttpRequest, year: int, number: int, slug: str) -> StreamingHttpResponse:
    text = await _text(year, number, slug)

    async def parts() -> AsyncIterator[str]:
        for part in PAGE.format(text).split(" "):
            yield part + " "

    return StreamingHttpResponse(parts())


@cache_page(600)
def article_cached(request: HttpRequest, year: int, number: int, slug: str) -> HttpResponse:
    return HttpResponse(PAGE.format(Article.objects.get(slug=slug).text))


async def _text(year: int, number: int, slug: str) -> str:
    found = await Article.objects.filter(issue__volume__year=year, issue__number=number, slug=slug).afirst()
    if found is None:
        raise Http404
    return found.text

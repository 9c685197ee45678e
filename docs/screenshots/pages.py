"""Find every page of ``tracking.dashboards.urls`` by following links, as a reader would.

So a new page is in the pictures without being listed, and a page that no link leads to is a fault.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

LEARNER, INSTRUCTOR = "lena", "ines"
COURSE = "how-the-web-works"
START = {LEARNER: "/learning/me/", INSTRUCTOR: "/learning/classes/"}

NOT_PAGES: Mapping[str, str] = {
    "start": "redirects to my courses",
    "my_actions": "a form posts to it",
    "class_actions": "a form posts to it",
    "my_findings_seen": "findings_seen.js posts to it",
    "class_findings_seen": "findings_seen.js posts to it",
    "my_data_version": "a few bytes for data_version.js",
    "class_data_version": "a few bytes for data_version.js",
    "class_learner_data_version": "a few bytes for data_version.js",
    "request_download": "a form posts to it",
    "download_file": "a file",
    "respond_to_finding": "a form posts to it",
}
SEVERAL: Mapping[str, tuple[str, ...]] = {
    "class_lesson": ("lesson~3A", "quiz~3A"),
    "data_records": ("page_views", "attempts", "findings", "access_log"),
}
"""Pages that differ by their subject: one picture for each of these parts of the URL."""

MAX_OPENED = 6
"""The most pages of one kind that are opened for their links: not every learner has an attempt to link to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page, and the person who sees it."""

    name: str
    person: str
    path: str
    is_ours: bool = True
    """Whether the page belongs to ``tracking``, not to the platform around it."""


OF_THE_PLATFORM = (
    Picture(name="lms-home", person=LEARNER, path="/", is_ours=False),
    Picture(name="lms-course", person=LEARNER, path=f"/courses/{COURSE}/", is_ours=False),
    Picture(name="lms-teaching", person=INSTRUCTOR, path="/teaching/", is_ours=False),
    Picture(name="lms-classes", person=INSTRUCTOR, path=f"/courses/{COURSE}/classes/", is_ours=False),
)
WITH_A_QUERY = (
    Picture(
        name="class-filtered",
        person=INSTRUCTOR,
        path=f"/learning/classes/{COURSE}/?status=check_in&sort=-time",
    ),
    Picture(name="class-no-match", person=INSTRUCTOR, path=f"/learning/classes/{COURSE}/?q=nobody"),
    Picture(name="statement-year", person=LEARNER, path="/learning/time/?first=2020-01-01&last=2029-12-31"),
    Picture(name="statement-unknown", person=LEARNER, path="/learning/time/verify/?code=none"),
)


def url_names() -> set[str]:
    """Return the name of every URL pattern in ``tracking.dashboards.urls``."""
    import_module("tracking.urls")  # Registers the converters in the URLs of the pages.
    urls = import_module("tracking.dashboards.urls")
    return {each.name for each in urls.urlpatterns if each.name}


def page_names() -> set[str]:
    """Return the name of every URL pattern that is a page."""
    return url_names() - set(NOT_PAGES)


def expected_pictures() -> set[str]:
    """Return the name of every picture that a link must lead to."""
    return {_named(name, part) for name in page_names() for part in SEVERAL.get(name, ("",))}


def find_pages(links_of: Callable[[str, str], Iterable[str]]) -> Iterator[Picture]:
    """Follow links until every page is found, and yield each once.

    ``links_of`` opens a path as a person and returns its links.
    """
    missing, opened = expected_pictures(), Counter[str]()
    for person, start in START.items():
        ahead, seen = deque([start]), {start}
        while ahead and missing:
            path = ahead.popleft()
            name = _picture_of(path)
            if name is None or opened[name] == MAX_OPENED or not _is_for(person, path):
                continue
            opened[name] += 1
            if name in missing:
                missing.discard(name)
                yield Picture(name=name, person=person, path=path)
            links = [urlsplit(urljoin(path, link)).path for link in links_of(person, path)]
            ahead.extend(link for link in dict.fromkeys(links) if link not in seen)
            seen.update(links)


def _is_for(person: str, path: str) -> bool:
    return path.startswith("/learning/classes/") == (person == INSTRUCTOR)


def _picture_of(path: str) -> str | None:
    try:
        found = resolve(path)
    except Resolver404:
        return None
    if found.namespaces != ["tracking"] or found.url_name not in page_names():
        return None
    parts = SEVERAL.get(found.url_name, ("",))
    return next((_named(found.url_name, part) for part in parts if part in path), None)


def _named(route: str, part: str) -> str:
    return f"{route}-{part.partition('~')[0]}" if part else route

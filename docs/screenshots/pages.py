"""Which pages there are: every address of ``tracking.dashboards.urls``, found by following links as a reader would.

So a page that is new is in the pictures without being listed, and one that no link leads to is a fault.
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
    "start": "leads on to my courses",
    "my_actions": "takes an answer",
    "class_actions": "takes an action",
    "my_findings_seen": "takes what was in view",
    "class_findings_seen": "takes what was in view",
    "my_data_version": "a few bytes for live.js",
    "class_data_version": "a few bytes for live.js",
    "class_learner_data_version": "a few bytes for live.js",
    "request_download": "takes a wish",
    "download_file": "a file",
    "respond_to_finding": "takes an answer",
}
SEVERAL: Mapping[str, tuple[str, ...]] = {
    "class_lesson": ("lesson~3A", "quiz~3A"),
    "data_records": ("views", "attempts", "findings", "looks"),
}
"""Pages that look different by what they are about: one picture of each whose address has this in it."""

LOOKED_INTO = 6
"""How many pages of a kind are opened for their links: not every learner has an attempt to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page, and who looks at it."""

    name: str
    person: str
    path: str
    is_ours: bool = True
    """Whether the page is of ``tracking``, not of the platform around it."""


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
    Picture(name="class-nobody", person=INSTRUCTOR, path=f"/learning/classes/{COURSE}/?q=nobody"),
    Picture(name="statement-year", person=LEARNER, path="/learning/time/?first=2020-01-01&last=2029-12-31"),
    Picture(name="statement-unknown", person=LEARNER, path="/learning/time/check/?code=none"),
)


def addresses() -> set[str]:
    """Return the name of every address below ``tracking.dashboards.urls``."""
    import_module("tracking.urls")  # It registers the converters that the addresses of the pages use.
    urls = import_module("tracking.dashboards.urls")
    return {each.name for each in urls.urlpatterns if each.name}


def routes() -> set[str]:
    """Return the name of every address that is a page."""
    return addresses() - set(NOT_PAGES)


def wanted() -> set[str]:
    """Return the name of every picture that links have to lead to."""
    return {_named(name, part) for name in routes() for part in SEVERAL.get(name, ("",))}


def find(links_of: Callable[[str, str], Iterable[str]]) -> Iterator[Picture]:
    """Follow links until each page is found, and yield it.

    ``links_of`` opens a path as a person and returns its links.
    """
    missing, opened = wanted(), Counter[str]()
    for person, start in START.items():
        ahead, seen = deque([start]), {start}
        while ahead and missing:
            path = ahead.popleft()
            name = _picture_of(path)
            if name is None or opened[name] == LOOKED_INTO or not _is_for(person, path):
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
    if found.namespaces != ["tracking"] or found.url_name not in routes():
        return None
    parts = SEVERAL.get(found.url_name, ("",))
    return next((_named(found.url_name, part) for part in parts if part in path), None)


def _named(route: str, part: str) -> str:
    return f"{route}-{part.partition('~')[0]}" if part else route

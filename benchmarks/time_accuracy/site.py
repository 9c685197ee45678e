"""Run the reference platform on a free port with its own database, and learners with consent."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import django
from django.utils import timezone

from benchmarks.time_accuracy.rules import Tick

HOST = "127.0.0.1"
COURSE = "how-the-web-works"
COOKIE = "sessionid"
EVENTS_PATH = "/learning/events/"

_ahead: ContextVar[timedelta] = ContextVar("ahead", default=timedelta())
_now = timezone.now


@dataclass(slots=True, kw_only=True)
class Visitor:
    """The learner of one trace: account, true time, and the data for the rules of other platforms."""

    name: str
    user_id: int
    session: str
    ahead: timedelta = timedelta()
    """How far the site's clock is ahead for this learner, if the benchmark moves time."""
    failures_left: int = 0
    """The number of further batches to answer with 503."""
    page_views: list[float] = field(default_factory=list)
    tabs: dict[str, list[Tick]] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)
    """The true presence of the learner, in epoch seconds."""

    @property
    def truth(self) -> float:
        """The seconds for which the learner was present."""
        return sum(end - start for start, end in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The running platform."""

    address: str
    lessons: Sequence[str]
    """The paths of the course's lessons in order."""
    film: str
    """The path of a lesson that shows a video."""
    units: Mapping[str, str]
    """The unit that each of these paths shows."""
    visitors: dict[str, Visitor]
    """Visitors by session key."""


@contextmanager
def running(names: Sequence[str]) -> Iterator[Site]:
    """Run the platform with a learner for each of ``names`` until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        _set_up(folder)
        from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: PLC0415

        visitors = {visitor.session: visitor for visitor in map(_make_visitor, names)}
        server = ThreadedWSGIServer((HOST, 0), WSGIRequestHandler)
        server.set_app(_listening(visitors))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        lessons, film = _lessons()
        try:
            yield Site(
                address=f"http://{HOST}:{server.server_port}",
                lessons=lessons,
                film=film,
                units={path: _unit_of(path) for path in lessons},
                visitors=visitors,
            )
        finally:
            server.shutdown()
            server.server_close()


def rotate_session(visitor: Visitor, visitors: dict[str, Visitor]) -> str:
    """Replace the learner's session, as a new login does, and return the new key."""
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415

    old = SessionStore(visitor.session)
    old.cycle_key()
    session = old.session_key or ""
    visitors[session] = visitor
    return session


def roll_up() -> None:
    """Roll up all events."""
    from tracking import jobs  # noqa: PLC0415

    jobs.roll_up(now=timezone.now())


def active_seconds(visitor: Visitor) -> float:
    """Return the learner's active time from the rollup of the course."""
    from tracking.models import LearnerCourse  # noqa: PLC0415

    row = LearnerCourse.objects.filter(learner_id=visitor.user_id, course_key=COURSE).first()
    return row.active_ms / 1000 if row else 0.0


def viewed(visitor: Visitor) -> list[str]:
    """Return the unit of each page view of the learner, measured and estimated."""
    from tracking.models import PageView  # noqa: PLC0415

    views = PageView.objects.filter(learner_id=visitor.user_id, course_key=COURSE)
    return list(views.order_by("opened_at").values_list("unit_key", flat=True))


def _set_up(folder: str) -> None:
    # The settings read these variables when they are imported, so this module imports no models at the top.
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": folder}
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from tracking import jobs  # noqa: PLC0415

    timezone.now = _now_of_visitor
    with Path(os.devnull).open("w") as silence:
        call_command("migrate", verbosity=0)
        call_command("load_courses", stdout=silence)
    jobs.refresh_outlines(now=timezone.now())


def _now_of_visitor() -> datetime:
    return _now() + _ahead.get()


def _make_visitor(name: str) -> Visitor:
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from courses.models import Course, Enrolment  # noqa: PLC0415
    from tracking.events import Purpose  # noqa: PLC0415
    from tracking.privacy import consent  # noqa: PLC0415

    user = User.objects.create(username=name[:150])
    Enrolment.objects.create(course=Course.objects.get(slug=COURSE), learner=user)
    consent.grant(user.pk, list(Purpose), source="benchmark")
    client = Client()
    client.force_login(user)
    return Visitor(name=name, user_id=user.pk, session=client.cookies[settings.SESSION_COOKIE_NAME].value)


def _lessons() -> tuple[list[str], str]:
    from courses.models import Lesson  # noqa: PLC0415

    lessons = Lesson.objects.filter(module__course__slug=COURSE).order_by("module__position", "position")
    film = next(lesson for lesson in lessons if lesson.kind == Lesson.Kind.VIDEO)
    return [lesson.get_absolute_url() for lesson in lessons], film.get_absolute_url()


def _unit_of(path: str) -> str:
    from tracking import lms  # noqa: PLC0415

    unit = lms.get_adapter().unit_of_path(path)
    return unit.unit_key if unit else ""


def _listening(visitors: dict[str, Visitor]) -> Callable[..., Any]:
    """Return the platform's WSGI application, which also records page views and fails if a trace says so."""
    from config.wsgi import application  # noqa: PLC0415

    # Only now, because the import configures logging again.
    logging.getLogger("django.server").setLevel(logging.ERROR)

    def listen(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        cookie = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(COOKIE)
        visitor = visitors.get(cookie.value) if cookie else None
        if visitor is None:
            return application(environ, start_response)
        if environ["PATH_INFO"] == EVENTS_PATH and visitor.failures_left > 0:
            visitor.failures_left -= 1
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"].startswith("/courses/"):
            visitor.page_views.append(time.time() + visitor.ahead.total_seconds())
        _ahead.set(visitor.ahead)
        return application(environ, start_response)

    return listen

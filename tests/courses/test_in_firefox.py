"""The tracker in another engine: a learner of the platform reads a lesson in a real Firefox."""

import asyncio
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from courses.models import Course, Lesson
from tests import factories, firefox, waiting
from tests.courses.conftest import MEDIA
from tracking.models import Event

pytestmark = [pytest.mark.firefox, pytest.mark.django_db(transaction=True)]

WAIT_SECONDS = 20


@pytest.fixture(autouse=True)
def serve_the_media(settings: Any) -> None:
    settings.STATICFILES_DIRS = [("courses", MEDIA)]


def test_a_lesson_read_in_firefox_has_its_time(
    course: Course, learner: User, live_server: LiveServer
) -> None:
    factories.share_engagement(learner)
    client = Client()
    client.force_login(learner)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    lesson = Lesson.objects.filter(module__course=course).earliest("pk").get_absolute_url()

    asyncio.run(read(live_server.url, lesson, session))

    told = progress_of(learner)
    assert 1000 <= told["active"] <= told["visible"] <= told["elapsed"]


async def read(site: str, lesson: str, session: str) -> None:
    """Read a lesson for a second and a half, and go on to the course."""
    async with firefox.running({}) as browser:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}
        await browser.context.add_cookies([cookie])
        page = browser.context.pages[0]
        await page.bring_to_front()
        await page.goto(site + lesson)
        await page.mouse.move(100, 100)
        await page.evaluate("new Promise(done => setTimeout(done, 1500))")
        await page.goto(site + "/")


def progress_of(learner: User) -> dict[str, int]:
    """Return what the last message of the view said; a beacon may come a moment after its page is gone."""
    told = Event.objects.filter(learner=learner, kind="page.progress").order_by("sequence")
    if found := waiting.until(told.last, seconds=WAIT_SECONDS):
        payload: dict[str, int] = found.payload
        return payload
    pytest.fail(f"Nothing came: {list(Event.objects.values_list('kind', flat=True))}")

"""A lesson is a document in a frame of the same site, read without a click and scrolled by the wheel."""

from functools import partial

import pytest

from tests import waiting

TEXT = "<p style='height: 20000px'>text</p>"


def has_turned(frame, count):
    return (frame.evaluate("window.wheels") or 0) >= count


def read(lesson, frame):
    """Scroll ``frame``, which is at the top left, by the wheel every four seconds for 100 seconds."""
    frame.evaluate("addEventListener('wheel', () => { window.wheels = (window.wheels ?? 0) + 1 })")
    lesson.page.mouse.move(200, 200)
    for turn in range(1, 26):
        lesson.page.mouse.wheel(0, 60)
        # The browser sends the event after the call has returned, and the clock must not move before.
        assert waiting.until(partial(has_turned, frame, turn), seconds=10)
        lesson.page.clock.run_for(4000)


def test_scrolling_a_page_by_the_wheel_every_few_seconds_is_active_time(lesson):
    lesson.open(TEXT)
    lesson.page.wait_for_function("window.tracking")
    read(lesson, lesson.page.main_frame)
    assert lesson.active_seconds(at_least=84) == pytest.approx(100, abs=16)


def test_scrolling_a_frame_of_the_same_site_by_the_wheel_every_few_seconds_is_active_time(lesson):
    document = f"<!doctype html><body>{TEXT}</body>"
    lesson.page.route("**/document/", lambda route: route.fulfill(body=document, content_type="text/html"))
    lesson.open("<iframe src='/document/' style='width: 600px; height: 500px'></iframe>")
    lesson.page.wait_for_function("window.tracking")
    read(lesson, lesson.page.frames[1])
    assert lesson.page.frames[1].evaluate("scrollY") > 1000
    assert lesson.active_seconds() == pytest.approx(100, abs=16)

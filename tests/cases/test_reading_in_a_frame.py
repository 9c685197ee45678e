"""A lesson is a document in a frame of the same site, read without a click and scrolled by the wheel."""

import pytest

TEXT = "<p style='height: 20000px'>text</p>"


def read(lesson, x, y):
    """Scroll by the wheel every four seconds, for 100 seconds, with the pointer at a place of the page."""
    lesson.page.mouse.move(x, y)
    for _ in range(25):
        lesson.page.mouse.wheel(0, 60)
        lesson.page.clock.run_for(4000)


def test_scrolling_a_page_by_the_wheel_every_few_seconds_is_active_time(lesson):
    lesson.open(TEXT)
    lesson.page.wait_for_function("window.tracking")
    read(lesson, 200, 200)
    assert lesson.active_seconds() == pytest.approx(100, abs=16)


@pytest.mark.xfail(
    strict=True,
    reason="The tracker does not see input in a frame, and counts a frame as focused only after a click.",
)
def test_scrolling_a_frame_of_the_same_site_by_the_wheel_every_few_seconds_is_active_time(lesson):
    document = f"<!doctype html><body>{TEXT}</body>"
    lesson.page.route("**/document/", lambda route: route.fulfill(body=document, content_type="text/html"))
    lesson.open("<iframe src='/document/' style='width: 600px; height: 500px'></iframe>")
    lesson.page.wait_for_function("window.tracking")
    read(lesson, 200, 200)
    assert lesson.page.frames[1].evaluate("scrollY") > 1000
    assert lesson.active_seconds() == pytest.approx(100, abs=16)

"""Pages and browsers that are hard for the tracker: storage is denied, or the script of the host keeps failing."""

import pytest

DENIED = """
for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
  get() { throw new DOMException("denied", "SecurityError") },
});
"""


def read(lesson):
    """Move the pointer now and then, for 20 seconds."""
    lesson.page.wait_for_function("window.tracking")
    for place in range(10):
        lesson.page.mouse.move(50 + place, 60)
        lesson.page.clock.run_for(2000)


def test_time_is_measured_if_storage_is_denied(lesson):
    lesson.page.add_init_script(DENIED)
    lesson.open("<p>text</p>")
    read(lesson)
    assert lesson.active_seconds() == pytest.approx(15, abs=2)


@pytest.fixture
def failing(lesson, page_problems):
    """A lesson whose own script fails two hundred times a second, read for a while."""
    lesson.open("<p>text</p><script>setInterval(() => reportError(new TypeError('x')), 5)</script>")
    read(lesson)
    assert len(page_problems) > 1000
    page_problems.clear()
    yield lesson
    lesson.page.goto("about:blank")
    page_problems.clear()


def test_time_is_measured_if_the_script_of_the_host_keeps_failing(failing):
    assert failing.active_seconds() == pytest.approx(15, abs=2)


def test_a_script_that_keeps_failing_is_reported_at_most_ten_times(failing):
    assert 0 < len(failing.payloads("script.failed")) <= 10

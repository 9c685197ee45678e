"""What only a browser can tell: whether pages fit, can be read by everyone, and keep to the content policy."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Page

from courses import attempts
from courses.models import Course, Quiz
from tests.courses.conftest import MEDIA

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def serve_the_media(settings: Any) -> None:
    settings.STATICFILES_DIRS = [("courses", MEDIA)]


@pytest.fixture
def addresses(course: Course, quiz: Quiz, learner: User) -> list[str]:
    """Every page that a learner sees, one of them with an attempt in progress and one with a result."""
    last = Quiz.objects.get(slug="last")
    return [
        "/",
        course.get_absolute_url(),
        *(lesson.get_absolute_url() for lesson in quiz.module.lessons.all()),
        quiz.get_absolute_url(),
        attempts.start(quiz, learner).get_absolute_url(),
        attempts.submit(attempts.start(last, learner)).get_absolute_url(),
        last.get_absolute_url(),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_small_phone_and_breaks_no_rule_of_access(
    scheme: str,
    addresses: list[str],
    learner: User,
    new_context: Callable[..., BrowserContext],
    log_in: Callable[[Page, User], None],
) -> None:
    # The axe script is put into the page, which the content policy would refuse.
    context = new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    log_in(page, learner)
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, address
        report = Axe().run(page)
        assert report.violations_count == 0, f"{address}: {report.generate_report()}"


def test_a_learner_reads_a_lesson_and_passes_a_quiz_without_scripts(
    quiz: Quiz,
    learner: User,
    new_context: Callable[..., BrowserContext],
    log_in: Callable[[Page, User], None],
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    log_in(page, learner)
    page.goto("/courses/tiny/")
    page.get_by_role("link", name="Start").click()
    page.get_by_role("button", name="Mark as done and continue").click()
    page.get_by_role("link", name="Check").first.click()
    page.get_by_role("button", name="Start the quiz").click()
    for option in ("Blue", "2", "3", "True"):
        page.get_by_label(option, exact=True).check()
    page.get_by_label("Your answer (m)").fill("10")
    page.get_by_label("Your answer", exact=True).fill("Ada")
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("100 %").wait_for()
    page.get_by_role("link", name="Back to the course").click()
    page.get_by_text("2 of 5 lessons and quizzes done").wait_for()

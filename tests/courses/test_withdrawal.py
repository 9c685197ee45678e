"""A learner withdraws on the telephone while the computer goes on reading: nothing more is stored there."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Page

from courses.models import Course, Lesson
from tracking.events import Purpose
from tracking.models import Event, RejectionCount
from tracking.privacy import consent


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_on_one_device_stops_another_that_is_streaming(
    course: Course,
    learner: User,
    new_context: Callable[..., BrowserContext],
    log_in: Callable[[Page, User], None],
    page_problems: list[str],
) -> None:
    consent.grant(learner.pk, [Purpose.ENGAGEMENT], source="test")
    first, second = Lesson.objects.order_by("pk")[:2]
    computer, telephone = new_context().new_page(), new_context().new_page()
    for page in (computer, telephone):
        log_in(page, learner)
    with computer.expect_response("**/learning/events/**"):
        computer.goto(first.get_absolute_url())
    stored = Event.objects.filter(learner=learner).count()
    assert stored

    telephone.goto("/learning/consent/")
    telephone.locator("#engagement").get_by_role("button", name="No", exact=True).click()
    telephone.get_by_text("Saved. This applies from now on.").wait_for()

    computer.mouse.wheel(0, 400)
    computer.goto(second.get_absolute_url())
    assert computer.locator("script[data-tracking-endpoint]").count() == 0
    assert Event.objects.filter(learner=learner).count() == stored
    # The first page sent what it still had when it was left, and was told that it may not.
    assert RejectionCount.objects.filter(reason="no_consent").exists()
    page_problems.clear()

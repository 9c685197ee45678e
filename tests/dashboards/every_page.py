"""Every page with every element on it, in a real browser: who opens each, its address, and the modes to open it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from tests import factories
from tests.factories import COURSE
from tracking.models import CourseDay, LearnerRisk, PageView, QuestionLink, QuestionStats

MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "forced colours": {"forced_colors": "active"},
    "no scripts": {"java_script_enabled": False},
}
MODES_WITH_SCRIPTS = [mode for mode in MODES if mode != "no scripts"]


USED: dict[str, dict[str, Any]] = {
    "page.details": {"sections": [["why", 4000], ["how", 9000]]},
    "feature.clicked": {"name": "Hint"},
    "media.played": {"name": "dns.webm", "spans": [[0, 60_000]]},
    "form.started": {"name": "Try it"},
    "friction.detected": {"kind": "dead", "element": "button", "name": "Play"},
}


@pytest.fixture
def everything(course: Any, lena: User, ines: User) -> dict[str, tuple[User, str]]:
    """Pages with every element on them: who opens each, and its address."""
    now = timezone.now()
    course.is_simulated = True
    course.save()
    for state in (
        "completed",
        "in_progress",
        "skimmed",
        "bounced",
        "skipped",
        "failed",
        "submitted",
        "excused",
    ):
        factories.OutlineUnitFactory.create(
            unit_key=f"m/{state}", parent_key="m", title=f"All about {state}", expected_seconds=600
        )
        factories.LearnerUnitFactory.create(
            learner=lena, unit_key=f"m/{state}", state=state, active_ms=300_000, estimated_ms=60_000
        )
        factories.UnitStatsFactory.create(
            unit_key=f"m/{state}", learner_count=30, reached_count=25, skipped_count=5, timed_count=20,
            median_active_ms=300_000, answered_count=20, correct_count=9, answering_learner_count=20,
        )  # fmt: skip
    factories.LearnerCourseFactory.create(
        learner=lena, required_count=10, completed_count=4, active_ms=5_000_000, estimated_ms=60_000,
        first_at=now, last_at=now,
    )  # fmt: skip
    for days in (0, 3, 9):
        day = (now - timedelta(days=days)).date()
        factories.LearnerCourseDayFactory.create(
            learner=lena, day=day, active_ms=900_000, estimated_ms=60_000
        )
    LearnerRisk.objects.create(
        learner=lena, course_key=COURSE, day=20, score=0.81, assessed_at=now,
        components=[["points_lost", 0.6, 0.86], ["days_away", 0.11, 9], ["rarely_there", 0.1, 0.67]],
    )  # fmt: skip
    factories.AttemptFactory.create(learner=lena, unit_key="m/check", score=4, is_passed=False)
    tried = factories.AttemptFactory.create(
        learner=lena, unit_key="m/check", score=8, is_passed=True, submitted_at=now
    )
    factories.FindingFactory.create(learner=lena, unit_key="m/skipped", reason="skipped", evidence={})
    factories.FindingFactory.create(
        unit_key="m/skipped", reason="often_skipped", evidence={"skipped_count": 4, "passed_by_count": 10}
    )
    PageView.objects.create(
        view_id=uuid4(), learner=lena, course_key=COURSE, unit_key="m/completed", opened_at=now, last_at=now,
        active_ms=900_000, visible_ms=900_000,
    )  # fmt: skip
    factories.EnrolmentFactory.create_batch(4, group_key="1", group_title="Evening")
    for person in factories.UserFactory.create_batch(6):
        factories.EnrolmentFactory.create(learner=person)
        factories.share_engagement(person)
        PageView.objects.create(
            view_id=uuid4(), learner=person, course_key=COURSE, unit_key="m/completed", opened_at=now,
            last_at=now, active_ms=60_000, visible_ms=60_000,
        )  # fmt: skip
        factories.LearnerUnitFactory.create(
            learner=person, unit_key="m/completed", view_count=2, scroll_percent=80
        )
        factories.AttemptFactory.create(learner=person, unit_key="m/check", score=6, is_passed=True)
        factories.LearnerCourseDayFactory.create(learner=person, day=now.date(), active_ms=60_000)
        for kind, payload in USED.items():
            factories.EventFactory.create(
                learner=person, unit_key="m/completed", kind=kind, payload=payload, happened_at=now
            )
    QuestionStats.objects.create(
        course_key=COURSE, unit_key="m/check", question_key="slope", learner_count=20, first_correct_count=12,
        answer_count=25, correct_count=20, succeeded_count=12, attempts_to_success_count=12, gained_count=0,
        unchanged_count=0, lost_count=0, discrimination_count=20, discrimination=-0.2,
        options={"a": [12, 0], "b": [0, 8]},
        lesson_keys=["m/completed"],
    )  # fmt: skip
    QuestionLink.objects.create(
        course_key=COURSE, quiz_key="m/check", question_key="slope", lesson_key="m/completed", missed_count=8,
        missed_not_covered_count=6, right_count=10, right_not_covered_count=1,
    )  # fmt: skip
    for back in range(70):
        CourseDay.objects.create(
            course_key=COURSE, day=(now - timedelta(days=back)).date(), learner_count=6 if back == 1 else 30,
            active_ms=3_600_000, view_count=120,
        )  # fmt: skip
    return {
        **{name: (lena, reverse(f"tracking:{name}")) for name in ("my_courses", "consent")},
        "my_progress": (lena, reverse("tracking:my_progress", args=[COURSE])),
        "classes": (ines, reverse("tracking:classes")),
        "class": (ines, f"{reverse('tracking:class', args=[COURSE])}?q=l"),
        "class_module": (ines, reverse("tracking:class_module", args=[COURSE, "m"])),
        "class_progress_grid": (ines, reverse("tracking:class_progress_grid", args=[COURSE])),
        "class_risk": (ines, f"{reverse('tracking:class_risk', args=[COURSE])}?threshold=0.5"),
        "class_lesson": (ines, reverse("tracking:class_lesson", args=[COURSE, "m/completed"])),
        "class_quiz": (ines, reverse("tracking:class_lesson", args=[COURSE, "m/check"])),
        "class_action_log": (ines, reverse("tracking:class_action_log", args=[COURSE])),
        "class_trends": (ines, reverse("tracking:class_trends", args=[COURSE])),
        "class_learner_timeline": (ines, reverse("tracking:class_learner_timeline", args=[COURSE, lena.pk])),
        "class_learner_attempt": (
            ines,
            reverse("tracking:class_learner_attempt", args=[COURSE, lena.pk, tried.pk]),
        ),
        "class_learner": (ines, reverse("tracking:class_learner", args=[COURSE, lena.pk])),
        "my_time_statement": (lena, reverse("tracking:my_time_statement")),
        "verify_time_statement": (lena, reverse("tracking:verify_time_statement") + "?code=none"),
    }


Show = Callable[[str, str], Page]


@pytest.fixture
def show(
    everything: dict[str, tuple[User, str]],
    new_context: Callable[..., BrowserContext],
    log_in: Callable[[Page, User], None],
) -> Show:
    """Open a page in a mode, logged in as somebody who may."""

    def show(name: str, mode: str) -> Page:
        person, address = everything[name]
        page = new_context(**MODES[mode]).new_page()
        log_in(page, person)
        page.goto(address)
        return page

    return show


PAGES = [
    "my_courses",
    "my_progress",
    "consent",
    "classes",
    "class",
    "class_module",
    "class_progress_grid",
    "class_risk",
    "class_lesson",
    "class_quiz",
    "class_action_log",
    "class_trends",
    "class_learner_timeline",
    "class_learner_attempt",
    "class_learner",
    "my_time_statement",
    "verify_time_statement",
]

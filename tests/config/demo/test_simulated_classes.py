"""The demo's classes, small: whatever is planted in them surfaces where a person would look for it."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.demo import classes
from config.demo.simulation import stories
from config.demo.simulation.stories import Story
from config.demo.simulation.syllabus import TOO_HARD
from courses.models import Attempt, LessonCompletion
from tracking import tasks
from tracking.models import Event, Finding, PageView, PendingChange
from tracking.outreach import messages
from tracking.reports.course import overview as course_overview
from tracking.reports.course.overview import ClassOverview
from tracking.reports.learner import progress
from tracking.reports.learner.progress import LearnerProgress

pytestmark = pytest.mark.once  # It takes long, and the rows that it looks at are compared on every database.
WEB = "how-the-web-works"
SIZE = 11


@pytest.fixture(scope="module")
def seeded(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """The demo's people and three small classes, simulated once for all tests of this module."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "trigger_rollup", lambda: None)
        call_command("load_courses", verbosity=0, stdout=io.StringIO())
        classes.seed(size=SIZE)
        yield
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(autouse=True)
def all_seeded(seeded: None, db: None) -> None:
    """Every test here reads the classes, inside a transaction of its own."""


def of(story: Story, course: str = WEB) -> User:
    role = next(role for role in stories.ROLES[course] if role.story is story)
    return User.objects.get(username=role.person.username)


def page(path: str, *, person: str) -> str:
    """Return the words of a page as ``person`` sees it."""
    client = Client()
    client.force_login(User.objects.get(username=person))
    html = client.get(path).content.decode()
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))


def class_page(course: str = WEB) -> str:
    return page(reverse("tracking:class", args=[course]), person="ines")


def page_about(learner: User, course: str = WEB) -> str:
    return page(reverse("tracking:class_learner", args=[course, learner.pk]), person="ines")


def overview(course: str = WEB) -> ClassOverview:
    found = course_overview.find_class_overview(course, now=timezone.now())
    assert found is not None
    return found


def progress_of(learner: User, course: str = WEB) -> LearnerProgress:
    found = progress.find_learner_progress(learner.pk, course, now=timezone.now())
    assert found is not None
    return found


def test_who_passed_a_module_over_is_to_be_checked_in_with_and_the_page_says_why() -> None:
    words = class_page()
    check_in = words[words.index("Learners to check in with") : words.index("Lessons and quizzes")]
    assert "Skye Sullivan" in check_in
    assert re.search(
        r"questions about “[^”]+” in “Check: asking and answering”\. State of the lesson: skipped", check_in
    )


def test_who_reads_everything_and_fails_is_told_apart_from_who_did_not_read() -> None:
    bao = of(Story.STRUGGLES)
    assert "failed attempts" in page_about(bao)
    assert progress_of(bao).skipped_count == 0


def test_who_stopped_coming_is_to_be_checked_in_with() -> None:
    gustav = of(Story.STOPPED)
    assert re.search(r"No activity for \d\d days\.", page_about(gustav))


def test_who_recovered_has_nothing_left_to_go_back_to_in_that_module() -> None:
    priya = of(Story.RECOVERED)
    about_it = Finding.objects.filter(learner=priya, unit_key__contains="asking-and-answering")
    assert {each.reason for each in about_it if each.cleared_at} >= {"not_passed", "missed_not_covered"}
    assert [str(each) for each in about_it if not each.cleared_at] == []
    passed = Attempt.objects.by(priya).filter(quiz__module__slug="asking-and-answering")
    assert [attempt.passed for attempt in passed][:1] == [False]
    assert [attempt.passed for attempt in passed][-1:] == [True]


def test_who_never_started_is_listed_as_such() -> None:
    assert "Nils Nilsson never seen" in class_page()
    assert "Has not started. The course has been open to this learner for" in page_about(
        of(Story.NEVER_STARTED)
    )


@pytest.mark.parametrize(
    ("story", "course", "reasons"),
    [
        (Story.SKIPPED_MODULE, WEB, {"missed_not_covered"}),
        (
            Story.STRUGGLES,
            "reading-data",
            {"repeated_failure", "wheel_spinning", "missed_questions"},
        ),
        (Story.STALLED, "learning-to-learn", {"stalled"}),
        (Story.SPINS, "learning-to-learn", {"wheel_spinning"}),
        (Story.FALLS_BEHIND, "reading-data", {"at_risk", "skipped"}),
    ],
)
def test_a_story_is_told_in_the_first_three_sentences_about_its_learner(
    story: Story, course: str, reasons: set[str]
) -> None:
    row = next(row for row in overview(course).check_in if row.learner_id == of(story, course).pk)
    assert {concern.reason for concern in row.findings[:3]} & reasons


def test_who_is_far_ahead_and_does_not_look_back_is_offered_a_review_and_is_no_worry() -> None:
    fenna = of(Story.FADES, "reading-data")
    assert "review_due" in {each.reason for each in progress_of(fenna, "reading-data").practise}
    assert fenna.pk not in {row.learner_id for row in overview("reading-data").check_in}


def test_a_tab_left_open_all_day_counts_as_the_minutes_in_which_it_was_read() -> None:
    olga = of(Story.TAB_LEFT_OPEN)
    longest = max(PageView.objects.filter(learner=olga), key=lambda view: view.visible_ms)
    assert longest.visible_ms > timedelta(hours=8) / timedelta(milliseconds=1)
    assert longest.active_ms < timedelta(minutes=30) / timedelta(milliseconds=1)
    others = [row.active_seconds for row in overview().learners if row.active_seconds]
    mine = progress_of(olga).active_seconds
    assert mine is not None
    assert mine < 2 * sorted(others)[len(others) // 2]


@pytest.mark.parametrize("course", list(TOO_HARD))
def test_a_lesson_too_hard_for_all_tops_what_the_class_needs_to_go_back_to(course: str) -> None:
    first = overview(course).reinforce[0]
    assert first.unit_key.endswith(f"/{TOO_HARD[course]}")
    words = class_page(course)
    assert words.index(str(first.sentence)) < words.index("Learners to check in with")


def test_the_learner_to_log_in_as_finds_where_to_go_on_and_what_to_go_back_to() -> None:
    words = page(reverse("tracking:my_progress", args=[WEB]), person="lena")
    assert "Continue" in words
    practise = words[words.index("Practise this") : words.index("Modules")]
    assert "Check: remembering and trusting" in practise
    assert "You have not read it yet. Read this lesson : Logging in, and staying safe" in practise


def test_who_enrolled_the_day_before_yesterday_has_passed_nothing_over() -> None:
    lena = User.objects.get(username="lena")
    progress = progress_of(lena, "reading-data")
    assert (progress.practise, progress.gaps) == ((), ())


def test_who_does_not_share_is_shown_so_and_has_no_view_stored() -> None:
    shy = next(row for row in overview().learners if not row.shares_engagement)
    assert not Event.objects.filter(learner=shy.learner_id, kind__startswith="view.").exists()
    assert Attempt.objects.filter(learner=shy.learner_id).exists()
    assert shy.skipped_count is None
    assert "not shared" in class_page()


@pytest.mark.parametrize("course", list(classes.CLASSES))
def test_most_learners_of_a_class_take_messages_and_a_few_do_not(course: str) -> None:
    learners = {row.learner_id for row in overview(course).learners}
    taking = messages.learners_accepting_messages(learners, course)
    assert 0.75 * len(learners) <= len(taking) < len(learners)


def test_the_class_page_offers_to_write_to_who_takes_messages_and_says_who_takes_none() -> None:
    words = class_page()
    check_in = words[words.index("Learners to check in with") : words.index("Lessons and quizzes")]
    assert "Nudge : Skye Sullivan" in check_in
    assert re.search(r"Nils Nilsson never seen.*?messages turned off", check_in)


@pytest.mark.parametrize("course", list(classes.CLASSES))
def test_every_page_of_a_simulated_class_says_that_it_is_simulated(course: str) -> None:
    assert "Simulated data" in class_page(course)
    assert "Simulated data" in page_about(of(Story.NEVER_STARTED, course), course)
    assert "Simulated data" in page(reverse("tracking:my_progress", args=[course]), person="lena")


def test_a_second_start_adds_and_changes_nothing() -> None:
    def counts() -> list[int]:
        return [model.objects.count() for model in (User, Attempt, LessonCompletion, Event, PendingChange)]

    before = counts()
    classes.seed()
    assert counts() == before

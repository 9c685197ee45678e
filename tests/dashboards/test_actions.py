"""What instructors and learners do on their pages, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.dashboards.test_learner_pages import words
from tests.factories import COURSE
from tracking.dashboards.course import class_pages
from tracking.models import Action, Audience, Consent, Finding, Nudge

CLASS = reverse("tracking:class", args=[COURSE])
ACT = reverse("tracking:class_actions", args=[COURSE])
HISTORY = reverse("tracking:class_action_log", args=[COURSE])
MINE = reverse("tracking:my_progress", args=[COURSE])
ANSWER = reverse("tracking:my_actions", args=[COURSE])


@pytest.fixture
def finding(lena: User) -> Finding:
    return factories.FindingFactory.create(
        learner=lena, unit_key="m/mean", reason="skipped", evidence={}, weight=0.7
    )


def take_messages(learner: User) -> None:
    Consent.objects.create(learner=learner, purpose="nudges", is_granted=True, source="test")


def hers(lena: User) -> str:
    return reverse("tracking:class_learner", args=[COURSE, lena.pk])


def do(browser: Client, deed: str, finding: Finding | None = None, **more: Any) -> Any:
    given = {"learner": finding.learner_id, "finding": finding.pk} if finding else {}
    return browser.post(ACT, {"action": deed, **given, **more}, follow=True)


def test_a_nudge_says_on_the_learners_page_what_the_finding_says_and_who_sent_it(
    finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    take_messages(lena)
    said = words(do(as_(ines), "nudge", finding, next=hers(lena)))
    assert "Message sent. It is now on the learner's page. Undo" in said
    assert "message sent · The mean You skipped this one, and later parts build on it. Ines Ito ·" in said
    mine = words(as_(lena).get(MINE))
    assert "A message for you You skipped this one, and later parts build on it. Ines Ito · just now" in mine


def test_nobody_is_sent_a_message_who_did_not_say_yes(
    finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    browser = as_(ines)
    assert "messages turned off" in words(browser.get(CLASS))
    assert "No message was sent" in words(do(browser, "nudge", finding, text="Come back!"))
    assert (Nudge.objects.count(), Action.objects.count()) == (0, 0)


def test_a_learner_who_takes_the_yes_back_sees_no_message_any_more(
    finding: Finding,
    lena: User,
    ines: User,
    as_: Callable[[User], Client],
    django_capture_on_commit_callbacks: Any,
) -> None:
    take_messages(lena)
    do(as_(ines), "nudge", finding, text="Look at the mean.")
    browser = as_(lena)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("tracking:consent"), {"purpose": "nudges", "answer": "no"})
    assert "Look at the mean." not in words(browser.get(MINE))


def test_a_second_message_within_a_day_is_not_sent(
    finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    take_messages(lena)
    browser = as_(ines)
    for _ in range(2):
        said = words(do(browser, "nudge", finding))
    assert "already got one in the last day" in said
    assert Nudge.objects.count() == 1
    Nudge.objects.update(sent_at=timezone.now() - timedelta(days=2))
    do(browser, "nudge", finding)
    assert Nudge.objects.count() == 2


def test_a_message_that_is_taken_back_or_read_is_gone(
    finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    take_messages(lena)
    teacher, learner = as_(ines), as_(lena)
    do(teacher, "nudge", finding, text="One")
    do(teacher, "undo", action_id=Action.objects.get().pk)
    assert "One" not in words(learner.get(MINE))
    do(teacher, "nudge", finding, text="Two")
    learner.post(ANSWER, {"action": "close", "message": Nudge.objects.latest("pk").pk})
    assert "Two" not in words(learner.get(MINE))


def test_nobody_closes_the_message_of_somebody_else(
    finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    take_messages(lena)
    do(as_(ines), "nudge", finding)
    other = factories.EnrolmentFactory.create().learner
    as_(other).post(ANSWER, {"action": "close", "message": Nudge.objects.get().pk})
    assert Nudge.objects.get().closed_at is None


def test_a_review_a_note_and_an_excuse_are_on_record_with_who_and_when(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    browser = as_(ines)
    about: dict[str, Any] = {"learner": lena.pk, "next": hers(lena), "unit": "m/mean"}
    do(browser, "review", text="Before Friday", **about)
    do(browser, "excuse", text="Was ill", **about)
    said = words(do(browser, "note", text="Spoke on the phone.", **about))
    assert "note · The mean Spoke on the phone. Ines Ito" in said
    assert "excused · The mean Was ill Ines Ito" in said
    assert "review assigned · The mean Before Friday Ines Ito" in said
    assert set(Action.objects.values_list("kind", "actor")) == {
        (verb, ines.pk) for verb in ("review_assigned", "excused", "noted")
    }


@pytest.mark.parametrize("deed", ["snooze", "dismiss"])
def test_beside_a_person_all_their_reasons_are_put_away_and_one_undo_brings_them_back(
    deed: str, finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    factories.FindingFactory.create(learner=lena, unit_key="m/check", reason="not_passed", weight=0.6)
    browser, shown = as_(ines), Finding.objects.visible_to(Audience.INSTRUCTOR, now=timezone.now())
    page = do(browser, deed, finding, is_about_person="on", next=CLASS)
    assert not shown.exists()
    action_id = page.context["action_result"].action_id
    browser.post(ACT, {"action": "undo", "action_id": action_id, "next": CLASS})
    assert shown.count() == 2


@pytest.mark.parametrize("deed", ["snooze", "dismiss"])
def test_what_is_set_aside_leaves_the_list_and_comes_back_when_taken_back(
    deed: str, finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    browser = as_(ines)
    said = words(do(browser, deed, finding, dismiss_reason="inaccurate", text=""))
    assert "Undo" in said
    assert "No one stands out." in said
    # The learner's own page is not the instructor's to clear.
    assert "You skipped this one" in words(as_(lena).get(MINE))
    do(browser, "undo", action_id=Action.objects.get().pk)
    assert "Skipped “The mean”" in words(browser.get(CLASS))


def test_a_finding_about_the_class_is_dismissed_without_a_learner(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    about_class = factories.FindingFactory.create(
        unit_key="m/mean", reason="often_skipped", evidence={"skipped_count": 4, "passed_by_count": 10}
    )
    as_(ines).post(ACT, {"action": "dismiss", "finding": about_class.pk, "dismiss_reason": "handled"})
    assert Action.objects.get().dismiss_reason == "handled"


def test_what_was_done_about_a_class_can_be_read_and_taken_back_later(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    browser = as_(ines)
    about_class = Finding.objects.about_class().earliest("pk")
    browser.post(ACT, {"action": "dismiss", "finding": about_class.pk, "dismiss_reason": "handled"})
    history = words(browser.get(HISTORY))
    assert re.search(r"dismissed .*Ines Ito .*Undo", history)
    browser.post(ACT, {"action": "undo", "action_id": Action.objects.get().pk, "next": HISTORY})
    assert "undone" in words(browser.get(HISTORY))
    assert Finding.objects.visible_to(Audience.INSTRUCTOR, now=timezone.now()).contains(about_class)


def test_what_is_set_aside_for_a_class_is_set_aside_on_the_page_of_its_lesson(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client]
) -> None:
    """Dismissed on the class page, it stood on the page of the lesson as before."""
    browser = as_(ines)
    lesson = reverse("tracking:class_lesson", args=[COURSE, "m/mean"])
    assert "What the class should review" in words(browser.get(lesson))
    for about_class in Finding.objects.about_class():
        browser.post(ACT, {"action": "dismiss", "finding": about_class.pk, "dismiss_reason": "handled"})
    assert "What the class should review" not in words(browser.get(lesson))


def test_a_deed_done_twice_changes_nothing_and_says_so(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    browser = as_(ines)
    for _ in range(2):
        said = words(do(browser, "excuse", learner=lena.pk, unit="m/mean"))
    assert "Nothing changed" in said
    assert Action.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 400),
        ({"action": "delete"}, 400),
        ({"action": "snooze", "finding": "no"}, 400),
        ({"action": "note", "text": "x" * 1001}, 400),
        ({"action": "snooze", "finding": 0}, 404),
        ({"action": "undo", "action_id": 0}, 404),
        ({"action": "note", "learner": "0", "text": "x"}, 404),
        ({"action": "snooze"}, 302),
        ({"action": "undo"}, 302),
    ],
)
def test_what_cannot_be_done_is_not_done(
    given: dict[str, Any], status: int, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    assert as_(ines).post(ACT, given).status_code == status
    assert not Action.objects.exists()


def test_a_finding_of_another_course_or_learner_is_out_of_reach(
    finding: Finding, lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    elsewhere = factories.FindingFactory.create(learner=lena, course_key="another-course")
    other = factories.EnrolmentFactory.create().learner
    browser = as_(ines)
    assert (
        browser.post(ACT, {"action": "snooze", "learner": lena.pk, "finding": elsewhere.pk}).status_code
        == 404
    )
    assert (
        browser.post(ACT, {"action": "snooze", "learner": other.pk, "finding": finding.pk}).status_code == 404
    )
    assert as_(other).post(ANSWER, {"action": "later", "finding": finding.pk}).status_code == 404


def test_a_deed_leads_back_to_this_site_alone(
    finding: Finding, ines: User, as_: Callable[[User], Client]
) -> None:
    given = {"action": "snooze", "learner": finding.learner_id, "finding": finding.pk}
    answer = as_(ines).post(ACT, {**given, "next": "https://elsewhere.example/"})
    assert answer["Location"].startswith(f"{CLASS}?done=snooze&action_id=")


def test_a_deed_needs_the_token_of_the_page(finding: Finding, ines: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ines)
    assert browser.post(ACT, {"action": "snooze", "finding": finding.pk}).status_code == 403


@pytest.mark.parametrize("answer", ["later", "done_elsewhere"])
def test_learners_put_advice_away_and_take_that_back(
    answer: str, finding: Finding, lena: User, as_: Callable[[User], Client]
) -> None:
    browser = as_(lena)
    said = browser.post(ANSWER, {"action": answer, "finding": finding.pk}, follow=True)
    assert {"later": "Hidden for 7 days.", "done_elsewhere": "Marked as done elsewhere."}[answer] in words(
        said
    )
    assert "You skipped this one" not in words(said)
    browser.post(ANSWER, {"action": "undo", "action_id": Action.objects.get().pk})
    assert "You skipped this one" in words(browser.get(MINE))


def test_an_address_made_up_by_somebody_says_nothing_strange(
    lena: User, ines: User, as_: Callable[[User], Client]
) -> None:
    browser = as_(ines)
    for query in ("done=x", "done=nudge&action_id=x", f"done=nudge&action_id={'9' * 40}", "refused=undo"):
        assert browser.get(f"{CLASS}?{query}").status_code == 200
    assert as_(lena).get(f"{MINE}?done=later&action_id={'9' * 40}").status_code == 200


def test_a_deed_leads_back_to_the_list_as_it_was_narrowed_and_sorted(
    finding: Finding, ines: User, as_: Callable[[User], Client]
) -> None:
    """Each message that was sent threw the instructor back to the first page of the whole class."""
    browser = as_(ines)
    page = browser.get(f"{CLASS}?group=M&sort=-time&page=2&expand=m&done=note&action_id=7")
    given = {"action": "snooze", "learner": finding.learner_id, "finding": finding.pk}
    answer = browser.post(ACT, {**given, "next": page.context["next"]})
    done = Action.objects.get().pk
    assert answer["Location"] == f"{CLASS}?group=M&sort=-time&page=2&expand=m&done=snooze&action_id={done}"


def test_a_deed_leads_back_to_the_part_of_the_page_that_it_was_done_in(
    finding: Finding, ines: User, as_: Callable[[User], Client]
) -> None:
    answer = as_(ines).post(ACT, {"action": "snooze", "next": f"{CLASS}?group=M#learners"})
    assert answer["Location"] == f"{CLASS}?group=M&refused=snooze#learners"


def test_links_on_a_page_leave_out_what_was_done_before_it(
    class_of_six: list[User], ines: User, as_: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sorted the list was told again that a message had been sent."""
    monkeypatch.setattr(class_pages, "LEARNERS_PER_PAGE", 2)
    page = as_(ines).get(f"{CLASS}?sort=-time&page=2&done=note&action_id=7").content.decode()
    links = re.findall(r'href="(\?[^"]*)"', page)
    assert any("page=3" in each for each in links)
    assert [each for each in links if "done" in each or "action_id" in each] == []

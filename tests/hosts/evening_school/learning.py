import re

import pytest
from django.test import Client

from tests.hosts.driving import agreed, attempts, browser_of, learners, openings, outlines
from tests.hosts.evening_school.models import Course, Evening, HandIn, Paper, Person, Place
from tracking import lms
from tracking.models import Event
from tracking.privacy import consent

pytest_plugins = ["tests.hosts.committing"]


@pytest.fixture
def course():
    course = Course.objects.create(
        code="pottery", name="Pottery", teacher=Person.objects.create_user("tea@x.org")
    )
    Evening.objects.create(course=course, number=2, topic="Glazes", is_locked=True)
    Evening.objects.create(course=course, number=1, topic="Clay")
    return course


@pytest.fixture
def paper(course):
    return Paper.objects.create(course=course, question="Which clay?")


@pytest.fixture
def ida(course):
    ida = Person.objects.create_user("ida@x.org")
    Place.objects.create(course=course, person=ida)
    return agreed(ida)


def test_a_course_without_modules_has_its_lessons_in_their_order(paper, ida):
    Place.objects.create(course=paper.course, person=Person.objects.create_user("gone@x.org"), has_left=True)
    assert outlines() == {"pottery": ["lesson:1", "lesson:2", f"quiz:{paper.pk}"]}
    assert learners("pottery") == [ida.pk]


def test_an_evening_is_opened_and_a_locked_one_is_not(ida):
    browser = browser_of(ida)
    assert b"data-tracking-unit" in browser.get("/pottery/evenings/1/").content
    assert b"data-tracking-unit" not in browser.get("/pottery/evenings/2/").content
    browser.get("/pottery/evenings/3/")
    Client().get("/pottery/evenings/1/")

    assert openings() == [("ida@x.org", "pottery", "lesson:1")]


def test_a_teacher_who_looks_as_a_learner_is_not_taken_for_one(course, ida):
    browser = browser_of(course.teacher)
    session = browser.session
    session["acting_as"] = str(ida.pk)
    session.save()

    assert b"data-tracking-unit" not in browser.get("/pottery/evenings/1/").content
    assert openings() == []


def test_a_paper_that_is_marked_days_later_and_again_is_corrected(paper, ida):
    browser_of(ida).post(f"/papers/{paper.pk}/")
    unit = f"quiz:{paper.pk}"
    assert attempts() == [("ida@x.org", "pottery", unit, None, 20.0, None)]

    given = HandIn.objects.get()
    given.mark = 9
    given.save()
    assert attempts() == [("ida@x.org", "pottery", unit, 9.0, 20.0, False)]

    given.mark = 12
    given.save()
    assert attempts() == [("ida@x.org", "pottery", unit, 12.0, 20.0, True)]


def test_somebody_without_a_full_name_is_called_by_the_address(ida):
    assert lms.get_adapter().display_name(ida) == "ida@x.org"


def test_the_one_teacher_of_a_course_sees_it_and_nobody_else(course, ida):
    adapter = lms.get_adapter()

    assert adapter.instructed_course_keys(course.teacher) == ["pottery"]
    assert adapter.can_view_course(course.teacher, "pottery")
    assert not adapter.can_view_course(ida, "pottery")


def test_a_learner_answers_the_question_where_the_token_is_kept_in_the_session(course):
    olga = Person.objects.create_user("olga@x.org")
    browser = browser_of(olga, enforce_csrf_checks=True)
    page = browser.get("/pottery/evenings/1/").content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))

    answer = browser.post("/tracking/consent/", {**hidden, "answer": "yes"})

    assert answer.status_code == 302
    assert consent.covers(olga.pk, "engagement")


def test_the_browser_of_such_a_host_may_send_its_events(ida):
    browser = browser_of(ida, enforce_csrf_checks=True)
    batch = {
        "v": 1,
        "sent_at": 0,
        "events": [],
    }
    response = browser.post(
        "/tracking/events/", batch, content_type="application/json", headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert response.status_code != 403
    assert not Event.objects.exists()

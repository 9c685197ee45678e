from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from courses import attempts
from courses.attempts import Response
from courses.models import Attempt, Quiz

RIGHT = {
    "question-colour": "blue",
    "question-primes": ["two", "three"],
    "question-still": "true",
    "question-height": "10.25",
    "question-name": "Ada",
}
WRONG = {**RIGHT, "question-colour": "red", "question-primes": ["four"], "question-name": "Bob"}


def start(client: Client, quiz: Quiz) -> str:
    """Begin an attempt and return its address."""
    return client.post(f"{quiz.get_absolute_url()}start/")["Location"]


def hand_in(client: Client, quiz: Quiz, answers: dict) -> str:
    """Take the quiz from the first click to the last, and return the page that follows."""
    return client.post(start(client, quiz), answers, follow=True).text


def test_the_quiz_page_says_what_is_asked(learner_client, quiz):
    response = learner_client.get(quiz.get_absolute_url())
    assert "Start the quiz" in response.text
    assert "60 %" in response.text
    assert response.context["left_count"] == 2
    assert "Blue" not in response.text


def test_a_quiz_is_taken_and_passed(learner_client, quiz):
    html = hand_in(learner_client, quiz, RIGHT)
    assert "100 %" in html
    assert "Passed" in html
    attempt = Attempt.objects.get()
    assert (attempt.number, attempt.score, attempt.max_score, attempt.passed) == (
        1,
        Decimal(6),
        Decimal(6),
        True,
    )


def test_a_failed_attempt_links_to_the_lessons_and_keeps_what_is_right_to_itself(learner_client, quiz):
    html = hand_in(learner_client, quiz, WRONG)
    assert "Not passed yet" in html
    assert "/courses/tiny/first-steps/lesson/reading/" in html
    assert "That was the other one." in html
    assert "<dt>Correct answer</dt>" not in html
    assert "Because the text says" not in html
    assert "Try again" in html


def test_the_last_attempt_shows_what_is_right(learner_client, quiz):
    hand_in(learner_client, quiz, WRONG)
    html = hand_in(learner_client, quiz, WRONG)
    assert "Blue" in html
    assert "Because the text says <em>blue</em>." in html
    assert "Try again" not in html


def test_there_is_no_attempt_after_the_last(learner_client, quiz):
    hand_in(learner_client, quiz, WRONG)
    hand_in(learner_client, quiz, WRONG)
    response = learner_client.post(f"{quiz.get_absolute_url()}start/", follow=True)
    assert response.redirect_chain == [(quiz.get_absolute_url(), 302)]
    assert response.text.count("You have used all attempts allowed for this quiz.") == 2
    assert Attempt.objects.count() == 2


def test_open_questions_are_pointed_out_before_handing_in(learner_client, quiz):
    url = start(learner_client, quiz)
    answers = {key: value for key, value in RIGHT.items() if key != "question-name"}
    assert "1 question is still unanswered." in learner_client.post(url, answers).text
    assert Attempt.objects.get().submitted_at is None
    assert learner_client.post(url, answers | {"anyway": "1"}).url == url.replace("attempt", "result")
    assert Attempt.objects.get().score == 5


def test_answers_are_kept_for_later(learner_client, quiz):
    url = start(learner_client, quiz)
    answers = {**RIGHT, "keep": "1"}
    assert learner_client.post(url, answers).url == quiz.get_absolute_url()
    assert "Continue your attempt" in learner_client.get(quiz.get_absolute_url()).text
    form = learner_client.get(url).context["form"]
    initial = {name: field.initial for name, field in form.fields.items()}
    assert initial == {**RIGHT, "question-primes": ["two", "three"]}


def test_a_page_without_answers_begins_empty(learner_client, quiz):
    form = learner_client.get(start(learner_client, quiz)).context["form"]
    assert {field.initial for field in form.fields.values()} == {None}


def test_an_answer_that_is_no_number_is_marked(learner_client, quiz):
    html = learner_client.post(start(learner_client, quiz), RIGHT | {"question-height": "high"}).text
    assert "Enter a number." in html
    assert Attempt.objects.get().submitted_at is None


def test_an_option_that_is_not_offered_is_refused(learner_client, quiz):
    response = learner_client.post(start(learner_client, quiz), RIGHT | {"question-colour": "green"})
    assert list(response.context["form"].errors) == ["question-colour"]


def test_what_was_handed_in_can_no_longer_be_changed(learner_client, quiz):
    url = start(learner_client, quiz)
    learner_client.post(url, WRONG)
    assert learner_client.post(url, RIGHT).url == url.replace("attempt", "result")
    assert Attempt.objects.get().passed is False


def test_an_attempt_handed_in_by_another_tab_meanwhile_leads_to_its_result(learner_client, quiz, monkeypatch):
    """The page was checked before the other tab handed in, the answers came after."""
    url = start(learner_client, quiz)
    save_answers = attempts.save_answers

    def save_too_late(attempt: Attempt, responses: list[Response]) -> None:
        attempts.submit(attempt)
        save_answers(attempt, responses)

    monkeypatch.setattr(attempts, "save_answers", save_too_late)
    response = learner_client.post(url, RIGHT, follow=True)
    assert response.redirect_chain[-1] == (url.replace("attempt", "result"), 302)
    assert Attempt.objects.get().score == 0


def test_a_result_waits_until_the_attempt_is_handed_in(learner_client, quiz):
    url = start(learner_client, quiz)
    assert learner_client.get(url.replace("attempt", "result")).url == url


def test_nobody_sees_the_attempt_of_another(client, learner_client, quiz, instructor):
    url = start(learner_client, quiz)
    client.force_login(instructor)
    assert client.get(url).status_code == 404


def test_an_instructor_sees_questions_and_answers_and_takes_no_attempt(client, quiz, instructor):
    client.force_login(instructor)
    html = client.get(quiz.get_absolute_url()).text
    assert "Only instructors see this list." in html
    assert "10 m" in html
    assert "Ada, Ada Lovelace" in html
    assert client.post(f"{quiz.get_absolute_url()}start/").url == quiz.get_absolute_url()
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("name", ["quiz", "start"])
def test_a_stranger_is_led_to_the_course(client, course, quiz, name):
    client.force_login(User.objects.create_user("stranger"))
    url = reverse(f"courses:{name}", kwargs={"course": "tiny", "module": "first-steps", "quiz": "check"})
    assert client.post(url).url == course.get_absolute_url()


def test_a_quiz_without_a_limit_says_so(learner_client, course):
    assert "No limit" in learner_client.get(Quiz.objects.get(slug="last").get_absolute_url()).text

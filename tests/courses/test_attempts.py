from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from courses import attempts
from courses.attempts import AlreadySubmitted, NoAttemptLeft, Response
from courses.models import Attempt, Question, Quiz
from courses.models.attempts import AttemptQuerySet

RIGHT: dict[str, Any] = {
    "colour": {"chosen": ("blue",)},
    "primes": {"chosen": ("two", "three")},
    "still": {"chosen": ("true",)},
    "height": {"number": Decimal("9.5")},
    "name": {"text": "ada"},
}


def respond(quiz: Quiz, **changes: Any) -> list[Response]:
    """Return a right response to every question but those named; ``None`` leaves one out."""
    given = RIGHT | changes
    return [
        Response(question=question, **given[question.key])
        for question in quiz.questions.all()
        if given[question.key] is not None
    ]


def hand_in(quiz: Quiz, learner: User, **changes: Any) -> Attempt:
    attempt = attempts.start(quiz, learner)
    attempts.save_answers(attempt, respond(quiz, **changes))
    return attempts.submit(attempt)


def grades(attempt: Attempt) -> dict[str, tuple[bool | None, Decimal | None]]:
    return {answer.question.key: (answer.is_correct, answer.points) for answer in attempt.answers.all()}


def test_right_answers_of_every_kind_earn_all_points(quiz, learner):
    attempt = hand_in(quiz, learner)
    assert (attempt.score, attempt.max_score, attempt.passed, attempt.percent) == (
        Decimal(6),
        Decimal(6),
        True,
        100,
    )


def test_each_answer_is_graded_by_itself(quiz, learner):
    attempt = hand_in(quiz, learner, primes={"chosen": ("two",)}, height={"number": Decimal(11)}, name=None)
    assert grades(attempt) == {
        "colour": (True, Decimal(1)),
        "primes": (False, Decimal(1)),
        "still": (True, Decimal(1)),
        "height": (False, Decimal(0)),
        "name": (False, Decimal(0)),
    }
    assert (attempt.score, attempt.passed, attempt.percent) == (Decimal(3), False, 50)


def test_an_attempt_is_stamped_with_its_moment(attempt):
    now = attempt.started_at + timedelta(minutes=5)
    assert attempts.submit(attempt, now=now).submitted_at == now


def test_submitting_again_changes_nothing(quiz, learner):
    attempt = hand_in(quiz, learner)
    before = list(attempt.answers.values())
    again = attempts.submit(attempt, now=datetime(2040, 1, 1, tzinfo=UTC))
    assert again.submitted_at == attempt.submitted_at
    assert list(attempt.answers.values()) == before


def test_starting_again_goes_on_with_the_attempt_in_progress(quiz, learner, attempt):
    assert attempts.start(quiz, learner) == attempt


def test_the_database_refuses_a_second_attempt_in_progress(quiz, learner, attempt):
    with pytest.raises(IntegrityError), transaction.atomic():
        quiz.attempts.create(learner=learner, number=2)


def test_two_clicks_at_once_begin_one_attempt(quiz, learner, monkeypatch):
    """The second click looked before the first had written."""
    attempt = attempts.start(quiz, learner)
    looks: list[Callable[[AttemptQuerySet], AttemptQuerySet]] = [
        AttemptQuerySet.in_progress,
        AttemptQuerySet.none,
    ]
    monkeypatch.setattr(AttemptQuerySet, "in_progress", lambda *given: looks.pop()(*given))  # noqa: PLW0108  # a look for each click
    assert attempts.start(quiz, learner) == attempt
    assert looks == []


def test_attempts_are_numbered_and_stop_at_the_limit(quiz, learner):
    assert attempts.count_left(quiz, learner) == 2
    assert [hand_in(quiz, learner, colour=None).number for _ in range(2)] == [1, 2]
    assert attempts.count_left(quiz, learner) == 0
    with pytest.raises(NoAttemptLeft, match="lea has used all 2 attempts at Check"):
        attempts.start(quiz, learner)


def test_without_a_limit_there_is_always_another(course, learner):
    quiz = Quiz.objects.get(slug="last")
    for _ in range(3):
        attempts.submit(attempts.start(quiz, learner))
    assert attempts.count_left(quiz, learner) is None
    assert attempts.start(quiz, learner).number == 4


def test_an_answer_may_change_until_it_is_handed_in(quiz, attempt):
    attempts.save_answers(attempt, respond(quiz, colour={"chosen": ("red",)}))
    attempts.save_answers(attempt, respond(quiz))
    assert attempt.answers.count() == 5
    attempts.submit(attempt)
    with pytest.raises(AlreadySubmitted, match="was submitted and accepts no more answers"):
        attempts.save_answers(attempt, respond(quiz))


def test_answers_are_shown_after_a_pass_or_the_last_attempt(quiz, learner):
    wrong = dict.fromkeys(RIGHT)
    first = hand_in(quiz, learner, **wrong)
    assert not attempts.reveals_answers(first)
    hand_in(quiz, learner, **wrong)
    assert attempts.reveals_answers(first)


def test_a_pass_shows_the_answers_at_once(quiz, learner):
    assert attempts.reveals_answers(hand_in(quiz, learner))


@pytest.mark.parametrize(
    ("response", "is_empty"),
    [
        ({}, True),
        ({"chosen": ("a",)}, False),
        ({"text": "a"}, False),
        ({"number": Decimal(0)}, False),
    ],
)
def test_a_response_knows_whether_it_says_anything(response, is_empty):
    assert Response(question=Question(), **response).is_empty is is_empty

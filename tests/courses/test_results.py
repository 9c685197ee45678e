from decimal import Decimal
from typing import Any

from courses import attempts, results
from courses.attempts import Response
from courses.models import Attempt, Quiz

WRONG: dict[str, dict[str, Any]] = {
    "colour": {"chosen": ("red",)},
    "height": {"number": Decimal(3)},
    "name": {"text": "Bob"},
}


def hand_in(quiz: Quiz, learner) -> Attempt:
    attempt = attempts.start(quiz, learner)
    attempts.save_answers(
        attempt,
        [Response(question=quiz.questions.get(key=key), **answer) for key, answer in WRONG.items()],
    )
    return attempts.submit(attempt)


def test_a_result_hides_what_is_right_while_there_is_another_attempt(quiz, learner):
    told = list(results.read(hand_in(quiz, learner)))
    assert [result.question.key for result in told] == ["colour", "primes", "still", "height", "name"]
    assert [result.given for result in told] == [("Red",), (), (), ("3 m",), ("Bob",)]
    assert told[0].notes == ("That was the other one.",)
    assert {(result.right, result.explanation) for result in told} == {((), "")}


def test_the_result_of_the_last_attempt_tells_what_is_right(quiz, learner):
    hand_in(quiz, learner)
    told = list(results.read(hand_in(quiz, learner)))
    assert [result.right for result in told] == [("Blue",), ("2", "3"), ("True",), ("10 m",), ("Ada",)]
    assert told[0].explanation == "Because the text says *blue*."

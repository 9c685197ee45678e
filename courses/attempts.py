"""Take a quiz: start an attempt, save answers, submit it, see the right answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from courses import grading
from courses.grading import Grade
from courses.models import Answer, Attempt, Question, Quiz


class NoAttemptLeft(Exception):
    """Raised if a learner has used all attempts that a quiz allows."""


class AlreadySubmitted(Exception):
    """Raised if answers arrive for an attempt that was already submitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A learner's answer to one question, possibly empty."""

    question: Question
    chosen: tuple[str, ...] = ()
    text: str = ""
    number: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the question is not answered yet."""
        return not self.chosen and not self.text and self.number is None


def count_left(quiz: Quiz, learner: User) -> int | None:
    """Return how many attempts ``learner`` may still start or finish; ``None`` if there is no limit."""
    if quiz.attempt_limit is None:
        return None
    submitted = quiz.attempts.by(learner).submitted().count()
    return max(0, quiz.attempt_limit - submitted)


def start(quiz: Quiz, learner: User, *, now: datetime | None = None) -> Attempt:
    """Return the learner's attempt in progress, or start one. Raises ``NoAttemptLeft`` at the limit."""
    attempts = quiz.attempts.by(learner)
    if (current := attempts.in_progress().first()) is not None:
        return current
    if count_left(quiz, learner) == 0:
        raise NoAttemptLeft(f"{learner} has used all {quiz.attempt_limit} attempts at {quiz}.")
    last = attempts.aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            return quiz.attempts.create(learner=learner, number=last + 1, started_at=now or timezone.now())
    except IntegrityError:
        # A second click was faster. The constraint allows one attempt in progress, so both clicks get that one.
        return attempts.in_progress().get()


@transaction.atomic
def save_answers(attempt: Attempt, responses: Iterable[Response]) -> None:
    """Store ``responses`` as the answers of an attempt in progress; the last response to a question counts.

    Locks the attempt. Raises ``AlreadySubmitted`` if it was submitted, for example in another tab.
    """
    if Attempt.objects.select_for_update().get(pk=attempt.pk).submitted_at is not None:
        raise AlreadySubmitted(f"{attempt} was submitted and accepts no more answers.")
    answers = {answer.question_id: answer for answer in attempt.answers.all()}
    for response in responses:
        answer = answers.setdefault(response.question.pk, Answer(attempt=attempt, question=response.question))
        answer.chosen, answer.text, answer.number = list(response.chosen), response.text, response.number
        answer.save()


@transaction.atomic
def submit(attempt: Attempt, *, now: datetime | None = None) -> Attempt:
    """Grade every answer of ``attempt`` and submit it; a question without an answer earns no points.

    Locks the attempt. Safe to run twice: a submitted attempt stays as it is.
    """
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("quiz__module__course")
        .get(pk=attempt.pk)
    )
    if attempt.submitted_at is not None:
        return attempt
    questions = list(attempt.quiz.questions.prefetch_related("options"))
    answers = {answer.question_id: answer for answer in attempt.answers.all()}
    grades = []
    for question in questions:
        answer = answers.get(question.pk) or Answer(attempt=attempt, question=question)
        grade = _grade(question, answer)
        answer.is_correct, answer.points = grade.is_correct, grade.points
        answer.save()
        grades.append(grade)
    total = grading.total(
        grades, max_score=sum(question.points for question in questions), pass_mark=attempt.quiz.pass_mark
    )
    # Save the attempt last: receivers of this save, such as tracking, then find every answer graded.
    attempt.submitted_at = now or timezone.now()
    attempt.score, attempt.max_score, attempt.passed = total.score, total.max_score, total.passed
    attempt.save()
    return attempt


def reveals_answers(attempt: Attempt) -> bool:
    """Return whether the learner may see the right answers: the quiz is passed, or no attempt is left."""
    has_passed = attempt.quiz.attempts.by(attempt.learner).filter(passed=True).exists()
    return has_passed or count_left(attempt.quiz, attempt.learner) == 0


def _grade(question: Question, answer: Answer) -> Grade:
    match question.kind:
        case Question.Kind.NUMERIC:
            right = question.number or Decimal(0)
            return grading.grade_number(
                answer.number, right=right, tolerance=question.tolerance, points=question.points
            )
        case Question.Kind.SHORT_TEXT:
            return grading.grade_text(answer.text, accepted=question.accepted, points=question.points)
        case _:
            correct = {option.key for option in question.options.all() if option.is_correct}
            return grading.grade_choice(set(answer.chosen), correct=correct, points=question.points)

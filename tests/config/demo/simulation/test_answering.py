from random import Random

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from config.demo.simulation import answering
from courses import attempts
from courses.models import Question, Quiz

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_right", [True, False])
def test_every_question_of_the_courses_can_be_answered_right_and_wrong(is_right, capsys):
    call_command("load_courses")
    learner = User.objects.create_user("lea")
    graded = []
    for quiz in Quiz.objects.all():
        attempt = attempts.start(quiz, learner)
        questions = quiz.questions.prefetch_related("options")
        attempts.save_answers(
            attempt, [answering.respond(Random(7), question, is_right=is_right) for question in questions]
        )
        answers = attempts.submit(attempt).answers.exclude(is_correct=is_right)
        graded += [(quiz.slug, answer.question.key) for answer in answers]
    assert Question.objects.count() > 100
    assert graded == []

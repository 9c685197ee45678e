from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.sites import site
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from courses.models import (
    Answer,
    Attempt,
    Course,
    Enrolment,
    Lesson,
    LessonCompletion,
    Option,
    Question,
    Quiz,
)


def refuses(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


def test_the_database_refuses_rows_that_cannot_be(course, quiz, learner, attempt):
    video = Lesson.objects.filter(slug="watching")
    begun = Attempt.objects.filter(pk=attempt.pk)
    scored = {"score": 1, "max_score": 2, "passed": False}
    changes = [
        lambda: Course.objects.update(ends_on=course.starts_on - timedelta(days=1)),
        lambda: Lesson.objects.update(slug="same"),
        lambda: video.update(media_file=""),
        lambda: Quiz.objects.update(pass_mark=101),
        lambda: Quiz.objects.update(attempt_limit=0),
        lambda: Question.objects.update(points=0),
        lambda: Question.objects.update(tolerance=-1),
        lambda: Question.objects.filter(kind="numeric").update(number=None),
        lambda: Enrolment.objects.create(course=course, learner=learner),
        lambda: begun.update(score=1),
        lambda: begun.update(submitted_at=attempt.started_at),
        lambda: begun.update(submitted_at=attempt.started_at - timedelta(1), **scored),
        lambda: begun.update(submitted_at=attempt.started_at, **{**scored, "score": 3}),
    ]
    assert [refuses(change) for change in changes] == [True] * len(changes)
    assert not refuses(lambda: begun.update(submitted_at=attempt.started_at, **scored))


def test_a_question_that_was_answered_cannot_be_deleted(attempt):
    answer = Answer.objects.create(attempt=attempt, question=Question.objects.get(key="colour"))
    with pytest.raises(RestrictedError):
        answer.question.delete()


def test_a_learner_who_is_deleted_takes_their_work_along(learner, attempt):
    Answer.objects.create(attempt=attempt, question=Question.objects.get(key="colour"))
    learner.delete()
    assert not Answer.objects.exists()


def test_every_row_has_a_name_for_people(course, learner, quiz, attempt):
    question = Question.objects.get(key="colour")
    completion = LessonCompletion(lesson=Lesson.objects.get(slug="reading"), learner=learner)
    names = [
        str(row)
        for row in (
            course,
            quiz.module,
            completion.lesson,
            quiz,
            question,
            Option.objects.get(key="blue"),
            Enrolment.objects.get(),
            attempt,
            Answer(attempt=attempt, question=question),
            completion,
        )
    ]
    assert names == [
        "Tiny",
        "First steps",
        "Reading",
        "Check",
        "Check: colour",
        "Blue",
        "lea in Tiny",
        "Check, lea, attempt 1",
        "Check, lea, attempt 1: colour",
        "lea: Reading",
    ]


@pytest.mark.parametrize(
    ("number", "plain"),
    [(None, ""), (Decimal("10.0000"), "10"), (Decimal(100), "100"), (Decimal("0.5"), "0.5")],
)
def test_a_number_is_written_as_people_write_it(number, plain):
    assert (Question(number=number).plain_number, Answer(number=number).plain_number) == (plain, plain)


@pytest.mark.parametrize(("score", "percent"), [(None, None), (0, 0), (Decimal("5.99"), 59), (10, 100)])
def test_a_percentage_never_looks_better_than_it_is(score, percent):
    assert Attempt(score=score, max_score=None if score is None else 10).percent == percent


def test_the_operator_finds_every_kind_of_row_in_the_admin(admin_client, attempt):
    kinds = [model for model in site._registry if model._meta.app_label == "courses"]
    pages = [f"/admin/courses/{model._meta.model_name}/" for model in kinds]
    assert {page: admin_client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert len(pages) == 7

"""What migrations do with the rows that they find."""

from importlib import import_module

import pytest
from django.apps import apps

from tests.factories import COURSE
from tracking.models import PendingChange, QuestionStats


@pytest.mark.django_db
def test_courses_whose_questions_were_counted_without_their_lessons_are_counted_again():
    for key in ("1", "2"):
        QuestionStats.objects.create(
            course_key=COURSE, unit_key="q", question_key=key, learner_count=1, first_correct_count=1,
            answer_count=1, correct_count=1, succeeded_count=1, tries_to_success_count=1, gained_count=0,
            kept_count=0, lost_count=0, rated_count=0,
        )  # fmt: skip
    import_module("tracking.migrations.0023_count_questions_again").count_questions_again(apps, None)
    assert sorted(PendingChange.objects.values_list("course_key", "subject")) == [
        (COURSE, "findings"),
        (COURSE, "items"),
    ]

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, models
from django.test.utils import CaptureQueriesContext, isolate_apps

from courses.models import Attempt, Lesson, Module, Question
from tests import web_course
from tracking.exceptions import AdapterError
from tracking.lms import paths


@pytest.mark.parametrize("path", ["a__b", "a.b"])
def test_a_path_leads_from_attribute_to_attribute_and_calls_what_is_callable(path):
    row = SimpleNamespace(a=lambda: SimpleNamespace(b=5))

    assert paths.read_path(row, path) == 5


def test_a_path_through_nothing_ends_at_nothing():
    assert paths.read_path(SimpleNamespace(a=None), "a__b__c") is None
    assert paths.read_path(SimpleNamespace(), None) is None
    assert paths.read_many(SimpleNamespace(a=None), "a__b") == []
    assert paths.read_id(SimpleNamespace(a=None), "a__b") is None


def test_a_path_reads_dictionaries_too():
    assert paths.read_path(SimpleNamespace(data={"score": 3}), "data__score") == 3
    assert paths.read_path(SimpleNamespace(data={}), "data__score") is None


def test_a_step_that_is_not_there_is_named():
    with pytest.raises(
        AdapterError, match=r"^Lesson has no 'modul', which 'modul__course' of the adapter needs\."
    ):
        paths.read_path(Lesson(), "modul__course")


@pytest.mark.parametrize(
    ("value", "values"), [([1, 2], [1, 2]), ((1,), [1]), ("ab", ["ab"]), (None, []), (0, [0])]
)
def test_many_values_come_as_a_list_however_the_host_keeps_them(value, values):
    assert paths.read_many(SimpleNamespace(a=value), "a") == values
    assert paths.read_many(SimpleNamespace(), lambda row: value) == values


@pytest.mark.django_db
def test_a_path_spreads_over_relations_to_many():
    course = web_course.make()

    assert [lesson.slug for lesson in paths.read_many(course, "modules__lessons")] == ["names", "draft"]


@pytest.mark.django_db
def test_a_missing_other_side_of_a_one_to_one_relation_is_nothing():
    row = SimpleNamespace(owner=User(pk=1))

    class Owner:
        @property
        def profile(self):
            raise User.DoesNotExist

    row.owner = Owner()
    assert paths.read_path(row, "owner__profile__name") is None


@pytest.mark.django_db
def test_a_primary_key_is_read_from_the_column_beside_it():
    web_course.make()
    attempt = web_course.begin_attempt(User.objects.create_user("lea"))
    fresh = Attempt.objects.get()

    with CaptureQueriesContext(connection) as queries:
        assert paths.read_id(fresh, "learner") == attempt.learner_id
    assert len(queries) == 0
    assert paths.read_id(fresh, "quiz__module") == fresh.quiz.module_id
    assert paths.read_id(fresh, "number") == 1


@pytest.mark.django_db
def test_rows_are_fetched_with_all_that_their_entries_read():
    web_course.make()
    entries: list[Any] = [
        "quiz__module__course",
        "lesson__title",
        "options",
        lambda row: row,
        None,
        "no_such",
    ]

    with CaptureQueriesContext(connection) as queries:
        for question in paths.prefetch_paths(Question.objects.all(), entries):
            assert question.quiz.module.course.slug == "web"
            assert question.lesson.title == "Names"
            assert list(question.options.all()) == []
    assert len(queries) == 2


def test_the_primary_key_of_an_inherited_model_is_no_relation_to_fetch():
    with isolate_apps("courses"):

        class Video(Lesson):
            class Meta:
                app_label = "courses"

        class Watched(models.Model):
            video = models.ForeignKey(Video, on_delete=models.CASCADE)

            class Meta:
                app_label = "courses"

        rows = paths.prefetch_paths(Watched._base_manager.all(), ["video__pk"])

        assert 'JOIN "courses_video"' in str(rows.query)


def test_a_reverse_relation_goes_by_its_accessor():
    assert paths.find_field(Module, "lessons").related_model is Lesson
    assert paths.find_field(Group, "user_set").related_model is User
    assert paths.find_field(Group, "user") is None
    assert paths.find_field(Lesson, "pk").name == "id"

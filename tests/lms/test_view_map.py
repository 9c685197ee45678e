from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import path, resolve, set_script_prefix
from django.views import View

from courses.models import Lesson
from tests import web_course
from tracking import lms
from tracking.exceptions import AdapterError
from tracking.lms import Lookup, Node, Structure, Unit, UnitRef
from tracking.lms.view_map import dotted_path, match_path

pytestmark = pytest.mark.django_db

LESSON_PATH = "/courses/web/dns/lesson/names/"

BY_PK = Structure(
    "courses.Course",
    nodes=[Node("courses.Lesson", course="module__course"), Node("courses.Module", course="course")],
)


def unit_at(entry, *, structure=BY_PK, where=LESSON_PATH):
    views = {"courses:lesson": entry}
    return type("Declared", (lms.Adapter,), {"structure": structure, "views": views})().unit_of_path(where)


@pytest.fixture
def lesson():
    return web_course.make().modules.get().lessons.get(slug="names")


@pytest.fixture
def ref(lesson):
    """The address of the lesson where both keys are primary keys."""
    return UnitRef(course_key=str(lesson.module.course_id), unit_key=f"lesson:{lesson.pk}")


IN_COURSE = Lookup(course="module__course__slug", module="module__slug", lesson="slug")


def test_a_lookup_turns_the_slugs_of_a_url_into_the_keys_of_the_outline(ref):
    assert unit_at(Unit("courses.Lesson", unit=IN_COURSE, course=Lookup(course="slug"))) == ref


def test_without_a_course_the_unit_says_which_it_is_in(ref):
    assert unit_at(Unit("courses.Lesson", unit=IN_COURSE)) == ref


def test_a_lookup_asks_the_database_once(ref, django_assert_num_queries):
    views = {"courses:lesson": Unit("courses.Lesson", unit=IN_COURSE, course=Lookup(course="slug"))}
    adapter = type("Declared", (lms.Adapter,), {"structure": BY_PK, "views": views})()
    adapter.unit_of_path(LESSON_PATH)

    with django_assert_num_queries(0):
        assert adapter.unit_of_path(LESSON_PATH) == ref


def test_what_was_looked_up_is_forgotten_when_the_host_changes_its_lessons(settings, lesson):
    settings.TRACKING = {"ADAPTER": "tests.lms.test_view_map.ByPk"}
    first: Any = lms.get_adapter().unit_of_path(LESSON_PATH)
    lesson.slug = "renamed"
    lesson.save()
    again = Lesson.objects.create(
        module=lesson.module, slug="names", title="New", expected_minutes=1, position=9
    )

    second: Any = lms.get_adapter().unit_of_path(LESSON_PATH)

    assert [first.unit_key, second.unit_key] == [f"lesson:{lesson.pk}", f"lesson:{again.pk}"]


class ByPk(lms.Adapter):
    structure = BY_PK
    views = {"courses:lesson": Unit("courses.Lesson", unit=IN_COURSE)}


def _shown(page: Any) -> Any:
    return page.response.context_data["page"]


def test_a_callable_that_needs_the_response_says_nothing_of_a_bare_path(lesson):
    assert unit_at(Unit(unit=_shown)) is None


def test_rows_that_no_look_up_finds_tell_their_course_by_a_callable(lesson):
    structure = Structure(
        "courses.Course",
        nodes=[
            Node(
                "courses.Lesson", rows=lambda course: Lesson.objects.filter(module__course=course),
                course=lambda row: row.module.course,
            )
        ],
    )  # fmt: skip
    found = unit_at(Unit("courses.Lesson", unit=IN_COURSE), structure=structure)
    assert found == UnitRef(course_key=str(lesson.module.course_id), unit_key=f"lesson:{lesson.pk}")


def test_a_callable_may_return_the_row_itself(ref, lesson):
    assert unit_at(Unit(unit=lambda page: lesson)) == ref


def test_a_callable_may_return_keys_and_reads_the_page(ref, lesson):
    pages = []

    def unit(page):
        pages.append(page)
        return lesson.pk

    assert unit_at(Unit("courses.Lesson", unit=unit, course=lambda page: lesson.module.course)) == ref
    assert (pages[0].view_name, pages[0].path, pages[0].kwargs) == (
        "courses:lesson",
        LESSON_PATH,
        {"course": "web", "module": "dns", "lesson": "names"},
    )


@pytest.mark.parametrize(
    "entry",
    [
        Unit("courses.Lesson", unit=lambda page: None, course="course"),
        Unit("courses.Lesson", unit="no_such_kwarg", course="course"),
        Unit("courses.Lesson", unit="lesson", course="course"),  # "names" is no integer.
        Unit("courses.Lesson", unit=Lookup(no_such_kwarg="pk")),
        Unit("courses.Lesson", unit=Lookup(module="slug")),
        Unit("courses.Lesson", unit=IN_COURSE, course=Lookup(module="slug")),
        Unit("courses.Lesson", unit=IN_COURSE, course=lambda page: None),
        Unit("courses.Lesson", unit=IN_COURSE, course="course"),  # "web" is no integer.
    ],
)
def test_a_page_whose_unit_or_course_cannot_be_told_shows_none(lesson, entry):
    assert unit_at(entry) is None


@pytest.mark.parametrize("entry", [Unit("courses.Quiz", unit="lesson"), Unit(unit=Lookup(lesson="slug"))])
def test_an_entry_that_can_never_work_says_so(lesson, entry):
    with pytest.raises(AdapterError):
        unit_at(entry)


@pytest.mark.parametrize("where", ["/courses/web/", "/nowhere/", "", "//", "https://elsewhere.test/"])
def test_a_path_that_shows_no_unit_is_none(where):
    assert lms.get_adapter().unit_of_path(where) is None


def test_the_path_of_a_site_below_a_prefix_is_understood(lesson):
    set_script_prefix("/school/")
    try:
        assert lms.get_adapter().unit_of_path("/school" + LESSON_PATH) == UnitRef(
            course_key="web", unit_key="lesson:dns/names"
        )
    finally:
        set_script_prefix("/")


@pytest.mark.urls("tests.lms.languages")
def test_a_path_is_understood_in_its_own_language(settings):
    settings.LANGUAGES = [("en", "English"), ("nl", "Nederlands")]

    for where in ("/en/lesson/1/", "/nl/lesson/1/"):
        match = match_path(where)
        assert match is not None
        assert (match.view_name, match.kwargs) == ("lesson", {"pk": 1})


class Page(View):
    pass


def function(request):
    return None


@pytest.mark.parametrize(
    ("view", "expected"),
    [(Page.as_view(), "Page"), (function, "function"), (SimpleNamespace(cls=Page), "Page")],
)
def test_a_view_has_the_dotted_path_of_its_function_or_class(view, expected):
    assert dotted_path(view) == f"{__name__}.{expected}"


@pytest.mark.parametrize(("given", "key"), [("7", "lesson:7"), ("007", "lesson:7")])
def test_an_integer_key_is_the_same_however_the_url_writes_it(given, key):
    match: Any = path("<lesson>/", function, name="courses:lesson").resolve(f"{given}/")
    views = {"courses:lesson": Unit("courses.Lesson", unit="lesson", course=lambda page: "3")}
    adapter = type("Declared", (lms.Adapter,), {"structure": BY_PK, "views": views})()

    page = lms.view_map.page_of_path("/", match)

    assert adapter.view_map.unit_of(views["courses:lesson"], page) == UnitRef(course_key="3", unit_key=key)


def test_a_match_found_by_name_is_found_again_by_request(rf, lesson):
    request = rf.get(LESSON_PATH)
    request.resolver_match = resolve(LESSON_PATH)

    assert lms.get_adapter().unit_of_request(request, None) == UnitRef(
        course_key="web", unit_key="lesson:dns/names"
    )

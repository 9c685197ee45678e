from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Course, Lesson, Module
from tests import web_course
from tracking import lms
from tracking.exceptions import AdapterError
from tracking.lms import Node, OutlineNode, Structure, UnitKind, UnitRef, outline_reader
from tracking.lms.outline_reader import PlacedNode, SortValue, depth_first


def placed(key, parent_key="", *, at=0, is_available=True):
    node = OutlineNode(
        key=key, kind=UnitKind.OTHER, title=key, parent_key=parent_key, is_available=is_available
    )
    return PlacedNode(node=node, place=(SortValue(at),))


def keys(nodes):
    return [node.key for node in nodes]


def test_siblings_of_all_models_stand_in_one_order_below_their_parent():
    units = [
        placed("b", at=2),
        placed("a", at=1),
        placed("q", "a", at=2),
        placed("l", "a", at=1),
        placed("m", "b"),
    ]

    assert keys(depth_first(units)) == ["a", "l", "q", "b", "m"]


def test_what_is_part_of_something_unavailable_is_unavailable():
    units = [placed("m", is_available=False), placed("l", "m"), placed("s", "l"), placed("other")]

    assert {node.key: node.is_available for node in depth_first(units)} == {
        "m": False,
        "l": False,
        "s": False,
        "other": True,
    }


def test_a_unit_whose_parent_is_not_in_the_outline_stands_at_the_top():
    [node] = depth_first([placed("l", "filtered away")])

    assert node == placed("l").node


def test_units_that_are_each_others_parents_are_all_there():
    nodes = list(depth_first([placed("a", "b"), placed("b", "a"), placed("c", "c")]))

    assert sorted(keys(nodes)) == ["a", "b", "c"]
    assert [node.parent_key for node in nodes] == ["", "a", ""]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(-1, 8), st.integers(0, 3)), max_size=12))
def test_every_unit_is_there_once_and_no_parent_comes_after_its_child(drawn):
    units = [placed(str(key), str(parent) if parent >= 0 else "", at=at) for key, parent, at in drawn]

    nodes = list(depth_first(units))

    assert sorted(keys(nodes)) == sorted({each.node.key for each in units})
    before: set[str] = {""}
    for node in nodes:
        assert node.parent_key in before
        before.add(node.key)


@pytest.mark.parametrize(
    ("values", "ordered"),
    [
        ([3, 1, 2], [1, 2, 3]),
        ([None, 2, 1], [1, 2, None]),
        ([datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)], None),
        (["b", 1], [1, "b"]),
    ],
)
def test_values_of_any_type_can_be_ordered_and_missing_ones_come_last(values, ordered):
    expected = sorted(values) if ordered is None else ordered

    assert [each.value for each in sorted(map(SortValue, values))] == expected


def test_an_order_can_be_turned_round_and_missing_values_still_come_last():
    values = [SortValue(value, is_descending=True) for value in (1, None, 3)]

    assert [each.value for each in sorted(values)] == [3, 1, None]


def course_adapter(**structure):
    given = {"key": "slug", "title": "title", **structure}
    return type("Declared", (lms.Adapter,), {"structure": Structure("courses.Course", **given)})()


LESSON = Node("courses.Lesson", course="module__course", kind=UnitKind.LESSON)


@pytest.mark.django_db
def test_a_host_without_modules_has_its_lessons_at_the_top():
    web_course.make()
    names, draft = Lesson.objects.order_by("position")

    outline = course_adapter(nodes=[LESSON]).outline("web")

    assert [(node.key, node.parent_key, node.title) for node in outline.nodes] == [
        (f"lesson:{names.pk}", "", "Names"),
        (f"lesson:{draft.pk}", "", "Draft"),
    ]


@pytest.mark.django_db
def test_a_larger_course_takes_no_more_queries(django_assert_num_queries):
    module = web_course.make().modules.get()
    for position in range(10, 20):
        Lesson.objects.create(
            module=module, slug=f"l{position}", title="L", expected_minutes=1, position=position
        )

    with django_assert_num_queries(2):
        assert len(course_adapter(nodes=[replace(LESSON, parent="module")]).outline("web").nodes) == 12


@dataclass(frozen=True)
class Chapter:
    """A unit of a host that keeps its content in files."""

    path: str
    inside: str = ""
    words: tuple[str, ...] = ()


@pytest.mark.django_db
def test_units_without_rows_come_from_a_callable_and_nest_as_deep_as_they_like():
    web_course.make()
    chapters = [Chapter("1/1/1", "1/1", ("dns",)), Chapter("1/1", "1"), Chapter("1"), Chapter("2")]
    node = Node(
        "",
        rows=lambda course: chapters,
        key=lambda chapter: chapter.path,
        prefix="",
        title="path",
        parent="inside",
        order=["path"],
        kind=lambda chapter: "lesson" if chapter.words else "module",
        skills="words",
        expected_seconds=lambda chapter: timedelta(minutes=2),
    )

    nodes = course_adapter(nodes=[node]).outline("web").nodes

    assert [(unit.key, unit.parent_key, unit.kind, unit.skills) for unit in nodes] == [
        ("1", "", UnitKind.MODULE, ()),
        ("1/1", "1", UnitKind.MODULE, ()),
        ("1/1/1", "1/1", UnitKind.LESSON, ("dns",)),
        ("2", "", UnitKind.MODULE, ()),
    ]
    assert {unit.expected_seconds for unit in nodes} == {120}


@pytest.mark.django_db
def test_a_kind_that_is_none_is_refused_with_those_there_are():
    web_course.make()

    with pytest.raises(
        AdapterError, match=r"'text' is not a kind of unit.*'module', 'lesson', 'quiz', 'other'"
    ):
        course_adapter(nodes=[Node("courses.Lesson", course="module__course", kind="kind")]).outline("web")


@pytest.mark.django_db
def test_dates_are_days_in_the_time_zone_of_the_course():
    web_course.make()

    outline = course_adapter(
        starts_at="starts_on", ends_at="ends_on", time_zone=lambda course: "Asia/Kolkata"
    ).outline("web")

    assert outline.starts_at == datetime(2026, 2, 28, 18, 30, tzinfo=UTC)
    assert outline.ends_at == datetime(2026, 3, 31, 18, 29, 59, tzinfo=UTC)
    assert outline.time_zone == "Asia/Kolkata"


@pytest.mark.django_db
def test_a_filter_keeps_courses_and_units_out():
    web_course.make()
    published = replace(LESSON, filter={"is_published": True})

    assert len(course_adapter(nodes=[published]).outline("web").nodes) == 1
    assert list(course_adapter(filter={"language": "nl"}).course_keys()) == []
    assert course_adapter(filter={"language": "nl"}).outline("web") is None


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["no-such", "", "nul\x00", "9" * 40])
def test_a_course_that_is_not_there_has_no_outline(key):
    assert course_adapter().outline(key) is None
    assert course_adapter(key="pk").outline(key) is None


class Overriding(lms.Adapter):
    structure = Structure("courses.Course", key="slug", nodes=[LESSON])

    def unit_url(self, unit: UnitRef) -> str:
        return f"/spa/{unit.course_key}/{unit.unit_key}"

    def skills(self, unit: UnitRef) -> tuple[str, ...]:
        return (unit.unit_key.partition(":")[0],)


@pytest.mark.django_db
def test_what_an_adapter_overrides_wins_over_what_it_declares():
    web_course.make()

    outline = Overriding().outline("web")

    assert outline is not None
    node = outline.nodes[0]
    assert (node.url, node.skills) == (f"/spa/web/{node.key}", ("lesson",))


@pytest.mark.django_db
def test_the_url_and_skills_of_one_unit_are_found_by_its_key(django_assert_num_queries):
    web_course.make()
    adapter = lms.get_adapter()

    assert (
        adapter.unit_url(UnitRef(course_key="web", unit_key="lesson:dns/names"))
        == "/courses/web/dns/lesson/names/"
    )
    assert adapter.unit_url(UnitRef(course_key="web", unit_key="lesson:dns/none")) == ""
    assert adapter.skills(UnitRef(course_key="web", unit_key="lesson:dns/names")) == ()


@pytest.mark.django_db
def test_a_host_may_name_courses_by_a_callable():
    web_course.make()
    adapter = course_adapter(key=lambda course: f"{course.language}.{course.slug}", nodes=[LESSON])

    assert list(adapter.course_keys()) == ["en.web"]
    assert len(adapter.outline("en.web").nodes) == 2


@pytest.mark.django_db
def test_a_unit_that_cannot_be_reversed_has_no_url(settings):
    web_course.make()
    settings.ROOT_URLCONF = "tests.small_host"

    assert {node.url for node in course_adapter(nodes=[LESSON]).outline("web").nodes} == {""}


def test_a_unit_without_a_page_has_no_url():
    adapter = course_adapter(nodes=[Node("", rows=lambda course: [], prefix="")])

    assert adapter.courses is not None
    assert outline_reader.url_of(adapter.courses.units[0], SimpleNamespace()) == ""


@pytest.mark.django_db
def test_modules_of_another_course_are_not_in_the_outline():
    web = web_course.make()
    other = Course.objects.create(slug="other", title="Other", starts_on=web.starts_on, ends_on=web.ends_on)
    Module.objects.create(course=other, slug="dns", title="Other names", position=1)

    outline = lms.get_adapter().outline("other")

    assert outline is not None
    assert [node.title for node in outline.nodes] == ["Other names"]

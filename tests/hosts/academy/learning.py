import pytest
from django.db import connection

from tests.hosts.academy.models import Course, Lesson, Member, Sitting, Topic
from tests.hosts.driving import agreed, attempts, browser_of, learners, openings, outlines
from tracking import lms
from tracking.capture import attempts as capturing

pytest_plugins = ["tests.hosts.committing"]


@pytest.fixture
def physics():
    return Course.objects.create(slug="physics")


@pytest.fixture
def member(physics):
    member = Member.objects.create_user("ida", first_name="Ida", last_name="Noddack")
    physics.students.add(member)
    return agreed(member)


@pytest.fixture
def leaf(physics):
    topic = None
    for title in ("Waves", "Sound", "Pitch", "Beats"):
        topic = Topic.objects.create(course=physics, parent=topic, title=title)
    return topic


def test_a_tree_is_read_from_its_root_to_its_leaves(physics, leaf):
    outline = lms.get_adapter().outline("physics")

    titles = {node.key: node.title for node in outline.nodes}
    assert [(node.title, titles.get(node.parent_key)) for node in outline.nodes] == [
        ("Waves", None), ("Sound", "Waves"), ("Pitch", "Sound"), ("Beats", "Pitch"),
    ]  # fmt: skip


def test_a_lesson_of_several_courses_is_opened_in_the_one_that_its_address_names(physics, member):
    chemistry = Course.objects.create(slug="chemistry")
    Lesson.objects.create(slug="atoms").courses.set([physics, chemistry])
    browser = browser_of(member)

    browser.get("/en/courses/chemistry/atoms/")
    browser.get("/en/courses/physics/atoms/")

    assert outlines() == {"physics": ["lesson:atoms"], "chemistry": ["lesson:atoms"]}
    assert openings() == [("ida", "chemistry", "lesson:atoms"), ("ida", "physics", "lesson:atoms")]


def test_a_page_is_the_same_unit_in_every_language(leaf, member):
    browser = browser_of(member)

    for language in ("en", "de"):
        browser.get(f"/{language}/topics/{leaf.pk}/")

    assert openings() == [("ida", "physics", f"module:{leaf.pk}")] * 2


def test_a_browser_that_tells_only_the_address_is_understood_in_every_language(leaf):
    adapter = lms.get_adapter()

    found = {adapter.unit_of_path(f"/{language}/topics/{leaf.pk}/") for language in ("en", "de")}

    assert found == {lms.UnitRef(course_key="physics", unit_key=f"module:{leaf.pk}")}


def test_a_sitting_that_is_deleted_in_the_request_that_scored_it_is_kept(leaf, member):
    response = browser_of(member).post(f"/en/topics/{leaf.pk}/exam/", {"points": 7})

    assert b"7 points" in response.content
    assert not Sitting.objects.exists()
    assert attempts() == [("ida", "physics", f"module:{leaf.pk}", 7.0, 10.0, None)]


def test_a_sitting_that_the_host_takes_back_is_taken_back(leaf, member):
    browser = browser_of(member)
    browser.raise_request_exception = False

    assert browser.post(f"/en/topics/{leaf.pk}/exam/", {"points": 11}).status_code == 500
    assert attempts() == []


def test_a_statement_of_ours_that_fails_leaves_the_transaction_of_the_request_to_the_host(
    leaf, member, monkeypatch
):
    def fail(given):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")

    monkeypatch.setattr(capturing, "store_attempt", fail)
    monkeypatch.setattr("tracking.hooks.failure_log.report_failure", lambda what, error: None)

    response = browser_of(member).post(f"/en/topics/{leaf.pk}/exam/", {"points": 7})

    assert response.content == b"<!doctype html><html><body><h1>7 points</h1></body></html>"


def test_those_whom_a_method_of_the_course_names_are_its_instructors(physics, member):
    dean = Member.objects.create_user("dean")
    physics.staff.add(dean)
    adapter = lms.get_adapter()

    assert adapter.instructed_course_keys(dean) == ["physics"]
    assert not adapter.can_view_course(member, "physics")
    assert learners("physics") == [member.pk]


def test_a_name_that_is_a_property_is_read(member):
    assert lms.get_adapter().display_name(member) == "Noddack, Ida"

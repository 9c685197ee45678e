import re

import pytest
from django.contrib.auth.models import User

from tests.hosts.driving import agreed, browser_of, learners, openings
from tracking import lms

pytest_plugins = ["tests.hosts.committing"]

PART = re.compile(rb"<script [^>]*data-tracking-unit[^>]*></script>")


@pytest.fixture
def ida():
    return agreed(User.objects.create_user("ida"))


def test_pages_without_rows_make_an_outline():
    outline = lms.get_adapter().outline("garden")

    assert [(node.key, node.parent_key) for node in outline.nodes] == [
        ("garden/soil", "garden"), ("garden/soil/worms", "garden/soil"), ("garden/seeds", "garden"),
    ]  # fmt: skip


def test_a_page_is_known_by_what_it_turned_out_to_be(ida):
    browser = browser_of(ida)

    browser.get("/garden/soil/worms/")
    browser.get("/garden/earth/")
    browser.get("/garden/nothing/")

    assert openings() == [("ida", "garden", "garden/soil/worms"), ("ida", "garden", "garden/soil")]


def test_a_page_from_the_site_wide_cache_is_opened_by_each_who_gets_it(ida):
    tom = agreed(User.objects.create_user("tom"))
    browsers = [browser_of(ida), browser_of(tom), browser_of(ida)]

    pages = [browser.get("/garden/seeds/").content for browser in browsers]

    assert len({PART.sub(b"", page) for page in pages}) == 1
    assert [len(PART.findall(page)) for page in pages] == [1, 1, 1]
    assert PART.findall(pages[0]) != PART.findall(pages[1])
    assert openings() == [(name, "garden", "garden/seeds") for name in ("ida", "tom", "ida")]


def test_everybody_learns_and_the_staff_instructs(ida):
    staff = User.objects.create_user("staff", is_staff=True)
    adapter = lms.get_adapter()

    assert ida.pk in learners("garden")
    assert adapter.can_view_course(staff, "garden")
    assert not adapter.can_view_course(ida, "garden")

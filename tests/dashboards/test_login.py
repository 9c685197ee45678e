"""Who is not logged in is sent to the login page, if there is one."""

import pytest
from django.test import Client

PAGES = ["/learning/me/", "/learning/classes/", "/learning/data/", "/learning/api/v1/docs/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_is_sent_to_the_login_page(path):
    answer = Client().get(path)
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/log-in/")


@pytest.mark.parametrize("path", PAGES)
def test_a_site_without_a_login_page_says_so_in_words(settings, path):
    settings.LOGIN_URL = "/no-such-page/"
    answer = Client().get(path)
    assert (answer.status_code, "You are not logged in." in answer.content.decode()) == (401, True)


def test_a_login_page_on_another_site_is_used(settings):
    settings.LOGIN_URL = "https://id.example.org/login"
    assert Client().get("/learning/me/").headers["Location"].startswith("https://id.example.org/login?next=")

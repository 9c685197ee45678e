from django.http import HttpResponse
from django.test import RequestFactory

from config.content_security import ContentSecurityPolicyMiddleware


def policy_of(response: HttpResponse) -> str:
    middleware = ContentSecurityPolicyMiddleware(lambda request: response)
    return middleware(RequestFactory().get("/")).headers["Content-Security-Policy"]


def test_every_page_is_sent_with_the_policy(settings):
    settings.CONTENT_SECURITY_POLICY = "default-src 'self'"
    assert policy_of(HttpResponse()) == "default-src 'self'"


def test_a_page_with_a_policy_of_its_own_keeps_it():
    own = HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})
    assert policy_of(own) == "default-src 'none'"


def test_the_project_allows_nothing_from_elsewhere_and_nothing_inline(client, db):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy

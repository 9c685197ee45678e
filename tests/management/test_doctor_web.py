"""What the doctor says about what browsers get."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from tracking import tasks
from tracking.management.doctor import web

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment():
    return timezone.now()


@pytest.fixture
def static_server(settings):
    """Serve static files from another origin that allows the origin it is given."""
    servers = []

    def serve(*, allowed):
        class Files(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.send_response(200)
                if allowed:
                    self.send_header("Access-Control-Allow-Origin", allowed)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Files)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        settings.STATIC_URL = f"http://127.0.0.1:{server.server_port}/"
        return server

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def health(line):
    return line.name, str(line.health)


@pytest.mark.parametrize(
    ("policy", "blocked"),
    [
        ("default-src 'self'", []),
        ("img-src *", []),
        ("script-src 'self'; connect-src 'self'; default-src 'none'", []),
        ("default-src 'none'", ["default-src 'none'", "default-src 'none'"]),
        ("default-src 'self'; connect-src https://api.example.org", ["connect-src https://api.example.org"]),
        ("script-src 'nonce-abc' 'strict-dynamic'; connect-src *", []),
        (
            "script-src-elem https://cdn.example.org; script-src 'self'",
            ["script-src-elem https://cdn.example.org"],
        ),
        ("script-src", ["script-src"]),
    ],
)
def test_a_policy_that_blocks_the_tracker_is_seen(policy, blocked):
    assert web.blocking_directives(policy, script="/static/learningtime/page/main.js") == blocked


def test_a_script_on_another_host_must_be_allowed_by_its_name():
    script = "https://cdn.example.org/main.js"
    assert web.blocking_directives("script-src 'self'", script=script) == ["script-src 'self'"]
    assert web.blocking_directives("script-src https://cdn.example.org", script=script) == []


def test_the_policy_that_the_site_sends_is_looked_at(settings, moment):
    settings.CONTENT_SECURITY_POLICY = "default-src 'none'"
    assert health(web.check_content_security(moment)) == ("content security", "fault")


def test_static_files_of_the_site_itself_are_well(moment):
    assert web.check_static_files(moment).fact == "on the site's own origin."


@pytest.mark.parametrize(
    ("allowed", "expected"), [("*", "ok"), ("", "fault"), ("https://other.example", "fault")]
)
def test_the_server_of_static_files_is_asked_whether_the_site_may_load_the_tracker(
    static_server, moment, allowed, expected
):
    static_server(allowed=allowed)
    assert health(web.check_static_files(moment)) == ("static files", expected)


def test_a_server_of_static_files_that_does_not_answer_is_a_warning(static_server, moment):
    server = static_server(allowed="*")
    server.shutdown()
    server.server_close()
    assert health(web.check_static_files(moment)) == ("static files", "warning")


def test_a_cache_that_web_processes_do_not_share_is_a_warning(settings, monkeypatch, moment):
    monkeypatch.setattr(tasks, "is_in_process", lambda: False)
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.DEBUG = False
    assert health(web.check_shared_cache(moment)) == ("cache", "warning")


def test_a_cache_of_a_site_that_is_one_process_is_well(settings, monkeypatch, moment):
    monkeypatch.setattr(tasks, "is_in_process", lambda: True)
    settings.DEBUG = False
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert health(web.check_shared_cache(moment)) == ("cache", "ok")


def test_a_cache_of_the_development_server_is_well(settings, moment):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.DEBUG = True
    assert health(web.check_shared_cache(moment)) == ("cache", "ok")

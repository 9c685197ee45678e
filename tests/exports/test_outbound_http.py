"""Deliveries go where they are told to, and never into the network that they are sent from."""

import socket

import pytest

from tests.exports import target as targets
from tracking.exports import outbound_http
from tracking.exports.outbound_http import TargetFailed, TargetRefused


def lead_to(monkeypatch, *addresses):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_a_name_that_leads_into_a_private_network_is_refused(monkeypatch, address):
    lead_to(monkeypatch, "93.184.216.34", address)
    with pytest.raises(TargetRefused, match="not a public address"):
        outbound_http.post_json("https://hooks.example.org/", b"", {})


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https://", "https://me:pass@example.org/", "https://exämple.org/",
        "https://example.org/a b", "https://[::1", "https://example.org:99999/", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_an_address_of_the_wrong_form_is_refused(url):
    with pytest.raises(TargetRefused):
        outbound_http.check_target_url(url)


def test_the_address_that_was_looked_at_is_the_one_that_is_used(monkeypatch):
    lead_to(monkeypatch, "93.184.216.34")
    used = []

    def connect(address, _):
        used.append(address)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(TargetFailed):
        outbound_http.post_json("https://hooks.example.org/", b"", {})
    assert used == [("93.184.216.34", 443)]


def test_a_redirect_is_not_followed(settings):
    settings.TRACKING = {"ALLOW_PRIVATE_TARGETS": True}
    with targets.opened() as target:
        target.statuses = [302]
        answer = outbound_http.post_json(f"{target.url}/here?x=1", b"{}", {"X-Test": "yes"})
    assert (answer.status, answer.is_ok) == (302, False)
    assert [(sent.path, sent.headers["x-test"]) for sent in target.sent] == [("/here?x=1", "yes")]

"""Contents that come with statements: ADL's requirements by their numbers."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256

from tests.xapi.api.requirements import JSON, meets
from tests.xapi.api.store import BASE, statement
from tracking.xapi.models import XapiStatement


def mixed(statements, *contents, boundary="b", head=JSON):
    lines = [f"--{boundary}\r\nContent-Type: {head}\r\n\r\n{json.dumps(statements)}".encode()]
    for content, headers in contents:
        text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        lines.append(f"\r\n--{boundary}\r\n{text}\r\n".encode() + content)
    return b"".join(lines) + f"\r\n--{boundary}--\r\n".encode()


def part(content, **changes):
    made = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha256(content).hexdigest(),
    }
    return content, {name: value for name, value in (made | changes).items() if value}


def with_file(learner, content, **changes):
    file = {"usageType": "a:u", "display": {"en": "x"}, "contentType": "text/plain", "length": len(content)}
    return statement(learner, attachments=[file | {"sha2": sha256(content).hexdigest()} | changes])


def post_mixed(system, body, kind="multipart/mixed; boundary=b"):
    return system.client.generic("POST", f"{BASE}/statements", body, content_type=kind)


CONTENT = b"\r\n--an essay\x00\xff\r\n"


@meets(161, 167)
def test_a_content_comes_back_as_it_was_and_only_where_it_is_asked_for(system, learner):
    given = with_file(learner, CONTENT)
    assert post_mixed(system, mixed(given, part(CONTENT))).status_code == 200
    assert system.get("statements", attachments="false")["Content-Type"] == JSON
    answer = system.get("statements", attachments="true")
    kind, _, boundary = answer["Content-Type"].partition("; boundary=")
    assert kind == "multipart/mixed"
    _, first, second, _ = answer.content.split(f"--{boundary}".encode())
    assert json.loads(first.split(b"\r\n\r\n")[1])["statements"][0]["id"] == given["id"]
    head, _, content = second.partition(b"\r\n\r\n")
    assert content == CONTENT + b"\r\n"
    assert f"X-Experience-API-Hash: {sha256(CONTENT).hexdigest()}".encode() in head


@meets(127, 128, 129, 130, 131, 132, 133, 134, 135, 138)
def test_contents_that_do_not_fit_are_refused(system, learner):
    given, good = with_file(learner, CONTENT), part(CONTENT)
    for body in (
        mixed(given),
        mixed(statement(learner), good),
        mixed(given, good, part(b"another")),
        mixed(given, part(CONTENT, **{"X-Experience-API-Hash": "x"})),
        mixed(given, part(CONTENT, **{"X-Experience-API-Hash": None})),
        mixed(given, part(CONTENT, **{"X-Experience-API-Hash": sha256(b"x").hexdigest()})),
        mixed(given, part(CONTENT, **{"Content-Transfer-Encoding": "base64"})),
        mixed(given, good, head="text/plain"),
        mixed(given, good, boundary="c"),
        mixed({}, good),
    ):
        assert post_mixed(system, body).status_code == 400, body
    assert post_mixed(system, mixed(given, good), "multipart/mixed").status_code == 400
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
        assert post_mixed(system, mixed(given, good), kind).status_code == 400
    assert system.tell(given).status_code == 400
    elsewhere = with_file(learner, CONTENT, fileUrl="https://files.example.org/essay")
    assert system.tell(elsewhere).status_code == 200
    assert XapiStatement.objects.count() == 1


@meets(115, 116, 117)
def test_a_signature_is_a_jws_of_its_statement(system, learner):
    bare = statement(learner)

    def sent(signed, algorithm="RS256", kind="application/octet-stream"):
        head = urlsafe_b64encode(json.dumps({"alg": algorithm}).encode()).rstrip(b"=")
        content = head + b"." + urlsafe_b64encode(json.dumps(signed).encode()).rstrip(b"=") + b".c2ln"
        usage = {"usageType": "http://adlnet.gov/expapi/attachments/signature", "contentType": kind}
        made = bare | {"attachments": with_file(learner, content, **usage)["attachments"]}
        return post_mixed(system, mixed(made, part(content))).status_code

    assert sent(bare, "HS256") == sent({**bare, "result": {"success": True}}) == sent([]) == 400
    assert sent(bare, kind="text/plain") == 400
    assert sent(bare) == 200

"""What the resources have in common: errors, pages, ETags, throttles; and what people record and do through them."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests import factories
from tests.messages import batch, opened, progress
from tests.school import Adapter
from tracking import jobs
from tracking.models import AccessLogEntry, Action, Attempt, Event, Finding

BASE = "/learning/api/v1"


@pytest.fixture
def ines(django_user_model, monkeypatch):
    """The instructor of course ``c``."""
    user = django_user_model.objects.create_user("ines")
    monkeypatch.setattr(Adapter, "can_view_course", lambda self, who, key: who.pk == user.pk and key == "c")
    return user


@pytest.fixture
def course(school, learner, ines, send_online, now):
    school.course("c", lessons=["a", "b"], quizzes=["q"], starts_at=now - timedelta(days=30))
    school.enrol(learner, "c")
    send_online(learner, progress(now, "b", [[0, 60_000]]))
    jobs.roll_up(now=now)
    return school


@pytest.fixture
def ask():
    def send(user, path, body=None, **headers):
        client = Client(headers=headers)
        if user is not None:
            client.force_login(user)
        if body is None:
            return client.get(f"{BASE}{path}")
        return client.post(f"{BASE}{path}", json.dumps(body), content_type="application/json")

    return send


def permit(user, codename):
    user.user_permissions.add(Permission.objects.get(content_type__app_label="tracking", codename=codename))
    return user


def test_an_error_is_told_as_problem_details(course, learner, ask):
    answer = ask(learner, "/courses/c/class/")
    assert answer["Content-Type"] == "application/problem+json; charset=utf-8"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "Not found.",
    }


@pytest.mark.parametrize("key", ["9" * 30, "x", "1.5", "-1"])
def test_a_learner_whom_no_key_could_name_is_not_found(course, ines, ask, key):
    """Many made-up requests found that a number of thirty digits was an error of the server."""
    for path in (f"learners/{key}/progress/", f"attempts/?learner={key}"):
        answer = ask(ines, f"/courses/c/{path}")
        assert answer.status_code == 404 or answer.json()["results"] == []


def test_what_is_wrong_with_a_field_is_told_beside_its_name(course, learner, ask):
    answer = ask(learner, "/events/", {"kind": "feature.clicked", "course_key": "c", "unit_key": "x" * 201})
    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("unit_key", "max_length")]


def test_json_that_is_nested_without_end_is_malformed(course, learner):
    """Two hundred thousand brackets were an error of the server."""
    client = Client()
    client.force_login(learner)
    answer = client.post(f"{BASE}/events/", "[" * 200_000, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_whoever_is_not_logged_in_is_told_how_to(course, ask):
    answer = ask(None, "/courses/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert answer.json()["code"] == "not_authenticated"


def test_who_asks_too_often_is_told_when_to_come_back(course, learner, ask, settings):
    settings.TRACKING = {**settings.TRACKING, "API_REQUESTS_PER_MINUTE": 2}
    answers = [ask(learner, "/courses/") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 61
    assert answers[2].json()["code"] == "throttled"


def test_pages_hold_every_row_once(course, learner, ines, ask, now):
    for number in range(7):
        factories.AttemptFactory.create(learner=learner, course_key="c", unit_key="q", source_key=str(number))
    path, seen = "/courses/c/attempts/?page_size=3", []
    while path:
        told = ask(ines, path).json()
        seen += [each["id"] for each in told["results"]]
        path = (told["next"] or "").partition(BASE)[2]
    assert seen == sorted(seen)
    assert len(set(seen)) == 7


@pytest.mark.parametrize("cursor", ["x", "cD0lMDA=", "cD1hYmM=", "bz05OTk5OTk5OTk5OTk5"])
def test_a_cursor_that_is_none_is_not_found(course, ines, ask, cursor):
    assert ask(ines, f"/courses/c/attempts/?cursor={cursor}").status_code in (200, 404)
    assert ask(ines, f"/courses/c/findings/?cursor={cursor}").status_code in (200, 404)


def test_an_answer_that_has_not_changed_is_not_sent_again(course, ines, ask, send_online, learner, now):
    first = ask(ines, "/courses/c/class/")
    again = ask(ines, "/courses/c/class/", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    send_online(learner, progress(now, "a", [[0, 60_000]]))
    jobs.roll_up(now=now)
    assert ask(ines, "/courses/c/class/", **{"If-None-Match": first["ETag"]}).status_code == 200


def test_figures_about_few_who_share_are_told_to_their_instructor(course, ines, ask):
    [unit] = [each for each in ask(ines, "/courses/c/unit-reports/").json()["units"] if each["key"] == "b"]
    assert (unit["reached_share"], unit["median_active_seconds"]) == (1.0, 60)


def test_learners_record_what_they_did(course, learner, ask):
    given = {"kind": "feature.clicked", "course_key": "c", "unit_key": "a", "payload": {"name": "hint"}}
    answer = ask(learner, "/events/", given)
    assert (answer.status_code, answer.json()["is_stored"]) == (201, True)
    assert Event.objects.filter(learner=learner, kind="feature.clicked", source="browser").count() == 1


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "unit.completed"},
        {"kind": "feature.clicked", "payload": {"name": "x"}, "learner_id": "1000"},
    ],
)
def test_nobody_records_an_achievement_or_for_others(course, learner, ask, given):
    answer = ask(learner, "/events/", {"course_key": "c", "unit_key": "a", **given})
    assert answer.status_code == 403
    assert not Event.objects.filter(kind=given["kind"]).exists()


def test_nobody_records_in_a_course_of_others(course, learner, ask):
    course.course("d", lessons=["a"])
    given = {"kind": "feature.clicked", "course_key": "d", "unit_key": "a", "payload": {"name": "x"}}
    assert ask(learner, "/events/", given).status_code == 404


@pytest.mark.parametrize(
    "given", [{"kind": "nonsense"}, {"kind": "feature.clicked", "payload": {"text": "x"}}]
)
def test_an_event_that_does_not_fit_is_refused(course, learner, ask, given):
    assert ask(learner, "/events/", {"course_key": "c", "unit_key": "a", **given}).status_code == 400


def test_a_system_with_the_permission_records_for_others(course, learner, ines, ask):
    permit(ines, "add_event")
    given = {"kind": "unit.completed", "course_key": "c", "unit_key": "a", "learner_id": str(learner.pk)}
    assert ask(ines, "/events/", given).json()["is_stored"] is True
    assert Event.objects.filter(learner=learner, kind="unit.completed").exists()


def test_an_attempt_is_recorded_and_corrected(course, learner, ines, ask, now):
    permit(ines, "add_attempt")
    given = {
        "key": "7",
        "learner_id": str(learner.pk),
        "course_key": "c",
        "unit_key": "q",
        "started_at": now.isoformat(),
        "submitted_at": now.isoformat(),
        "score": 1,
        "max_score": 4,
        "answers": [{"question_key": "1", "is_correct": True, "chosen": ["b"]}],
    }
    assert ask(ines, "/attempts/", given).json()["is_stored"] is True
    assert ask(ines, "/attempts/", {**given, "score": 3}).json()["is_stored"] is True
    attempt = Attempt.objects.get()
    assert (attempt.score, attempt.answers.get().chosen) == (3, ["b"])


def test_nobody_grades_themselves(course, learner, ask, now):
    given = {"key": "7", "learner_id": str(learner.pk), "course_key": "c", "unit_key": "q", "score": 4}
    assert ask(learner, "/attempts/", {**given, "started_at": now.isoformat()}).status_code == 403


def test_nothing_is_recorded_while_tracking_is_off(course, learner, ask, settings):
    settings.TRACKING = {**settings.TRACKING, "ENABLED": False}
    given = {"kind": "feature.clicked", "course_key": "c", "unit_key": "a", "payload": {"name": "hint"}}
    assert ask(learner, "/events/", given).status_code == 409


def test_a_finding_is_dismissed_and_taken_back(course, learner, ines, ask):
    finding = Finding.objects.get(learner=learner, reason="skipped")
    path = f"/courses/c/findings/{finding.pk}/actions/"
    done = ask(ines, path, {"action": "dismiss", "dismiss_reason": "handled"})
    assert (done.status_code, done.json()["kind"]) == (201, "dismissed")
    assert ask(ines, "/courses/c/findings/").json()["results"] == []
    assert len(ask(learner, "/courses/c/findings/").json()["results"]) == 1
    assert ask(ines, path, {"action": "undo", "action_id": done.json()["id"]}).status_code == 201
    assert len(ask(ines, "/courses/c/findings/").json()["results"]) == 1


@pytest.mark.parametrize("do", ["seen", "useful", "not_useful"])
def test_a_learner_answers_a_finding(course, learner, ask, do):
    finding = Finding.objects.get(learner=learner, reason="skipped")
    assert ask(learner, f"/courses/c/findings/{finding.pk}/actions/", {"action": do}).status_code == 201
    assert Action.objects.filter(kind=do, actor=learner).exists()


def test_an_action_says_what_it_needs(course, learner, ask):
    finding = Finding.objects.get(learner=learner, reason="skipped")
    answer = ask(learner, f"/courses/c/findings/{finding.pk}/actions/", {"action": "snooze"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "snoozed_until")


def test_what_does_not_go_is_a_conflict(course, learner, ines, ask, now):
    finding = Finding.objects.get(learner=learner, reason="skipped")
    past = {"action": "snooze", "snoozed_until": (now - timedelta(days=900)).isoformat()}
    assert ask(ines, f"/courses/c/findings/{finding.pk}/actions/", past).status_code == 409


def test_nobody_acts_on_the_findings_of_others(course, learner, make_learner, ask, now):
    other = make_learner("other")
    course.enrol(other, "c")
    jobs.refresh_outlines(now=now)
    finding = Finding.objects.get(learner=learner, reason="skipped")
    assert ask(other, f"/courses/c/findings/{finding.pk}/actions/", {"action": "useful"}).status_code == 404


def test_an_instructor_excuses_and_takes_it_back(course, learner, ines, ask):
    path = f"/courses/c/learners/{learner.pk}/actions/"
    done = ask(ines, path, {"action": "excuse", "unit_key": "a"})
    assert done.status_code == 201
    assert ask(ines, path, {"action": "excuse", "unit_key": "a"}).status_code == 409
    assert ask(ines, path, {"action": "undo", "action_id": done.json()["id"]}).status_code == 201
    assert ask(learner, path, {"action": "note", "text": "me"}).status_code == 404


def test_learners_read_every_event_about_them_and_who_looked(course, learner, ines, ask, now, send):
    send(learner, batch(opened(now, "a"), sent_at=now))
    ask(ines, f"/courses/c/learners/{learner.pk}/progress/")
    told = ask(learner, "/me/").json()
    assert told["learner_id"] == str(learner.pk)
    assert {each["kind"] for each in told["events"]} == {"page.opened", "page.progress"}
    assert [each["unit_key"] for each in ask(learner, "/me/events/?kind=page.opened").json()["results"]] == [
        "a",
        "b",
    ]
    looks = ask(learner, "/me/access-log/").json()["results"]
    assert [(each["resource"], each["channel"], each["viewer"]) for each in looks] == [
        ("progress", "api", "ines")
    ]


def test_every_look_of_an_instructor_is_on_record(course, learner, ines, ask):
    factories.AttemptFactory.create(learner=learner, course_key="c", unit_key="q")
    for path in ("attempts/", "findings/", "learners/", f"learners/{learner.pk}/time/?first=2026-03-01"):
        assert ask(ines, f"/courses/c/{path}").status_code == 200
    looked = set(
        AccessLogEntry.objects.filter(learner=learner, viewer=ines).values_list("resource", flat=True)
    )
    assert looked == {"attempts", "findings", "class", "time"}


def test_the_time_of_who_does_not_share_it_is_not_there(course, ines, make_learner, ask, now):
    shy = make_learner("shy", purposes=())
    course.enrol(shy, "c")
    jobs.refresh_outlines(now=now)
    assert ask(ines, f"/courses/c/learners/{shy.pk}/time/").status_code == 404


@pytest.mark.parametrize(
    "query", ["first=2026-03-09&last=2026-03-01", "first=2020-01-01&last=2026-01-01", "first=x"]
)
def test_a_period_that_is_none_is_refused(course, learner, ask, query):
    assert ask(learner, f"/me/time/?{query}").status_code == 400

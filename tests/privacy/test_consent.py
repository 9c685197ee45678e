"""What holds before, after and between answers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.messages import batch, opened
from tests.school import Adapter
from tracking.capture import page_views
from tracking.capture.rejections import RejectReason
from tracking.events import ConsentRequirement, Purpose
from tracking.exceptions import ConsentNotAllowed
from tracking.lms import UnitRef
from tracking.models import Consent, Event
from tracking.privacy import consent


@pytest.fixture
def silent(make_learner):
    return make_learner("silent", purposes=())


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.RECORD])
def test_silence_is_a_no(silent, purpose):
    assert not consent.covers(silent.pk, purpose)
    assert not consent.is_answered(silent.pk, purpose)


def test_the_course_record_holds_until_the_learner_objects(silent, committed):
    assert consent.covers(silent.pk, Purpose.RECORD)
    with committed():
        consent.refuse(silent.pk, [Purpose.RECORD], source="test")
    assert not consent.covers(silent.pk, Purpose.RECORD)


def test_the_newest_answer_holds_and_older_ones_are_kept(silent, committed):
    for answer in (consent.grant, consent.refuse, consent.grant):
        with committed():
            answer(silent.pk, [Purpose.ENGAGEMENT], source="test")
    assert consent.covers(silent.pk, Purpose.ENGAGEMENT)
    assert list(Consent.objects.order_by("pk").values_list("is_granted", flat=True)) == [True, False, True]


def test_a_yes_to_one_purpose_is_none_to_another(silent, committed):
    with committed():
        consent.grant(silent.pk, [Purpose.ENGAGEMENT], source="test")
    assert not consent.covers(silent.pk, Purpose.COMPARISON)


def test_a_warm_cache_answers_without_the_database(silent, django_assert_num_queries):
    consent.covers(silent.pk, Purpose.ENGAGEMENT)
    with django_assert_num_queries(0):
        assert not consent.covers(silent.pk, Purpose.ENGAGEMENT)


def test_many_learners_are_asked_about_in_one_query(silent, make_learner, django_assert_num_queries):
    sharing = make_learner("ada")
    with django_assert_num_queries(1):
        assert consent.learners_covered([silent.pk, sharing.pk], Purpose.ENGAGEMENT) == {sharing.pk}


def test_only_those_whose_last_word_was_no_have_refused(make_learner):
    silent, objector, changed = (
        make_learner(name, purposes=()).pk for name in ("silent", "objector", "changed")
    )
    for learner_id in (objector, changed):
        consent.refuse(learner_id, {Purpose.ENGAGEMENT}, source="test")
    consent.grant(changed, {Purpose.ENGAGEMENT}, source="test")
    assert consent.without_consent([silent, objector, changed], Purpose.ENGAGEMENT) == {objector}


def test_words_that_change_ask_again_whoever_said_yes_and_nobody_who_said_no(
    silent, make_learner, settings, django_capture_on_commit_callbacks
):
    sharing = make_learner("ada")
    consent.refuse(silent.pk, [Purpose.ENGAGEMENT], source="test")
    settings.TRACKING = {"CONSENT_VERSION": 2}
    assert not consent.covers(sharing.pk, Purpose.ENGAGEMENT)
    assert not consent.is_answered(sharing.pk, Purpose.ENGAGEMENT)
    assert consent.is_answered(silent.pk, Purpose.ENGAGEMENT)
    with django_capture_on_commit_callbacks(execute=True):
        consent.grant(sharing.pk, [Purpose.ENGAGEMENT], source="test")
    assert consent.covers(sharing.pk, Purpose.ENGAGEMENT)
    assert list(
        Consent.objects.filter(learner=sharing, purpose="engagement")
        .order_by("pk")
        .values_list("version", flat=True)
    ) == [1, 2]


def test_not_now_permits_nothing_and_holds_for_two_weeks(silent, committed):
    with committed():
        consent.postpone_consent(silent.pk, [Purpose.ENGAGEMENT], source="test")
    assert consent.is_postponed(silent.pk, Purpose.ENGAGEMENT)
    assert not consent.covers(silent.pk, Purpose.ENGAGEMENT)
    assert not consent.is_answered(silent.pk, Purpose.ENGAGEMENT)
    Consent.objects.update(given_at=timezone.now() - timedelta(days=15))
    assert not consent.is_postponed(silent.pk, Purpose.ENGAGEMENT, within=0)


def test_not_now_takes_back_no_yes(learner, committed):
    with committed():
        consent.postpone_consent(learner.pk, [Purpose.ENGAGEMENT], source="test")
    assert consent.covers(learner.pk, Purpose.ENGAGEMENT)
    assert consent.learners_covered([learner.pk], Purpose.ENGAGEMENT) == {learner.pk}


@pytest.fixture
def notice(settings, school):
    settings.TRACKING = {**settings.TRACKING, "NOTICE_PURPOSES": ("engagement",)}


def test_where_a_notice_is_enough_it_holds_until_the_learner_objects(silent, notice, committed):
    assert consent.covers(silent.pk, Purpose.ENGAGEMENT)
    assert not consent.covers(silent.pk, Purpose.NUDGES)
    with committed():
        consent.refuse(silent.pk, [Purpose.ENGAGEMENT], source="test")
    assert not consent.covers(silent.pk, Purpose.ENGAGEMENT)
    assert consent.learners_covered([silent.pk], Purpose.ENGAGEMENT) == set()


def test_global_privacy_control_counts_as_no_until_a_yes_even_where_a_notice_is_enough(
    silent, learner, notice
):
    assert not consent.covers(silent.pk, Purpose.ENGAGEMENT, has_opted_out=True)
    assert consent.covers(learner.pk, Purpose.ENGAGEMENT, has_opted_out=True)
    assert consent.covers(silent.pk, Purpose.RECORD, has_opted_out=True)


def test_what_a_browser_with_global_privacy_control_opens_is_not_recorded(
    silent, learner, notice, school, now
):
    school.course("c", lessons=["a"])
    unit = UnitRef(course_key="c", unit_key="a")
    for who in (silent, learner):
        page_views.record_page_views(
            [page_views.PageOpening(learner_id=who.pk, unit=unit, at=now, has_opted_out=True)]
        )
    assert [event.learner_id for event in Event.objects.all()] == [learner.pk]


@pytest.fixture
def strict(school, monkeypatch):
    """Course ``strict`` records no engagement, and ``asking`` waits for a yes."""
    given = {
        "strict": {Purpose.ENGAGEMENT: ConsentRequirement.OFF},
        "asking": {Purpose.ENGAGEMENT: ConsentRequirement.ASK},
    }
    monkeypatch.setattr(Adapter, "purpose_rules", lambda self, course_key: given.get(course_key, {}))


def test_a_course_can_be_stricter_than_the_site_and_never_laxer(strict, silent, learner, settings):
    def permitted(who):
        courses = ("strict", "asking", "other")
        one_by_one = {key for key in courses if consent.covers(who.pk, Purpose.ENGAGEMENT, course_key=key)}
        together = consent.learners_covered_in_courses([(who.pk, key) for key in courses], Purpose.ENGAGEMENT)
        assert one_by_one == {key for _, key in together}
        return one_by_one

    assert permitted(learner) == {"asking", "other"}
    assert permitted(silent) == set()
    settings.TRACKING = {**settings.TRACKING, "NOTICE_PURPOSES": ["engagement"]}
    assert permitted(learner) == {"asking", "other"}
    assert permitted(silent) == {"other"}


def test_the_intake_stores_nothing_of_a_course_that_records_nothing(strict, school, learner, send, now):
    for course_key in ("strict", "other"):
        school.course(course_key, lessons=["a"])
    receipt = send(
        learner, batch(opened(now, "a", course="strict"), opened(now, "a", course="other"), sent_at=now)
    )
    assert [each.code for each in receipt.rejected] == [RejectReason.NO_CONSENT]
    assert [event.course_key for event in Event.objects.all()] == ["other"]


def test_asking_a_course_for_its_rules_costs_no_query_when_warm(strict, learner, django_assert_num_queries):
    consent.covers(learner.pk, Purpose.ENGAGEMENT, course_key="other")
    with django_assert_num_queries(0):
        assert consent.covers(learner.pk, Purpose.ENGAGEMENT, course_key="other")


@pytest.fixture
def too_young(silent, school, monkeypatch):
    monkeypatch.setattr(Adapter, "may_consent", lambda self, user, purpose: user.pk != silent.pk)
    return silent


def test_whoever_may_not_agree_alone_cannot_and_keeps_the_course_record(too_young, make_learner, notice):
    with pytest.raises(ConsentNotAllowed):
        consent.grant(too_young.pk, [Purpose.ENGAGEMENT], source="test")
    assert not consent.covers(too_young.pk, Purpose.ENGAGEMENT)
    assert not consent.may_answer(too_young.pk, Purpose.ENGAGEMENT)
    assert consent.covers(too_young.pk, Purpose.RECORD)
    older = make_learner("ada")
    assert consent.learners_covered([too_young.pk, older.pk], Purpose.ENGAGEMENT) == {older.pk}


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_in_one_browser_stops_another_that_is_streaming(school, make_learner, settings):
    """The other browser gets 403 with its next batch, and nothing of that is stored."""
    learner = make_learner()
    school.course("c", lessons=["a"])
    school.enrol(learner, "c")
    one, other = Client(), Client(headers={"Sec-Fetch-Site": "same-origin"})
    for browser in (one, other):
        browser.force_login(learner)

    def stream():
        now = timezone.now()
        body = batch(opened(now, "a", course="c"), sent_at=now)
        return other.post("/learning/events/", body, content_type="application/json").status_code

    assert stream() == 202
    one.post("/learning/consent/", {"purpose": "engagement", "answer": "no"})
    assert stream() == 403
    assert Event.objects.count() == 1


def test_a_process_that_shares_no_cache_stops_within_ten_seconds(learner, monkeypatch, time_machine):
    """Its cache is not told: what it remembers is simply too old by then."""
    time_machine.move_to(timezone.now(), tick=False)
    assert consent.covers(learner.pk, Purpose.ENGAGEMENT)
    consent.refuse(learner.pk, [Purpose.ENGAGEMENT], source="test")
    time_machine.shift(consent.CACHED_SECONDS + 1)
    assert not consent.covers(learner.pk, Purpose.ENGAGEMENT)

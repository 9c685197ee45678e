"""What learning content said word for word goes by course, by purpose and by age, as everything else does."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from tests import factories
from tracking import jobs
from tracking.events import Purpose
from tracking.models import Delivery, JobRun
from tracking.privacy import erasure, inventory, pseudonyms
from tracking.privacy.erasure import ErasureScope
from tracking.xapi import privacy
from tracking.xapi.models import XapiDocument, XapiStatement

ADL = "http://adlnet.gov/expapi/verbs/"


@pytest.fixture
def keep(learner, now):
    """Keep a statement, or a document, of some days ago."""

    def keep(course_key="c", *, purpose="engagement", days_ago=0, **fields):
        at = now - timedelta(days=days_ago)
        return XapiStatement.objects.create(
            **{"id": uuid.uuid4(), "verb": f"{ADL}experienced", "agent_key": "k", "statement": {}} | fields,
            learner=learner, course_key=course_key, purpose=purpose, happened_at=at, stored_at=at,
        )  # fmt: skip

    return keep


@pytest.fixture
def keep_document(learner, now):
    def keep(course_key="c", *, days_ago=0, **fields):
        return XapiDocument.objects.create(
            **{"fingerprint": uuid.uuid4().hex, "kind": "state", "name": "n", "learner": learner} | fields,
            course_key=course_key, content=b"", stored_at=now - timedelta(days=days_ago),
        )  # fmt: skip

    return keep


def left():
    return set(XapiStatement.objects.values_list("pk", flat=True)) | set(
        XapiDocument.objects.values_list("pk", flat=True)
    )


def test_to_erase_one_course_leaves_others_and_what_names_none(learner, keep, keep_document):
    keep(), keep_document()
    stay = [keep("d"), keep(""), keep_document("d"), keep_document("")]
    erased = erasure.erase_learner_data(
        ErasureScope(learner_id=learner.pk, course_keys=frozenset({"c"})), by="a test"
    )
    assert (erased["statements"], erased["documents"]) == (1, 1)
    assert left() == {each.pk for each in stay}
    assert inventory.count_kept_without_course(learner.pk) == {"statements": 1, "documents": 1}


def test_one_purpose_goes_and_the_other_stays(learner, keep):
    keep(), keep("")
    stay = [keep(purpose="record"), keep("", purpose="record")]
    erasure.erase_learner_data(
        ErasureScope(learner_id=learner.pk, purposes=frozenset({Purpose.ENGAGEMENT})), by="a test"
    )
    assert left() == {each.pk for each in stay}


@pytest.mark.parametrize("purpose", [Purpose.ENGAGEMENT, Purpose.RECORD])
def test_a_document_goes_with_either_for_it_may_say_anything(learner, keep_document, purpose):
    keep_document(), keep_document("")
    erasure.erase_learner_data(
        ErasureScope(learner_id=learner.pk, purposes=frozenset({purpose})), by="a test"
    )
    assert left() == set()


def test_what_webhooks_are_told_of_a_course_goes_with_it(learner):
    for key in ("c", "d"):
        Delivery.objects.create(
            target="1", topic="attempt.graded", source_key=key, learner=learner,
            payload={"data": {"course_key": key, "share": 0.5}},
        )  # fmt: skip
    factories.LearnerCourseFactory.create(learner=learner, course_key="c")
    erasure.erase_learner_data(ErasureScope(learner_id=learner.pk, course_keys=frozenset({"c"})), by="a test")
    assert [each.source_key for each in Delivery.objects.all()] == ["d"]


def test_each_goes_when_the_time_of_its_purpose_is_over(keep, keep_document, now, settings):
    settings.TRACKING = {**settings.TRACKING, "RAW_EVENT_DAYS": 100, "RECORD_EVENT_DAYS": 200}
    keep(days_ago=101), keep(purpose="record", days_ago=201), keep_document(days_ago=101)
    stay = [keep(days_ago=99), keep(purpose="record", days_ago=199), keep_document(days_ago=99)]
    assert (privacy.purge_statements(now), privacy.purge_documents(now)) == (2, 1)
    assert left() == {each.pk for each in stay}


def test_what_is_about_nobody_stays(keep_document, now):
    keep_document(days_ago=999, learner=None, kind="activity")
    assert privacy.purge_documents(now) == 0


def test_nothing_goes_where_it_is_kept_for_ever(keep, keep_document, now, settings):
    settings.TRACKING = {**settings.TRACKING, "RAW_EVENT_DAYS": 0, "RECORD_EVENT_DAYS": 0}
    keep(days_ago=999), keep_document(days_ago=999)
    assert (privacy.purge_statements(now), privacy.purge_documents(now)) == (0, 0)


def test_more_than_a_chunk_goes_in_one_run(keep, now, monkeypatch):
    monkeypatch.setattr(privacy, "CHUNK", 1)
    keep(days_ago=200), keep(days_ago=201)
    assert privacy.purge_statements(now) == 2


def test_the_daily_job_tells_how_many_went(keep, keep_document, now):
    keep(days_ago=200), keep_document(days_ago=200)
    assert jobs.purge_expired(now=now) == 2
    assert JobRun.objects.get(job="purge_expired").summary == "0 page views; 1 statements; 1 documents"


def test_no_pseudonym_keeps_what_says_who_it_was(learner, keep, keep_document):
    keep(), keep_document()
    somebody = get_user_model().objects.create(username="former")
    pseudonyms.reassign_learner_rows(learner.pk, somebody.pk)
    pseudonyms.erase_rest(learner.pk)
    assert left() == set()

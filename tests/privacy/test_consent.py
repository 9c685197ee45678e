"""What holds before, after and between answers."""

import pytest

from tracking.events import Purpose
from tracking.models import Consent
from tracking.privacy import consent


@pytest.fixture
def silent(make_learner):
    return make_learner(purposes=())


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
    assert not consent.covers(silent.pk, Purpose.REPLAY)


def test_a_warm_cache_answers_without_the_database(silent, django_assert_num_queries):
    consent.covers(silent.pk, Purpose.ENGAGEMENT)
    with django_assert_num_queries(0):
        assert not consent.covers(silent.pk, Purpose.ENGAGEMENT)


def test_many_learners_are_asked_about_in_one_query(silent, make_learner, django_assert_num_queries):
    sharing = make_learner("ada")
    with django_assert_num_queries(1):
        assert consent.covered([silent.pk, sharing.pk], Purpose.ENGAGEMENT) == {sharing.pk}


def test_only_those_whose_last_word_was_no_have_refused(make_learner):
    silent, objector, changed = (
        make_learner(name, purposes=()).pk for name in ("silent", "objector", "changed")
    )
    for learner_id in (objector, changed):
        consent.refuse(learner_id, {Purpose.ENGAGEMENT}, source="test")
    consent.grant(changed, {Purpose.ENGAGEMENT}, source="test")
    assert consent.refused([silent, objector, changed], Purpose.ENGAGEMENT) == {objector}

"""What is told can be taken back, in whichever order both come, and with all that was made of it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.xapi.api.store import film, statement
from tracking import jobs
from tracking.events import Purpose
from tracking.models import Attempt, Event, LearnerUnit, PageView, QuarantinedRecord, UnitState
from tracking.privacy import consent
from tracking.xapi.models import XapiStatement


def voiding(learner, target, **parts):
    """A statement that takes back another."""
    return statement(
        learner, "voided", object={"objectType": "StatementRef", "id": target["id"].upper()}, **parts
    )


def say(content, given):
    """Tell a statement as content does, about its own learner."""
    return content.tell({**given, "actor": content.actor})


@pytest.mark.parametrize("at_once", [True, False])
def test_what_was_voided_before_it_came_is_voided(system, learner, at_once):
    """A queue that sent the newest first took a pass back before it told of it, and the pass stood."""
    passed = statement(learner, "passed", result={"score": {"scaled": 1}})
    told = [voiding(learner, passed), passed]
    for batch in [told] if at_once else [[each] for each in told]:
        assert system.tell(*batch).status_code == 200
    assert system.get("statements", voidedStatementId=passed["id"]).json()["id"] == passed["id"]
    assert not Attempt.objects.exists()


def test_content_cannot_take_back_what_others_will_be_said_to_have_done(
    content, system, learner, make_learner
):
    theirs = statement(make_learner("other"), "completed")
    say(content, voiding(learner, theirs))
    system.tell(theirs)
    assert not XapiStatement.objects.get(pk=theirs["id"]).is_voided


def test_a_system_takes_back_what_anybody_will_be_said_to_have_done(system, learner, make_learner):
    theirs = statement(make_learner("other"), "completed")
    system.tell(voiding(learner, theirs))
    system.tell(theirs)
    assert XapiStatement.objects.get(pk=theirs["id"]).is_voided


def test_what_takes_another_back_is_never_taken_back(system, learner):
    first = voiding(learner, statement(learner))
    system.tell(voiding(learner, first))
    system.tell(first)
    assert not XapiStatement.objects.get(pk=first["id"]).is_voided


@pytest.mark.parametrize("at_once", [True, False])
def test_a_learner_who_keeps_how_they_work_to_themselves_has_results_taken_back(
    system, make_learner, at_once
):
    """The result was kept for the record; what took it back was answered with 200 and dropped."""
    shy = make_learner("shy", purposes=())
    consent.refuse(shy.pk, [Purpose.ENGAGEMENT], source="test")
    passed = statement(shy, "passed", result={"score": {"scaled": 1}})
    told = [passed, voiding(shy, passed)]
    for batch in [told] if at_once else [[each] for each in told]:
        system.tell(*batch)
    assert XapiStatement.objects.get(pk=passed["id"]).is_voided


@pytest.mark.parametrize("verb", ["experienced", "passed"])
def test_what_takes_a_statement_back_serves_what_that_served_in_its_course(system, learner, verb):
    given = statement(learner, verb)
    system.tell(given, voiding(learner, given))
    kept = XapiStatement.objects.order_by("verb").values_list("course_key", "purpose")
    assert kept[0] == kept[1]


def test_what_takes_back_nothing_that_is_known_is_of_the_record(system, learner):
    system.tell(voiding(learner, statement(learner)))
    assert XapiStatement.objects.get().purpose == Purpose.RECORD


def test_a_completion_that_is_taken_back_is_none(system, learner, now):
    system.tell(told := statement(learner, "completed"))
    jobs.roll_up(now=now)
    assert LearnerUnit.objects.get(unit_key="a").state == UnitState.COMPLETED
    system.tell(voiding(learner, told))
    jobs.roll_up(now=now)
    assert not Event.objects.exists()
    assert not LearnerUnit.objects.filter(state=UnitState.COMPLETED).exists()


def test_an_attempt_that_is_taken_back_is_none(content, learner):
    """Content took a pass back that it had told by mistake; the statement was hidden, and the learner had passed."""
    say(content, told := statement(learner, "passed", result={"score": {"scaled": 1}}))
    assert Attempt.objects.get().is_passed
    say(content, voiding(learner, told))
    assert not Attempt.objects.exists()


def test_an_attempt_of_which_another_statement_tells_is_as_that_says(system, content, learner):
    context = {"registration": str(uuid4())}
    elsewhere = {"object": {"id": "https://h5p.org/content/7"}, "context": context}
    first, second = (
        statement(learner, verb, result={"score": {"scaled": share}}, **elsewhere)
        for verb, share in (("failed", 0.25), ("passed", 1))
    )
    say(content, first)
    say(content, second)
    system.tell(voiding(learner, second))
    attempt = Attempt.objects.get()
    assert (attempt.unit_key, attempt.share, attempt.is_passed) == ("a", 0.25, False)


def test_what_is_taken_back_of_one_learner_stays_of_another(system, learner, make_learner):
    context = {"registration": str(uuid4())}
    mine, theirs = (statement(each, "passed", context=context) for each in (learner, make_learner("other")))
    system.tell(mine, theirs)
    system.tell(voiding(learner, theirs))
    assert [attempt.learner_id for attempt in Attempt.objects.all()] == [learner.pk]


def test_seconds_of_a_film_that_are_taken_back_are_not_counted(system, learner, now):
    told = [film(learner, "played", 0, time=0), film(learner, "paused", 30, time=30)]
    told += [film(learner, "played", 7200, time=30), film(learner, "paused", 7260, time=90)]
    system.tell(*told)
    system.tell(*(voiding(learner, each) for each in told[2:]))
    jobs.roll_up(now=now + timedelta(hours=4))
    assert list(PageView.objects.values_list("active_ms", flat=True)) == [30_000]
    system.tell(*(voiding(learner, each) for each in told[:2]))
    jobs.roll_up(now=now + timedelta(hours=4))
    assert not Event.objects.exists()


@pytest.mark.parametrize("verb", ["completed", "passed"])
def test_what_is_kept_apart_is_taken_back_too(system, learner, verb):
    system.tell(told := statement(learner, verb, unit="unknown"))
    assert QuarantinedRecord.objects.exists()
    system.tell(voiding(learner, told))
    assert not QuarantinedRecord.objects.exists()

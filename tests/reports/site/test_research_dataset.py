"""What a study gets: everything that may be told, and nobody's name."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import factories
from tests.factories import COURSE
from tests.privacy import everything
from tracking.events import Purpose
from tracking.models import AccessLogEntry, Event
from tracking.privacy import consent
from tracking.reports.site import research_dataset
from tracking.reports.site.research_dataset import Study

STUDY = Study(course_keys=(COURSE,), key=b"one")


@pytest.fixture
def zz(school, db, settings):
    settings.TRACKING = {**settings.TRACKING, "MIN_GROUP_SIZE": 1}
    learner = everything.make_learner()
    everything.fill(learner, factories.UserFactory.create())
    Event.objects.filter(learner=learner, kind="page.opened").update(
        payload={"name": "Zzfirst", "elapsed": 5, "spans": [[0, 5]]}
    )
    return learner


def told(study=STUDY):
    return [json.loads(line) for line in research_dataset.research_lines(study)]


def test_nothing_says_who_it_was_and_no_word_of_anybody_is_left(zz):
    text = "\n".join(research_dataset.research_lines(STUDY))
    assert [name for name in everything.NAMES if name in text] == []
    [opened] = [each for each in told() if each.get("kind") == "page.opened"]
    assert opened["numbers"] == {"elapsed": 5, "spans": [[0, 5]]}


def test_few_learners_are_no_study(zz, settings):
    """Under whatever name: who knows who was in a course of four knows whose lines these are."""
    for _ in range(3):
        everything.fill(factories.UserFactory.create(), factories.UserFactory.create())
    settings.TRACKING = {**settings.TRACKING, "MIN_GROUP_SIZE": 5}
    assert told() == []
    fifth = factories.UserFactory.create()
    everything.fill(fifth, factories.UserFactory.create())
    assert len({each["learner"] for each in told()}) == 5
    consent.refuse(fifth.pk, [Purpose.ENGAGEMENT], source="test")
    assert {each.get("kind", each["type"]) for each in told()} == {"attempt", "unit.completed"}


def test_one_learner_has_one_pseudonym_in_a_study_and_another_in_the_next(zz):
    names = {each["learner"] for each in told()}
    others = {each["learner"] for each in told(Study(course_keys=(COURSE,), key=b"two"))}
    assert len(names) == len(others) == 1
    assert names != others


def test_every_event_and_attempt_is_in_it(zz):
    assert sorted(each.get("kind", each["type"]) for each in told()) == [
        "attempt",
        "page.opened",
        "unit.completed",
    ]


def test_what_a_learner_does_not_share_is_not_in_it(zz):
    consent.refuse(zz.pk, [Purpose.ENGAGEMENT], source="test")
    assert sorted(each.get("kind", each["type"]) for each in told()) == ["attempt", "unit.completed"]


def test_dates_are_moved_by_the_same_number_of_days_for_a_learner(zz):
    shifted = Study(course_keys=(COURSE,), key=b"one", shift_days=100)
    moments = [each.get("at") or each["started_at"] for each in told(shifted)]
    assert len(set(moments)) == 1
    assert set(moments) != {each.get("at") or each["started_at"] for each in told()}


def test_the_learners_can_read_that_they_are_in_a_study(zz):
    AccessLogEntry.objects.all().delete()
    told()
    look = AccessLogEntry.objects.get(learner=zz)
    assert (look.resource, look.channel, look.viewer) == ("research", "command", None)


def test_the_command_writes_a_file_that_only_its_owner_may_replace(zz, tmp_path):
    path = tmp_path / "study.jsonl"
    call_command("tracking_research_export", "--course", COURSE, "--output", str(path), stderr=StringIO())
    assert len(path.read_text().splitlines()) == 3
    with pytest.raises(CommandError, match="already exists"):
        call_command("tracking_research_export", "--course", COURSE, "--output", str(path))

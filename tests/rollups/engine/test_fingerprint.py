"""What changes beside events and attempts: rules, clocks, answers about consent, and who is there."""

from datetime import timedelta

import pytest

from tests.messages import progress
from tests.rollups.all_rows import rows
from tracking.capture import changes
from tracking.events import Purpose
from tracking.models import LearnerCourseDay, LearnerUnit, UnitStats
from tracking.privacy import consent
from tracking.rollups.engine import fingerprint, outline_refresh, pipeline, rebuild
from tracking.rollups.engine.rebuild import RebuildScope

MINUTE = 60_000


@pytest.fixture
def read_a_and_b(school, learner, send_online, now):
    """A learner who read lesson a for 30 s late on Tuesday in UTC, and lesson b for a minute on Wednesday."""
    school.course("c", lessons=["a", "b", "d"])
    school.enrol(learner, "c")
    late = now - timedelta(hours=12, minutes=30)
    send_online(learner, progress(late, "a", [[0, MINUTE // 2]]), progress(now, "b", [[0, MINUTE]]))
    pipeline.process_changes(now=now)
    return school


def states(learner):
    return dict(LearnerUnit.objects.filter(learner=learner).values_list("unit_key", "state"))


def rebuilt(now):
    """Every row after a rebuild of all there is."""
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=now)
    return rows()


def test_another_threshold_derives_every_state_anew_at_the_next_look_at_the_host(
    read_a_and_b, learner, now, settings
):
    assert states(learner) == {"a": "completed", "b": "completed"}
    settings.TRACKING = {**settings.TRACKING, "SKIMMED_SHARE": 0.4}
    assert outline_refresh.refresh_all_outlines(now=now) == 1
    pipeline.process_changes(now=now)
    assert states(learner) == {"a": "skimmed", "b": "completed"}
    assert UnitStats.objects.get(unit_key="a").skimmed_count == 1


def test_the_same_rules_mark_nothing(read_a_and_b, now):
    assert outline_refresh.refresh_all_outlines(now=now) == 0


def test_other_code_makes_every_day_anew(read_a_and_b, now, monkeypatch):
    before = rows()
    LearnerCourseDay.objects.update(hours={}, transitions={}, active_ms=1)
    monkeypatch.setattr(fingerprint, "VERSION", fingerprint.VERSION + 1)
    outline_refresh.refresh_all_outlines(now=now)
    pipeline.process_changes(now=now)
    assert rows() == before


def test_in_another_time_zone_everything_falls_on_the_days_of_that_zone(read_a_and_b, now):
    assert set(LearnerCourseDay.objects.values_list("day__day", "active_ms")) == {
        (10, MINUTE // 2),
        (11, MINUTE),
    }
    read_a_and_b.change("c", time_zone="Asia/Tokyo")
    outline_refresh.refresh_all_outlines(now=now)
    pipeline.process_changes(now=now)
    assert set(LearnerCourseDay.objects.values_list("day__day", "active_ms")) == {(11, MINUTE * 3 // 2)}
    assert rows() == rebuilt(now)


def test_who_withdraws_is_not_said_to_have_skipped_anything_any_more(read_a_and_b, learner, send_online, now):
    send_online(learner, progress(now + timedelta(hours=1), "d", [[0, MINUTE]]))
    read_a_and_b.change("c", nodes=read_a_and_b.outlines["c"].nodes[::-1])
    outline_refresh.refresh_all_outlines(now=now)
    pipeline.process_changes(now=now)
    before = states(learner)
    consent.refuse(learner.pk, [Purpose.ENGAGEMENT], source="test")
    pipeline.process_changes(now=now)
    assert "skipped" not in states(learner).values()
    assert before == states(learner)


def test_who_withdraws_after_passing_something_over_did_not_pass_it_over(school, learner, send_online, now):
    school.course("c", lessons=["a", "b"])
    school.enrol(learner, "c")
    send_online(learner, progress(now, "b", [[0, MINUTE]]))
    pipeline.process_changes(now=now)
    assert states(learner) == {"a": "skipped", "b": "completed"}
    consent.refuse(learner.pk, [Purpose.ENGAGEMENT], source="test")
    pipeline.process_changes(now=now)
    assert states(learner) == {"b": "completed"}
    assert UnitStats.objects.get(unit_key="a").skipped_count == 0


def test_a_learner_who_is_gone_is_in_no_figure_of_the_class(
    read_a_and_b, make_learner, learner, send_online, now
):
    other = make_learner("other")
    read_a_and_b.enrol(other, "c")
    changes.mark_outline_changed("c")
    send_online(other, progress(now, "b", [[0, MINUTE]]))
    pipeline.process_changes(now=now)
    read_a_and_b.enrolled["c"] = [
        each for each in read_a_and_b.enrolled["c"] if each.learner_id != learner.pk
    ]
    learner.delete()
    pipeline.process_changes(now=now)
    summary = UnitStats.objects.get(unit_key="b")
    assert (summary.learner_count, summary.reached_count, summary.timed_count) == (1, 1, 1)
    assert rows() == rebuilt(now)

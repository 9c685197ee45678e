"""Risks of a running course, the threshold, and what a site learns from its finished courses."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests import factories
from tests.factories import AT
from tracking.models import CourseOutline, LearnerRisk, PendingChange, RiskModel, RollupStage
from tracking.risk import assessment, training
from tracking.risk.score import ScoreComponent

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_course(key, *, starts_at, ends_at=None):
    factories.CourseOutlineFactory(course_key=key, starts_at=starts_at, ends_at=ends_at, time_zone="UTC")
    factories.OutlineUnitFactory(course_key=key, unit_key="q", kind="quiz", due_at=starts_at + 5 * DAY)


def make_learner(key, *, starts_at, share, days=(), clicks=2, is_finished=False, is_sharing=True) -> Any:
    learner: Any = factories.UserFactory()
    factories.EnrolmentFactory(learner=learner, course_key=key, enrolled_at=starts_at)
    if is_sharing:
        factories.share_engagement(learner)
    for day in days:
        factories.LearnerCourseDayFactory(
            learner=learner, course_key=key, day=(starts_at + day * DAY).date(), view_count=clicks
        )
    if share is not None:
        at = starts_at + 4 * DAY
        factories.AttemptFactory(
            learner=learner, course_key=key, unit_key="q", started_at=at, submitted_at=at, score=10 * share
        )
    factories.LearnerCourseFactory(
        learner=learner, course_key=key, required_count=2, completed_count=2 if is_finished else 0
    )
    return learner


START = AT - 12 * DAY


@pytest.fixture
def running(settings):
    settings.TRACKING = {"MIN_CLASS_SIZE": 2}
    make_course("now", starts_at=START)
    given: dict[str, dict[str, Any]] = {
        "keen": {"share": 0.9, "days": range(12)},
        "lost": {"share": 0.1, "days": [0]},
        "silent": {"share": 0.5, "is_sharing": False, "days": [1]},
        "done": {"share": 1.0, "is_finished": True},
    }
    return {name: make_learner("now", starts_at=START, **fields) for name, fields in given.items()}


def test_each_learner_who_has_not_finished_has_a_risk_with_its_parts(running):
    assert assessment.assess_running(now=AT) == 3
    risks = {risk.learner_id: risk for risk in assessment.course_risks("now")}
    lost, silent = risks[running["lost"].pk], risks[running["silent"].pk]
    assert list(risks) == [running[name].pk for name in ("lost", "silent", "keen")]
    assert [part.name for part in lost.components] == ["points_lost", "days_away", "rarely_there"]
    assert lost.score == pytest.approx(sum(part.points for part in lost.components))
    assert (lost.is_at_risk, silent.is_at_risk, lost.day) == (True, False, 13)
    assert silent.components == (ScoreComponent(name="points_lost", points=0.5, value=0.5),)
    assert assessment.learner_risks("now", [running["lost"].pk]) == {lost.learner_id: lost}


def test_nobody_is_assessed_in_the_first_week_nor_in_a_course_that_is_over(running):
    assert assessment.assess_course("now", now=START + 6 * DAY) == 0
    newcomer: Any = factories.EnrolmentFactory(course_key="now", enrolled_at=AT - 2 * DAY).learner
    assessment.assess_running(now=AT)
    assert not LearnerRisk.objects.filter(learner=newcomer).exists()
    CourseOutline.objects.update(ends_at=AT)
    assert assessment.assess_running(now=AT) == 0
    assert not LearnerRisk.objects.exists()


def test_assessing_twice_changes_nothing_and_marks_nobody(running):
    assessment.assess_running(now=AT)
    marked = PendingChange.objects.filter(stage=RollupStage.FINDINGS)
    assert marked.count() == 3
    PendingChange.objects.all().delete()
    before = list(LearnerRisk.objects.values())
    assessment.assess_running(now=AT)
    assert list(LearnerRisk.objects.values()) == before
    assert not marked.exists()


def test_a_threshold_can_be_moved_and_taken_back_and_findings_follow(running):
    assessment.assess_running(now=AT)
    PendingChange.objects.all().delete()
    assessment.set_risk_threshold("now", 0.4, by=running["keen"], now=AT)
    assert sum(risk.is_at_risk for risk in assessment.course_risks("now")) == 2
    assert PendingChange.objects.filter(stage=RollupStage.FINDINGS).count() == 3
    assessment.set_risk_threshold("now", None, by=running["keen"], now=AT)
    assert assessment.find_threshold("now") == 0.6


def make_finished(key="old", *, learners=60):
    starts_at = AT - 200 * DAY
    make_course(key, starts_at=starts_at, ends_at=AT - 100 * DAY)
    for number in range(learners):
        is_finished = number % 2 == 0
        share = 0.8 if is_finished != (number % 10 == 0) else 0.2
        # The score knows nothing of clicks, and a model can.
        fields: dict[str, Any] = {
            "share": share,
            "clicks": 30 if is_finished else 2,
            "is_finished": is_finished,
        }
        make_learner(key, starts_at=starts_at, days=range(1, 2 + number % 7), **fields)


def test_what_a_threshold_would_do_is_told_for_now_and_for_the_finished_courses(running):
    assessment.assess_running(now=AT)
    assert {effect.precision for effect in assessment.find_effects("now", now=AT)} == {None}
    make_finished()
    effects = {effect.threshold: effect for effect in assessment.find_effects("now", now=AT)}
    assert (effects[0.1].flagged_count, effects[0.6].flagged_count) == (3, 1)
    assert (effects[0.1].precision, effects[0.1].recall) == (0.5, 1.0)
    assert effects[0.5].precision == pytest.approx(30 / 36)
    assert effects[0.5].past_flagged_count == 36


def test_a_finished_course_is_seen_as_it_stood_on_the_day():
    make_finished(learners=7)
    [early] = {outcome.facts.lost_share for outcome in assessment.outcomes_on_day(3, now=AT)}
    assert early is None
    assert {outcome.facts.day for outcome in assessment.outcomes_on_day(3, now=AT)} == {3}
    assert max(outcome.facts.away_days or 0 for outcome in assessment.outcomes_on_day(3, now=AT)) == 2
    assert assessment.outcomes_on_day(101, now=AT) == []


def test_of_more_finished_courses_the_last_to_end_are_read():
    for key in ("one", "two"):
        make_finished(key, learners=2)
    CourseOutline.objects.filter(course_key="two").update(ends_at=AT - 90 * DAY)
    assert {outcome.course_key for outcome in assessment.outcomes_on_day(3, now=AT)} == {"one", "two"}
    assert {outcome.course_key for outcome in assessment.outcomes_on_day(3, now=AT, limit=1)} == {"two"}


def test_training_needs_enough_learners_and_says_so():
    make_finished(learners=20)
    with pytest.raises(CommandError, match="No finished course has 30 learners"):
        call_command("tracking_risk", "--train")
    with pytest.raises(CommandError, match="No model has been trained yet"):
        call_command("tracking_risk", "--show")


def test_a_model_shows_its_accuracy_on_those_left_out_before_it_is_switched_on(running, capsys):
    make_finished()
    call_command("tracking_risk", "--train")
    shown = capsys.readouterr().out
    assert "60 learners of 1 finished course; accuracy on the data left out" in shown
    model = RiskModel.objects.get()
    assert [each["day"] for each in model.accuracy] == [7, 14, 28, 42, 56, 84]
    assert not model.is_enabled
    training.enable_model(model)
    assessment.assess_course("now", now=AT)
    risks = assessment.course_risks("now")
    assert all(risk.probability == risk.risk for risk in risks)
    call_command("tracking_risk", "--disable")
    assert assessment.enabled_model() is None


def test_a_model_that_is_no_better_than_the_score_is_not_switched_on():
    model = RiskModel.objects.create(learner_count=60, weights={}, accuracy=[{"auc": 0.7, "score_auc": 0.8}])
    with pytest.raises(training.NotMeasured, match=r"better by 0\.100"):
        training.enable_model(model)
    unknown = RiskModel.objects.create(
        learner_count=60, weights={}, accuracy=[{"auc": None, "score_auc": None}]
    )
    with pytest.raises(training.NotMeasured, match="unknown"):
        training.enable_model(unknown)


def test_courses_are_told_by_what_other_courses_taught():
    for key in ("one", "two"):
        make_finished(key, learners=40)
    model = training.train_model(now=AT)
    assert (model.course_keys, model.learner_count) == (["one", "two"], 80)

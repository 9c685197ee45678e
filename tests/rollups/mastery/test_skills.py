"""From attempts to what learners can do, whatever the order in which attempts become known."""

import random
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from tests.rollups.all_rows import rows
from tests.school import node
from tracking.capture import attempts
from tracking.events import UnitKind
from tracking.lms.values import AnswerRecord, AttemptRecord, UnitRef
from tracking.models import Calibration, LearnerSkill, PendingChange, QuestionStats, RollupStage
from tracking.rollups.engine import batches, pipeline, rebuild
from tracking.rollups.engine.rebuild import RebuildScope
from tracking.rollups.mastery import answers, skills
from tracking.rollups.mastery.model import ItemBank


@pytest.fixture
def course(school, learner):
    school.course("c", lessons=["a"], quizzes=["q", "r"])
    school.enrol(learner, "c")
    return school


def tried(learner, at, *right, key="1", unit="q", **record):
    """An attempt whose answers were right or not."""
    given = tuple(
        AnswerRecord(
            question_key=f"{number}",
            is_correct=each,
            chosen=("x",),
            lesson_keys=("a", f"about-{key}")[number % 2 :],
        )
        for number, each in enumerate(right)
    )
    return AttemptRecord(
        source_label="quiz.Sitting", source_key=key, learner_id=learner.pk, started_at=at, submitted_at=at,
        unit=UnitRef(course_key="c", unit_key=unit), **{"answers": given, **record},
    )  # fmt: skip


def counts(learner):
    return {
        row.skill_key: (row.correct_count, row.answered_count)
        for row in LearnerSkill.objects.filter(learner=learner)
    }


def test_a_quiz_is_the_skill_where_nobody_names_one(course, learner, now):
    attempts.store_attempt(tried(learner, now, True, False, True))
    pipeline.process_changes(now=now)
    assert counts(learner) == {"q": (2, 3)}


def test_skills_are_those_of_the_question_else_of_its_lesson_else_of_the_quiz(course, learner, now):
    course.change("c", nodes=(
        node("a", skills=("reading",)), node("q", UnitKind.QUIZ, skills=("quizzing",)),
    ))  # fmt: skip
    given = (
        AnswerRecord(question_key="1", is_correct=True, skills=("adding", "carrying"), lesson_keys=("a",)),
        AnswerRecord(question_key="2", is_correct=True, lesson_keys=("a",)),
        AnswerRecord(question_key="3", is_correct=False),
        AnswerRecord(question_key="4", is_correct=None),
    )
    attempts.store_attempt(tried(learner, now, answers=given))
    pipeline.process_changes(now=now)
    assert counts(learner) == {"adding": (1, 1), "carrying": (1, 1), "reading": (1, 1), "quizzing": (0, 1)}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"is_passed": True}, (1, 1)),
        ({"score": 4, "max_score": 10}, (0, 1)),
        ({"score": 5, "max_score": 10}, (1, 1)),
    ],
)
def test_an_attempt_without_answers_is_one_answer(course, learner, now, record, expected):
    attempts.store_attempt(tried(learner, now, answers=None, **record))
    pipeline.process_changes(now=now)
    assert counts(learner) == {"q": expected}


def test_what_is_not_graded_or_not_handed_in_says_nothing(course, learner, now):
    attempts.store_attempt(tried(learner, now, answers=None))
    attempts.store_attempt(replace(tried(learner, now, True, key="2"), submitted_at=None))
    pipeline.process_changes(now=now)
    assert counts(learner) == {}


def test_an_attempt_that_the_host_takes_back_is_taken_back(course, learner, now):
    attempts.store_attempt(tried(learner, now, True))
    pipeline.process_changes(now=now)
    attempts.delete_attempts(source_label="quiz.Sitting", source_key="1")
    pipeline.process_changes(now=now)
    assert counts(learner) == {}
    assert not QuestionStats.objects.exists()


def test_runs_and_the_last_quiz_go_by_when_answers_were_given_not_when_they_became_known(
    course, learner, now
):
    course.change("c", nodes=tuple(node(key, UnitKind.QUIZ, skills=("s",)) for key in "qr"))
    attempts.store_attempt(tried(learner, now, True, True, True, key="later", unit="r"))
    pipeline.process_changes(now=now)
    attempts.store_attempt(tried(learner, now - timedelta(days=2), False, key="earlier"))
    pipeline.process_changes(now=now)
    row = LearnerSkill.objects.get()
    assert (row.current_run_count, row.unit_key, row.first_at) == (3, "r", now - timedelta(days=2))


def make_class(course, make_learner, now, *, learners=12, tries=4):
    """Attempts of a class, of which every learner's ability shows."""
    luck = random.Random(3)
    records = []
    for number in range(learners):
        learner = make_learner(f"learner{number}")
        course.enrol(learner, "c")
        for attempt in range(tries):
            right = [luck.random() < number / learners for _ in range(4)]
            at = now - timedelta(days=tries - attempt, minutes=luck.randrange(3))
            records.append(tried(learner, at, *right, key=f"{number}-{attempt}", unit="qr"[attempt % 2]))
    return records


def test_attempts_in_any_order_in_batches_and_corrected_come_to_what_a_rebuild_makes(
    course, make_learner, now
):
    """The rows of learners differ at most by an older calibration, which the next day's run or a rebuild replaces."""
    records = make_class(course, make_learner, now)
    shuffled = random.Random(5).sample(records, len(records))
    for start in range(0, len(shuffled), 7):
        attempts.store_attempts(shuffled[start : start + 7])
        pipeline.process_changes(now=now)
    attempts.store_attempt(replace(records[0], answers=(AnswerRecord(question_key="0", is_correct=True),)))
    pipeline.process_changes(now=now)

    def told_without_expectations():
        return [dict(each) | {"expected_share": None} for each in rows(LearnerSkill)["LearnerSkill"]]

    piecemeal, items = told_without_expectations(), rows(QuestionStats)
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=now)
    rebuilt, measure = (
        rows(LearnerSkill, QuestionStats),
        Calibration.objects.values("items", "skills", "weights").get(),
    )
    assert (told_without_expectations(), rows(QuestionStats)) == (piecemeal, items)

    for model in (LearnerSkill, QuestionStats, Calibration):
        model.objects.all().delete()
    sum(rebuild.mark_for_rebuild(RebuildScope()))
    pipeline.process_changes(now=now)
    assert rows(LearnerSkill, QuestionStats) == rebuilt
    assert Calibration.objects.values("items", "skills", "weights").get() == measure


def test_a_course_is_calibrated_when_its_answers_grow_by_a_tenth_and_else_once_a_day(
    course, make_learner, now
):
    attempts.store_attempts(make_class(course, make_learner, now))
    pipeline.process_changes(now=now)
    first = Calibration.objects.get()
    assert (first.learner_count, first.answer_count, first.uses_observed_share) == (12, 192, True)
    newcomer = make_learner("newcomer")
    attempts.store_attempt(tried(newcomer, now, True, key="n"))
    pipeline.process_changes(now=now + timedelta(hours=1))
    assert Calibration.objects.get().calibrated_at == now
    attempts.store_attempt(tried(newcomer, now, *[True] * 40, key="n"))
    pipeline.process_changes(now=now + timedelta(hours=2))
    assert Calibration.objects.get().calibrated_at == now + timedelta(hours=2)
    attempts.store_attempt(tried(newcomer, now, *[False] * 40, key="n"))
    pipeline.process_changes(now=now + timedelta(hours=3))
    assert Calibration.objects.get().calibrated_at == now + timedelta(hours=2)
    attempts.store_attempt(tried(newcomer, now, *[False] * 40, key="n"))
    pipeline.process_changes(now=now + timedelta(hours=26))
    assert Calibration.objects.get().calibrated_at == now + timedelta(hours=26)


def test_everybody_with_answers_is_measured_again_when_the_measure_changes_and_not_when_it_stays(
    course, make_learner, now
):
    attempts.store_attempts(make_class(course, make_learner, now))
    pipeline.process_changes(now=now)
    before = dict(LearnerSkill.objects.values_list("pk", "expected_share"))
    Calibration.objects.update(is_stale=True, weights=[0.5] * 9)
    PendingChange.objects.create(stage=RollupStage.QUESTIONS, course_key="c")
    pipeline.process_changes(now=now)
    assert dict(LearnerSkill.objects.values_list("pk", "expected_share")) == before
    Calibration.objects.update(is_stale=True)
    PendingChange.objects.create(stage=RollupStage.QUESTIONS, course_key="c")
    list(batches.drain_stage(RollupStage.QUESTIONS, pipeline._process_questions, now=now))
    assert not PendingChange.objects.filter(stage=RollupStage.SKILLS).exists()


def test_raw_events_alone_measure_nobody_again(course, learner, now):
    attempts.store_attempt(tried(learner, now, True))
    pipeline.process_changes(now=now)
    PendingChange.objects.create(stage=RollupStage.LEARNER, course_key="c", learner=learner, day=now.date())
    list(batches.drain_stage(RollupStage.LEARNER, pipeline._process_learners, now=now))
    assert not PendingChange.objects.filter(stage__in=[RollupStage.QUESTIONS, RollupStage.SKILLS]).exists()


def test_a_skill_whose_name_is_too_long_is_cut_and_not_lost(course, learner, now):
    given = (AnswerRecord(question_key="1", is_correct=True, skills=("long" * 100, "")),)
    attempts.store_attempt(tried(learner, now, answers=given))
    pipeline.process_changes(now=now)
    assert counts(learner) == {"long" * 50: (1, 1)}


def test_two_sittings_of_one_day_are_one_review(course, learner, now):
    for key, hours in (("1", 0), ("2", 2)):
        attempts.store_attempt(tried(learner, now + timedelta(hours=hours), True, True, key=key))
    pipeline.process_changes(now=now)
    first = LearnerSkill.objects.get()
    given = list(answers.read_answers("c"))
    [alone] = skills.learner_skill_rows(given[2:], ItemBank(), zone=UTC, recall=0.9)
    assert (first.half_life_days, first.review_due_at) == (alone.half_life_days, alone.review_due_at)

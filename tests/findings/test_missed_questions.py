"""What went before a failed question, over a class."""

from datetime import timedelta

import pytest

from tests.messages import progress
from tracking import jobs
from tracking.capture import attempts
from tracking.findings import actions, missed_questions
from tracking.findings.actions import ActionSubject, Actor
from tracking.lms.values import AnswerRecord, AttemptRecord, UnitRef
from tracking.models import Attempt, Audience, Finding, OutlineUnit, PageView, QuestionLink

HOUR = timedelta(hours=1)


@pytest.fixture
def course(school, now):
    school.course("c", lessons=["a", "b", "d"], quizzes=["q"], starts_at=now - timedelta(days=3))
    return school


@pytest.fixture
def enrol(course, make_learner):
    def enrolled(name, **given):
        learner = make_learner(name, **given)
        course.enrol(learner, "c")
        return learner

    return enrolled


@pytest.fixture
def read(send_online, now):
    def read_lesson(learner, key, *, seconds=80, at=now):
        send_online(learner, progress(at, key, [[0, seconds * 1000]]))

    return read_lesson


def try_quiz(learner, now, *, is_right=False, lesson_keys=("a",)):
    attempts.store_attempt(
        AttemptRecord(
            source_label="quiz.Sitting",
            source_key=str(learner.pk),
            learner_id=learner.pk,
            unit=UnitRef(course_key="c", unit_key="q"),
            started_at=now,
            submitted_at=now,
            score=9 if is_right else 2,
            max_score=10,
            is_passed=is_right,
            answers=(AnswerRecord(question_key="1", is_correct=is_right, lesson_keys=tuple(lesson_keys)),),
        )
    )


def bring_up_to_date(now):
    jobs.refresh_outlines(now=now)
    jobs.roll_up(now=now)


@pytest.fixture
def a_class(enrol, read, now):
    """Six who passed the lesson over, five of whom missed its question; seven who read it, one of whom did."""
    people = []
    for number in range(13):
        person = enrol(f"p{number}")
        read(person, "b")
        if number >= 6:
            read(person, "a")
        try_quiz(person, now + HOUR, is_right=number == 5 or number > 6)
        people.append(person)
    bring_up_to_date(now + HOUR)
    return people


def links(unit_key="a"):
    outline = {unit.unit_key: unit for unit in OutlineUnit.objects.all()}
    return missed_questions.unit_links("c", unit_key, outline)


def test_a_class_is_told_how_often_each_side_had_passed_the_lesson_over(a_class):
    (link,) = links()
    assert (link.quiz_key, link.question_key, link.lesson_key, link.lesson_title) == (
        "q",
        "1",
        "a",
        "Lesson a",
    )
    assert (link.missed_count, link.right_count) == (6, 7)
    assert [link.missed_not_covered_share, link.right_not_covered_share] == pytest.approx([5 / 6, 1 / 7])
    # 7 of the C(13, 6) = 1716 ways leave five or more of six on one side: C(6,5)*C(7,1) + C(6,6) = 43.
    assert link.p_value == pytest.approx(43 / 1716)


def test_who_read_the_lesson_only_after_missing_its_question_had_passed_it_over(a_class, read, now):
    later = now + 2 * HOUR
    for person in a_class[:5]:
        read(person, "a", at=later)
    bring_up_to_date(later)
    (link,) = links()
    assert link.missed_not_covered_share == pytest.approx(5 / 6)


def test_who_is_exempt_from_the_lesson_is_on_neither_side(a_class, now):
    teacher = Actor(user_id=a_class[0].pk, audience=Audience.INSTRUCTOR)
    place = ActionSubject(learner_id=a_class[12].pk, course_key="c", unit_key="a")
    actions.excuse(place, teacher, now=now + HOUR)
    bring_up_to_date(now + HOUR)
    (link,) = links()
    assert (link.missed_count, link.right_count) == (6, 6)


def test_a_side_of_fewer_than_five_is_not_shown(a_class, now):
    for attempt in Attempt.objects.filter(learner__in=a_class[:2]):
        attempts.delete_attempts(source_label=attempt.source_label, source_key=attempt.source_key)
    bring_up_to_date(now + HOUR)
    assert QuestionLink.objects.get().missed_count == 4
    assert links() == ()


def test_a_lesson_and_a_quiz_each_have_their_links_in_one_query(a_class, django_assert_num_queries):
    outline = {unit.unit_key: unit for unit in OutlineUnit.objects.all()}
    with django_assert_num_queries(3):
        found = [missed_questions.unit_links("c", key, outline) for key in ("a", "q", "b")]
    assert [len(each) for each in found] == [1, 1, 0]
    assert found[0] == found[1]


def test_a_link_that_is_plain_enough_is_a_finding_about_the_class(a_class, settings, now):
    settings.TRACKING = {**settings.TRACKING, "LINK_MAX_P_VALUE": 0.03}
    jobs.mark_running_courses_changed(now=now + HOUR)
    bring_up_to_date(now + HOUR)
    finding = Finding.objects.open().get(reason="not_covered_link")
    assert (finding.unit_key, finding.evidence["missed_count"]) == ("a", 6)
    assert finding.confidence == pytest.approx(1 - 43 / 1716)


def test_a_finding_names_the_views_and_attempts_that_it_rests_on(enrol, read, now):
    lena = enrol("lena")
    read(lena, "a", seconds=10)
    try_quiz(lena, now + HOUR)
    bring_up_to_date(now + HOUR)
    evidence = Finding.objects.get(reason="missed_not_covered").evidence
    view = PageView.objects.get()
    assert evidence == {
        "quiz_key": "q",
        "missed_count": 1,
        "asked_count": 1,
        "state": "skimmed",
        "attempt_ids": [Attempt.objects.get().pk],
        "question_keys": ["1"],
        "read_seconds": 10,
        "expected_seconds": 100,
        "is_learned": False,
        "view_ids": [str(view.view_id)],
        "view_count": 1,
        "viewed_from": view.opened_at.isoformat(),
        "viewed_to": view.opened_at.isoformat(),
    }

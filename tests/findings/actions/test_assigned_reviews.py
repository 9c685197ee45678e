"""Reviews that an instructor assigns: shown, done, and taken back."""

from datetime import timedelta

import pytest

from tests.findings.actions.acting import DAY, at, bring_up_to_date
from tests.messages import progress
from tracking.exceptions import ActionNotAllowed
from tracking.findings import actions
from tracking.models import ClearReason, Finding
from tracking.reports.learner import progress as learner_progress


def test_an_assigned_review_stands_first_on_the_learners_page_and_is_no_worry_of_the_instructor(
    course, learner, teacher, now
):
    actions.assign_review(at(learner, "b"), teacher, text="For Monday.", now=now)
    bring_up_to_date(now)
    found = learner_progress.find_learner_progress(learner.pk, "c", now=now)
    assert found is not None
    assert (found.practise[0].unit_key, found.practise[0].reason) == ("b", "review_assigned")
    assert found.practise[0].sentence == ("Your instructor suggests going back to this. “For Monday.”")
    assert "review_assigned" not in {each.reason for each in found.findings}


def test_a_review_is_done_when_the_learner_has_worked_on_the_unit_since(
    course, learner, teacher, send_online, now
):
    send_online(learner, progress(now - DAY, "b", [[0, 60_000]]))
    actions.assign_review(at(learner, "b"), teacher, now=now)
    bring_up_to_date(now)
    open_review = Finding.objects.open().filter(reason="review_assigned")
    assert open_review.exists()
    later = now + DAY
    send_online(learner, progress(later, "b", [[0, 60_000]]))
    bring_up_to_date(later)
    assert not open_review.exists()
    assert Finding.objects.get(reason="review_assigned").clear_reason == ClearReason.REVIEW_DONE


def test_a_second_review_of_the_same_unit_is_another_one(course, learner, teacher, send_online, now):
    for days in (0, 2):
        moment = now + days * DAY
        actions.assign_review(at(learner, "b"), teacher, now=moment)
        bring_up_to_date(moment)
        with pytest.raises(ActionNotAllowed, match="already assigned"):
            actions.assign_review(at(learner, "b"), teacher, now=moment)
        later = moment + timedelta(hours=1)
        send_online(learner, progress(later, "b", [[0, 9000]]))
        bring_up_to_date(later)
    reviews = Finding.objects.filter(reason="review_assigned")
    assert list(reviews.values_list("clear_reason", flat=True)) == [
        ClearReason.REVIEW_DONE,
        ClearReason.REVIEW_DONE,
    ]


def test_a_review_that_is_taken_back_leaves_the_page(course, learner, teacher, now):
    review = actions.assign_review(at(learner, "b"), teacher, now=now)
    bring_up_to_date(now)
    actions.undo(review, teacher, now=now)
    bring_up_to_date(now)
    assert Finding.objects.get(reason="review_assigned").clear_reason == ClearReason.REVIEW_WITHDRAWN

"""A learner is erased; their tablet was offline and sends what it had kept afterwards."""

from datetime import timedelta

from django.core.cache import cache

from tests.cases import figures
from tests.messages import batch, progress
from tracking.models import Event, LearnerUnitDay
from tracking.privacy import erasure


def test_nothing_of_an_erased_learner_comes_back_with_a_late_message(school, learner, send, now):
    school.course("c", lessons=["a"])
    school.enrol(learner, "c")
    send(learner, batch(progress(now, "a", [[0, 60_000]]), sent_at=now))
    figures.update(now=now)
    erasure.erase_learner_data(erasure.ErasureScope(learner_id=learner.pk), by="operator")
    cache.clear()  # What the process remembers of the learner goes with the commit.

    later = now + timedelta(minutes=5)
    late = batch(progress(now, "a", [[0, 72_000]]), sent_at=later)
    receipt = send(learner, late, received_at=later)
    figures.update(now=later)

    assert [each.code for each in receipt.rejected] == ["no_consent"]
    assert not Event.objects.filter(learner=learner).exists()
    assert not LearnerUnitDay.objects.filter(learner=learner).exists()

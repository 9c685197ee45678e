"""Eight processes' worth of writers at once: nobody is told that the database is locked, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.messages import batch, opened, progress
from tracking.models import Event, PendingChange

WRITERS = 8
BATCHES = 6


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_store_everything(school, make_learner, send, now):
    school.course("c", lessons=["a"])
    learners = [make_learner(f"writer-{number}") for number in range(WRITERS)]
    are_ready = Barrier(WRITERS, timeout=30)

    def write(learner):
        bodies = [
            batch(opened(now, "a"), progress(now, "a", [[0, 1000]]), sent_at=now) for _ in range(BATCHES)
        ]
        try:
            connection.ensure_connection()
            are_ready.wait()
            return sum(send(learner, body).accepted_count for body in bodies)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=WRITERS) as pool:
        accepted = list(pool.map(write, learners))

    assert accepted == [2 * BATCHES] * WRITERS
    assert Event.objects.count() == 2 * BATCHES * WRITERS
    assert set(PendingChange.objects.values_list("learner_id", flat=True)) >= {each.pk for each in learners}

"""Whatever is killed while learners are at work, every event that was acknowledged counts exactly once."""

import pytest

from tests.faults import run


# Its servers are its own; in this pass PostgreSQL is what the tests are about.
@pytest.mark.postgresql
@pytest.mark.timeout(run.DRAIN_SECONDS + 120)
def test_every_acknowledged_event_is_in_the_totals_exactly_once_whatever_is_killed():
    report = run.through(10, seed=1)
    assert report.acknowledged > 200
    assert report.failures > 0
    assert (report.lost, report.extra, report.verdict["wrong_totals"]) == ([], [], [])
    assert report.verdict["changed_by_a_rebuild"] == []
    assert (report.verdict["waiting"], report.verdict["dead"]) == (0, 0)
